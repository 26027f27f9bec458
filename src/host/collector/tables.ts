import { keyOf, type ThreadsRead } from '../host.ts';
import { CgroupTableKeeper } from './cgroup-table.ts';
import { ProcessTableKeeper } from './process-table.ts';
import { ThreadTableKeeper } from './thread-table.ts';

/** Tables of a lane that are kept current by deltas. */
export class Tables {
  readonly processes = new ProcessTableKeeper();
  readonly cgroups = new CgroupTableKeeper();
  readonly #threads = new Map<string, ThreadTableKeeper>();
  readonly #texts = new Set<string>();

  /** Table of one set of commands. */
  threadsOf(what: ThreadsRead): ThreadTableKeeper {
    const key = keyOf(what);
    const known = this.#threads.get(key) ?? new ThreadTableKeeper();
    this.#threads.set(key, known);
    return known;
  }

  /** Texts of the lines of logs of a pattern, for the first request of this lane: the collector keeps them. */
  textsOnce(pattern: string, texts: readonly string[]): readonly string[] | undefined {
    if (this.#texts.has(pattern)) return undefined;
    this.#texts.add(pattern);
    return texts;
  }
}
