import { meanMs } from '../../sources/ceph/osd-perf.ts';
import type { MonStore } from '../../sources/ceph/mon-store.ts';
import type { Seen } from '../../timeline/moment.ts';
import { overLast } from '../../timeline/window.ts';

/** Length of the means: a quiet cluster commits every few seconds. */
export const COMMIT_SECONDS = 15;

export interface MonCommits {
  /** `mon.a` */
  readonly name: string;
  readonly store: MonStore;
  /** Counters at the start of the window. */
  readonly before: MonStore | undefined;
  /** Mean of the window, the slower of commits and proposals; undefined without any. */
  readonly meanMs: number | undefined;
  /** Mean since the latest reading. */
  readonly recentMs: number | undefined;
}

/** Commit latencies of the stores of local monitors. */
export function commitMs(seen: Seen<ReadonlyMap<string, MonStore>>): readonly MonCommits[] {
  // Tests and a first sample have no history.
  const [wide, last] = seen.history.length > 1 ? [overLast(seen, COMMIT_SECONDS), overLast(seen, 0)] : [seen, seen];
  return [...(seen.now ?? [])].map(([name, store]) => {
    const before = wide.before?.get(name);
    return {
      name,
      store,
      before,
      meanMs: latencyMs(store, before),
      recentMs: latencyMs(store, last.before?.get(name)),
    };
  });
}

function latencyMs(now: MonStore, before: MonStore | undefined): number | undefined {
  const known = [meanMs(now.commit, before?.commit), meanMs(now.begin, before?.begin)].flatMap((each) => each ?? []);
  return known.length === 0 ? undefined : Math.max(...known);
}
