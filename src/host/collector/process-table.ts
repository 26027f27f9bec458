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

interface Walk {
  readonly at: number;
  readonly full: boolean;
  /** pid → unreadable file and reason. */
  readonly unread?: ReadonlyMap<number, string>;
}

/** ProcessTableKeeper applies the deltas of the collector to the process table. */
export class ProcessTableKeeper {
  #table: ReadonlyMap<number, ProcessTexts> = new Map();
  /** Time of the last record of each process, and of the last full walk: host clock, seconds. */
  readonly #recordAt = new Map<number, number>();
  #fullAt: number | undefined;
  #unread: ReadonlyMap<number, string> = new Map();

  get table(): ProcessTable {
    return this.#table;
  }

  /** Applies the delta of one walk at host clock `at`; unchanged processes keep their object. */
  apply(body: Buffer, gone: readonly number[], walk: Walk): ProcessTable {
    const table = new Map(this.#table);
    for (const pid of gone) {
      table.delete(pid);
      this.#recordAt.delete(pid);
    }
    for (let at = 0; at < body.length;) {
      const pid = uint32(body, at);
      const mask = body[at + 4] ?? 0;
      at += 5;
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
      table.set(pid, { ...old, wchan: undefined, ...texts, pid, stat, seconds: this.#seconds(pid, walk.at) });
      this.#recordAt.set(pid, walk.at);
    }
    if (walk.full) this.#fullAt = walk.at;
    const { unread = new Map<number, string>() } = walk;
    for (const pid of new Set([...this.#unread.keys(), ...unread.keys()])) {
      const texts = table.get(pid);
      if (texts && texts.unread !== unread.get(pid)) table.set(pid, { ...texts, unread: unread.get(pid) });
    }
    this.#unread = unread;
    this.#table = table;
    return table;
  }

  /** Time span of a change: since the last record of the process, or the last full walk. */
  #seconds(pid: number, at: number): number | undefined {
    const last = Math.max(this.#recordAt.get(pid) ?? -Infinity, this.#fullAt ?? -Infinity);
    return Number.isFinite(last) ? at - last : undefined;
  }
}

function uint32(body: Buffer, at: number): number {
  if (at + 4 > body.length) throw new ProtocolError('a process record that is cut short');
  return body.readUInt32LE(at);
}
