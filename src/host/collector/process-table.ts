import type { ProcessTable, ProcessTexts } from '../host.ts';
import { ProtocolError } from './frames.ts';

/** Bits of a record in the order of its texts, as in processes.py. */
const FIELDS = [
  [1, 'stat'],
  [2, 'cmdline'],
  [4, 'cgroup'],
  [8, 'status'],
  [16, 'io'],
  [32, 'schedstat'],
  [64, 'wchan'],
] as const;

/** ProcessTableKeeper applies the deltas of the collector to the process table. */
export class ProcessTableKeeper {
  #table: ReadonlyMap<number, ProcessTexts> = new Map();
  #unread: ReadonlyMap<number, string> = new Map();

  get table(): ProcessTable {
    return this.#table;
  }

  /** Applies the delta of one walk; unchanged processes keep their object. `unread`: pid → unreadable file and reason. */
  apply(body: Buffer, gone: readonly number[], unread: ReadonlyMap<number, string> = new Map()): ProcessTable {
    const table = new Map(this.#table);
    for (const pid of gone) table.delete(pid);
    for (let at = 0; at < body.length;) {
      const pid = uint32(body, at);
      const mask = body[at + 4] ?? 0;
      const sinceMs = uint32(body, at + 5);
      at += 9;
      const texts: Record<string, string> = {};
      for (const [bit, name] of FIELDS) {
        if (!(mask & bit)) continue;
        const size = uint32(body, at);
        at += 4;
        if (at + size > body.length) throw new ProtocolError('a process record that is longer than its frame');
        texts[name] = body.toString('utf8', at, at + size);
        at += size;
      }
      // Another program (exec, or a reused pid) keeps no old texts.
      const old = mask & 128 ? undefined : table.get(pid);
      const stat = texts['stat'] ?? old?.stat;
      if (stat === undefined) continue;
      // wchan is valid for this walk only.
      const seconds = sinceMs === 0 ? undefined : sinceMs / 1000;
      table.set(pid, { ...old, wchan: undefined, ...texts, pid, stat, seconds });
    }
    for (const pid of new Set([...this.#unread.keys(), ...unread.keys()])) {
      const texts = table.get(pid);
      if (texts && texts.unread !== unread.get(pid)) table.set(pid, { ...texts, unread: unread.get(pid) });
    }
    this.#unread = unread;
    this.#table = table;
    return table;
  }
}

function uint32(body: Buffer, at: number): number {
  if (at + 4 > body.length) throw new ProtocolError('a process record that is cut short');
  return body.readUInt32LE(at);
}
