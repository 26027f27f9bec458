import type { ProcessTable, ProcessTexts } from '../host.ts';
import { ProtocolError } from './frames.ts';

/** Bits of a record in the order in which the texts follow; the same as in processes.py. */
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
  /** pid → the file of which a read hangs, and the reason. */
  readonly unread?: ReadonlyMap<number, string>;
}

/** The process table as the collector tells it: differences in, whole tables out. */
export class ProcessTableKeeper {
  #table: ReadonlyMap<number, ProcessTexts> = new Map();
  /** When each process was last told, and when all were last looked at: host clock, seconds. */
  readonly #toldAt = new Map<number, number>();
  #fullAt: number | undefined;
  #unread: ReadonlyMap<number, string> = new Map();

  get table(): ProcessTable {
    return this.#table;
  }

  /** Applies one walk of the host's clock `at`; unchanged processes keep their object. A full walk looked at all of them. */
  apply(body: Buffer, gone: readonly number[], walk: Walk): ProcessTable {
    const table = new Map(this.#table);
    for (const pid of gone) {
      table.delete(pid);
      this.#toldAt.delete(pid);
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
      // Another program (an exec, or a new process under an old pid) inherits nothing.
      const old = mask & 128 ? undefined : table.get(pid);
      const stat = texts['stat'] ?? old?.stat;
      if (stat === undefined) continue;
      // Where it sleeps is only true of now.
      table.set(pid, { ...old, wchan: undefined, ...texts, pid, stat, seconds: this.#seconds(pid, walk.at) });
      this.#toldAt.set(pid, walk.at);
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

  /** A change is at most as old as the last look: when it was told itself, or when all were looked at. */
  #seconds(pid: number, at: number): number | undefined {
    const last = Math.max(this.#toldAt.get(pid) ?? -Infinity, this.#fullAt ?? -Infinity);
    return Number.isFinite(last) ? at - last : undefined;
  }
}

function uint32(body: Buffer, at: number): number {
  if (at + 4 > body.length) throw new ProtocolError('a process record that is cut short');
  return body.readUInt32LE(at);
}
