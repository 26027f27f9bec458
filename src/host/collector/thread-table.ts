import type { ProcessThreads, ThreadsRead, ThreadTable, ThreadTexts } from '../host.ts';
import { ProtocolError, type Head } from './frames.ts';
import { Records } from './records.ts';

/** Bits of a record in the order in which the texts follow; the same as in threads.py. */
const FIELDS = [
  [1, 'stat'],
  [2, 'schedstat'],
  [4, 'cpusAllowed'],
  [8, 'wchan'],
] as const;

/** ThreadTableKeeper applies the deltas of the collector to a table of threads. */
export class ThreadTableKeeper {
  #processes = new Map<number, ProcessThreads>();
  #have = 0;

  /** Fields of the next request: the sequence number of the last answer, or at first the commands. */
  request({ commands }: ThreadsRead): Head {
    return this.#have > 0 ? { have: this.#have } : { have: 0, commands };
  }

  /** Applies one delta; unchanged threads and processes keep their object. */
  apply(head: Head, body: Buffer): ThreadTable {
    const { seq, anew, left, gone } = head;
    if (typeof seq !== 'number') throw new ProtocolError('threads without their order');
    const processes = anew === true ? new Map<number, ProcessThreads>() : new Map(this.#processes);
    const changed = new Map<number, Map<number, ThreadTexts>>();
    const threadsOf = (pid: number): Map<number, ThreadTexts> => {
      const known = changed.get(pid) ?? new Map(processes.get(pid)?.threads);
      changed.set(pid, known);
      return known;
    };
    for (const pair of Array.isArray(gone) ? gone : [])
      if (Array.isArray(pair)) threadsOf(Number(pair[0])).delete(Number(pair[1]));
    const records = new Records(body, 'thread');
    while (records.more) {
      const threads = threadsOf(records.uint32());
      const tid = records.uint32();
      const mask = records.byte();
      const texts: Record<string, string> = {};
      for (const [bit, name] of FIELDS) if (mask & bit) texts[name] = records.text(records.uint32());
      const old = threads.get(tid);
      const stat = texts['stat'] ?? old?.stat;
      // wchan is valid until the thread runs.
      const wchan = mask & 1 ? texts['wchan'] : old?.wchan;
      if (stat !== undefined) threads.set(tid, { ...old, ...texts, tid, stat, wchan });
    }
    for (const [pid, threads] of changed)
      if (threads.size === 0) processes.delete(pid);
      else processes.set(pid, { pid, threads });
    this.#processes = processes;
    this.#have = seq;
    return { processes, left: typeof left === 'number' ? left : 0 };
  }
}
