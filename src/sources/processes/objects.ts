import { countOf, fields, flagOf, items, json, textOf } from '../../lib/json.ts';
import { defineDetail } from '../source.ts';

/** Program or library that a process has mapped; all its texts are hostile. */
export interface MappedObject {
  readonly path: string;
  readonly isDeleted: boolean;
  readonly buildId: string | undefined;
  /** Symbols in the file itself: DWARF, or the names of functions alone. */
  readonly own: 'debug' | 'symtab' | undefined;
  /** File on the host with its separate symbols. */
  readonly debugFile: string | undefined;
  /** Version of Go and lines about its modules, of a program in Go. */
  readonly go: readonly string[];
  readonly package: ObjectPackage | undefined;
}

export interface ObjectPackage {
  readonly name: string;
  readonly version: string | undefined;
  /** Installed package of its symbols, with its version. */
  readonly symbols: { readonly name: string; readonly version: string } | undefined;
}

export interface MappedObjects {
  readonly objects: readonly MappedObject[];
  /** Objects beyond the limit. */
  readonly left: number;
  /** Whether the files are those of a container. */
  readonly isInside: boolean;
  /** Distributions of Python by their folder: `nova 25.2.1`. */
  readonly python: ReadonlyMap<string, readonly string[]>;
}

/**
 * Objects that a process has mapped as code, by the headers of their ELF files, without running a program. elf(5), proc_pid_maps(5).
 *
 *     {"objects":[{"path":"/usr/bin/dash","deleted":false,"id":"d0e4…","link":"e4….debug","owner":"dash"}],"left":0,
 *      "packages":[["dash","amd64","0.5.12-2",""]],"inside":false,"python":{}}
 */
export const processObjects = defineDetail({
  id: 'process-objects',
  title: 'Mapped objects of a process',
  why: 'Shows build-id, package and debug symbols of the program and libraries of a process, when the engineer opens them.',
  everySeconds: 3600,
  example: { pid: 1 },
  reads: ({ pid }: { readonly pid: number }) => ({
    objects: { kind: 'talk', dialect: 'facts', to: 'facts:objects', request: `objects ${pid}`, as: 'root' },
  }),
  parse: ({ objects: text }): MappedObjects | undefined => {
    if (text === undefined) return undefined;
    const reply = fields(json(text));
    const packages = items(reply['packages']).map((one) => items(one).map(textOf));
    const versionOf = (name: string, architecture?: string): string | undefined =>
      packages.find(([own, arch]) => own === name && (architecture === undefined || arch === architecture))?.[2];
    return {
      objects: items(reply['objects']).flatMap((one) => objectOf(fields(one), versionOf) ?? []),
      left: countOf(reply['left']) ?? 0,
      isInside: reply['inside'] === true,
      python: new Map(
        Object.entries(fields(reply['python'])).map(([folder, names]) => [
          folder,
          items(names).flatMap((name) => textOf(name) ?? []),
        ]),
      ),
    };
  },
});

function objectOf(
  one: Readonly<Record<string, unknown>>,
  versionOf: (name: string, architecture?: string) => string | undefined,
): MappedObject | undefined {
  const path = textOf(one['path']);
  if (path === undefined) return undefined;
  const [name, architecture] = textOf(one['owner'])?.split(':') ?? [];
  const symbols = ['-dbgsym', '-dbg'].flatMap((suffix) => {
    const version = name && versionOf(name + suffix);
    return name && version ? [{ name: name + suffix, version }] : [];
  });
  const own = one['own'];
  return {
    path,
    isDeleted: flagOf(one['deleted']) ?? false,
    buildId: textOf(one['id']),
    own: own === 'debug' || own === 'symtab' ? own : undefined,
    debugFile: textOf(one['debug']),
    go: items(one['go']).flatMap((line) => textOf(line) ?? []),
    package: name ? { name, version: versionOf(name, architecture), symbols: symbols[0] } : undefined,
  };
}
