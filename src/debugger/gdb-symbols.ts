import { homedir } from 'node:os';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { memoryFile } from '../host/attach-request.ts';
import type { Host } from '../host/host.ts';
import { localPlaces } from '../host/protocols/symbols/symbols.ts';
import { cacheFolder } from '../host/symbol-files/object-cache.ts';
import { filledFile } from '../host/symbol-files/object-store.ts';
import { sizeOfFile, symbolsOnly } from '../host/symbol-files/symbols-only.ts';
import { lines, words } from '../lib/lines.ts';
import { plural } from '../lib/units.ts';
import { processObjects, type MappedObject } from '../sources/processes/objects.ts';
import { biasOf } from '../symbols/elf-bias.ts';
import { recipes } from './gdb-recipes.ts';
import type { Target } from './target.ts';

/** Bytes of all files; one that does not fit goes with its names alone. */
const MAX_BYTES = 24 << 20;
const MAX_FILES = 30;

/** Debug symbols of this machine for gdb on the host, as files in memory there, and the commands that load them. */
export interface GdbSymbols {
  readonly files: readonly Uint8Array[];
  readonly commands: readonly string[];
  /** For the audit log. */
  readonly note: string;
}

/**
 * Symbols that this machine has and the host has not, by build-id, and the recipes. gdb adds them before it attaches, so that the process does
 * not wait; `-o` is the distance of an object's addresses from its file's. https://sourceware.org/gdb/current/onlinedocs/gdb.html/Files.html
 */
export async function gdbSymbols(host: Host, { pid }: Target, env: NodeJS.ProcessEnv): Promise<GdbSymbols> {
  const { objects: asked } = processObjects.reads({ pid });
  const [objects, maps] = await Promise.all([
    host.read(asked),
    host.read({ kind: 'file', path: `/proc/${pid}/maps`, as: 'root' }),
  ]);
  const files: Uint8Array[] = [Buffer.from(recipes)];
  const added: string[] = [];
  let left = MAX_BYTES;
  const bases = basesOf(maps.ok ? maps.value : '');
  const parsed = objects.ok ? processObjects.parse({ objects: objects.value }, { pid }) : undefined;
  for (const { base, path } of localFiles(parsed?.objects ?? [], bases, env)) {
    const data = (sizeOfFile(path) ?? Infinity) <= left ? readFileSync(path) : symbolsOnly(path, left);
    const bias = data === undefined ? undefined : biasOf(data, base);
    if (data === undefined || bias === undefined || files.length > MAX_FILES) continue;
    left -= data.length;
    added.push(`add-symbol-file ${memoryFile(files.length)} -o 0x${bias.toString(16)}`);
    files.push(data);
  }
  return {
    files,
    // A question would wait for a key before the attach.
    commands: [`source ${memoryFile(0)}`, 'set confirm off', ...added, 'set confirm on'],
    note: `${plural(added.length, 'object')} with debug symbols of this machine, in memory of the host`,
  };
}

function localFiles(objects: readonly MappedObject[], bases: ReadonlyMap<string, number>, env: NodeJS.ProcessEnv) {
  return objects.flatMap(({ buildId, own, debugFile, path }) => {
    const base = bases.get(path);
    if (buildId === undefined || base === undefined || own === 'debug' || debugFile !== undefined) return [];
    if (!/^[\da-f]{6,128}$/.test(buildId)) return [];
    const found = filledFile([...localPlaces(buildId, env, homedir()), join(cacheFolder(env), 'debug', `${buildId}.debug`)]); // prettier-ignore
    return found === undefined ? [] : [{ base, path: found }];
  });
}

/** Address of the ELF header of each object: its first mapping. proc_pid_maps(5) */
function basesOf(maps: string): ReadonlyMap<string, number> {
  const bases = new Map<string, number>();
  for (const line of lines(maps)) {
    const [range = '', , offset = '', , inode = '0'] = words(line);
    const path = /^\S+ \S+ \S+ \S+ \S+ +(\/.*?)(?: \(deleted\))?$/.exec(line)?.[1];
    if (path === undefined || inode === '0' || Number.parseInt(offset, 16) !== 0 || bases.has(path)) continue;
    bases.set(path, Number.parseInt(range, 16));
  }
  return bases;
}
