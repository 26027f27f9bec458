import type { Host } from '../host/host.ts';
import { words } from '../lib/lines.ts';
import { plain } from '../lib/plain.ts';
import { distributionInside, packageInside } from './symbols-inside.ts';
import type { Target } from './target.ts';

/** Package and debug symbols of a program, so that a backtrace without names can be resolved elsewhere. */
export interface Symbols {
  /** `ceph-osd 17.2.7-0ubuntu0.22.04.1 amd64`. */
  readonly package: string | undefined;
  /** Whether the package of its debug symbols is installed. */
  readonly debugInstalled: boolean | undefined;
  readonly hints: readonly string[];
}

/** Symbols of a program. Debian packages: NAME-dbgsym (automatic) or NAME-dbg (older), https://wiki.debian.org/AutomaticDebugPackages */
export async function symbolsOf(host: Host, target: Target): Promise<Symbols> {
  const { programPath } = target;
  if (programPath === undefined) return { package: undefined, debugInstalled: undefined, hints: [] };
  if (target.ownFiles) return symbolsInside(host, target, programPath);
  const owner = await packageOf(host, programPath);
  if (owner === undefined)
    return {
      package: undefined,
      debugInstalled: undefined,
      hints: [...replaced(target), `${programPath}: not in a Debian package`],
    };
  const [known, ...debug] = await Promise.all(
    [owner, `${base(owner)}-dbgsym`, `${base(owner)}-dbg`].map((name) => versionOf(host, name)),
  );
  const debugInstalled = debug.some((version) => version !== undefined);
  return {
    package: known ?? owner,
    debugInstalled,
    hints: [
      ...replaced(target),
      debugInstalled
        ? `${known ?? owner}: debug symbols installed`
        : `${known ?? owner}: no debug symbols, few function names; they are in ${base(owner)}-dbgsym of exactly this version`,
    ],
  };
}

/** Symbols of a program in a container, by its files and packages. */
async function symbolsInside(host: Host, target: Target, programPath: string): Promise<Symbols> {
  const [distribution, owner] = await Promise.all([
    distributionInside(host, target.pid),
    target.programReplaced ? undefined : packageInside(host, target.pid, programPath),
  ]);
  const where = distribution === undefined ? '' : ` (${distribution})`;
  return {
    package: owner?.title,
    debugInstalled: owner?.debugInstalled,
    hints: [
      ...replaced(target),
      `${programPath} is a file of the container${where}: gdb reads it and its libraries through its mount namespace`,
      ...(owner === undefined
        ? []
        : [
            owner.debugInstalled
              ? `${owner.title}: debug symbols installed in the container`
              : `${owner.title}: no debug symbols in the container, few function names; they are in ${owner.name}-dbgsym of exactly this version`,
          ]),
      ...(target.musl ? ['C library musl has no unwind tables: a backtrace inside it ends there.'] : []),
    ],
  };
}

const replaced = ({ programReplaced, programPath }: Target): readonly string[] =>
  programReplaced ? [`${programPath} was replaced on disk since the start: its symbols do not match the process`] : [];

const base = (name: string): string => name.replace(/:.*$/, '');

/** Owner from `dpkg-query -S`: `gdb: /usr/bin/gdb`; several owners are separated by commas. */
async function packageOf(host: Host, path: string): Promise<string | undefined> {
  // With a merged /usr a file is recorded under either name.
  for (const name of [path, path.replace(/^\/usr\//, '/'), path.replace(/^\/(s?bin|lib)\//, '/usr/$1/')]) {
    const reading = await host.read({ kind: 'run', argv: ['dpkg-query', '-S', name] });
    const owner = reading.ok ? /^([a-z0-9][a-z0-9+.:-]*)(?:,[^:]*)?: \//.exec(reading.value)?.[1] : undefined;
    if (owner !== undefined) return owner;
  }
  return undefined;
}

async function versionOf(host: Host, name: string): Promise<string | undefined> {
  const reading = await host.read({
    kind: 'run',
    argv: ['dpkg-query', '-W', '-f=${Package} ${Version} ${Architecture}\\n', name],
  });
  // A removed package is still listed, without a version.
  const text = reading.ok ? plain(reading.value.trim()) : '';
  return words(text).length >= 3 ? text : undefined;
}
