import { fields, items, json, textOf } from '../../../lib/json.ts';
import { mergeNative } from '../../../stacks/merge-native.ts';
import { nativeSnapshot, type CodeObject } from '../../../stacks/native-snapshot.ts';
import type { ObjectStore } from '../../symbol-files/object-store.ts';
import type { ObjectSymbols } from '../../symbol-files/object-symbols.ts';
import { DaemonError, type DaemonConnection } from '../protocol.ts';
import { namedWalks, unpackedTables } from './named-walks.ts';

/** Request for a core dump: an absolute path without control characters. Names of systemd and apport have no space, folders may. */
export const CORE = /^core \/[^\0-\x1f]{1,4000}$/;
const MAX_PATH = 4096;

/**
 * Stacks of a core dump: `{"dump":…,"stacks":…}`, where `stacks` has the form of a reading of a process. The program on the host reads
 * notes and stacks; they are unwound and named here, by tables of the files that the core names, where these are still the same.
 */
export async function coreReply(
  program: DaemonConnection,
  store: ObjectStore,
  host: string,
  request: string,
  timeoutMs: number,
): Promise<string> {
  const untilMs = performance.now() + timeoutMs;
  const read = fields(json(await program.request(request, timeoutMs)));
  const dump = fields(read['dump']);
  const snapshot = nativeSnapshot(JSON.stringify(read['native']));
  if (snapshot === undefined) throw new DaemonError('failed', 'core: the reply of the program has no threads');
  const missing = new Set<string>();
  const symbolsOf = async (object: CodeObject): Promise<ObjectSymbols | undefined> => {
    const { buildId, path } = object;
    if (buildId === undefined) {
      missing.add(`${path === '' ? 'code without a file' : path}: no build-id in the core, frames by guess`);
      return undefined;
    }
    let why = 'damaged';
    const symbols = await store.symbols({ host, buildId }, async () => {
      try {
        if (path === '[vdso]') return await unpackedTables(JSON.stringify({ elf: read['vdso'] }));
        if (path.length > MAX_PATH || /[\0-\x1f]/.test(path)) throw new DaemonError('failed', 'no name of a file');
        return await unpackedTables(await program.request(`core-object ${buildId} ${path}`, Math.max(1, untilMs - performance.now()))); // prettier-ignore
      } catch (error) {
        why = error instanceof Error ? error.message : String(error);
        return undefined;
      }
    });
    if (symbols === undefined) missing.add(`${path}: ${why}; its frames are guesses`);
    return symbols;
  };
  const { walks, namesOf } = await namedWalks(snapshot, symbolsOf, untilMs);
  const name = textOf(dump['name']) ?? '';
  const runtime = fields(read['read']);
  const isWalked = items(runtime['stacks']).length > 0;
  const threads = {
    frames: [],
    traces: [[]],
    stacks: snapshot.threads.map(({ tid }, index) => [
      tid,
      name,
      index === 0 && dump['crashed'] === true ? 'crashed' : '-',
      null,
      null,
      0,
    ]),
  };
  const stacks = { ...runtime, ...(isWalked ? {} : threads), pid: dump['pid'] ?? 0, name, at: 0 };
  const merged = mergeNative(JSON.stringify(stacks), { snapshot, walks, namesOf, notes: [...missing] });
  return JSON.stringify({ dump, stacks: fields(json(merged)) });
}
