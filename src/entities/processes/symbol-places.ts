import type { MappedObject } from '../../sources/processes/objects.ts';
import type { SymbolFiles } from '../../sources/processes/symbol-files.ts';

/** Where the debug symbols of an object are, the nearest place; its texts are hostile. */
export type SymbolPlace =
  | { readonly at: 'in the file' | 'on the host' | 'on this machine' | 'at debuginfod'; readonly where: string }
  /** Names of functions alone, no lines and no types. */
  | { readonly at: 'names only' }
  /** Package with the symbols, by the names that Debian's build gives: https://wiki.debian.org/AutomaticDebugPackages */
  | { readonly at: 'in a package'; readonly package: string; readonly version: string | undefined; readonly isOther: boolean }
  | { readonly at: 'nowhere' }; // prettier-ignore

/** glibc has its symbols in a package that is built by hand. */
const BY_HAND: Readonly<Record<string, string>> = { libc6: 'libc6-dbg' };

export function symbolPlace(object: MappedObject, files: SymbolFiles | undefined): SymbolPlace {
  const { buildId, own, debugFile, path } = object;
  if (own === 'debug') return { at: 'in the file', where: path };
  if (debugFile !== undefined) return { at: 'on the host', where: debugFile };
  const local = buildId === undefined ? undefined : files?.local.get(buildId);
  if (local !== undefined) return { at: 'on this machine', where: local };
  const remote = buildId === undefined ? undefined : files?.remote?.get(buildId);
  if (remote !== undefined) return { at: 'at debuginfod', where: remote };
  if (object.package !== undefined) {
    const { name, version, symbols } = object.package;
    return symbols === undefined
      ? { at: 'in a package', package: BY_HAND[name] ?? `${name}-dbgsym`, version, isOther: false }
      : { at: 'in a package', package: symbols.name, version, isOther: symbols.version !== version };
  }
  return own === 'symtab' ? { at: 'names only' } : { at: 'nowhere' };
}

/** Build-ids of objects whose symbols the host does not have, each once, as many as one request takes. */
export const wantedBuildIds = (objects: readonly MappedObject[]): readonly string[] =>
  [
    ...new Set(
      objects.flatMap(({ buildId, own, debugFile }) =>
        buildId === undefined || own === 'debug' || debugFile !== undefined || !/^[\da-f]{6,128}$/.test(buildId)
          ? []
          : [buildId],
      ),
    ),
  ].slice(0, 256);
