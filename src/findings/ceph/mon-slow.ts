import { meanMs } from '../../sources/ceph/osd-perf.ts';
import { cephMonStore, type MonStore } from '../../sources/ceph/mon-store.ts';
import { limits } from '../../thresholds.ts';
import { overLast } from '../../timeline/window.ts';
import { count, ms } from '../../lib/units.ts';
import { plain } from '../../lib/plain.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** Length of the means: a quiet cluster commits every few seconds. */
const WINDOW_SECONDS = 15;

/** Monitor that replies late because its store commits slowly: its disk, or a store that compacts. */
export const cephMonSlow = defineFinding({
  id: 'ceph-mon-slow',
  title: 'Monitor with a slow store',
  needs: { cephMonStore },
  authority: limits.monCommitMs.authority,
  judge: ({ cephMonStore: seen }) => {
    // Tests and a first sample have no history.
    const [wide, last] = seen.history.length > 1 ? [overLast(seen, WINDOW_SECONDS), overLast(seen, 0)] : [seen, seen];
    return [...(seen.now ?? [])].flatMap(([name, store]): readonly Found[] => {
      const before = wide.before?.get(name);
      const worst = latencyMs(store, before) ?? 0;
      // Over with the first reading whose commits were fast.
      const recent = latencyMs(store, last.before?.get(name)) ?? worst;
      if (Math.min(worst, recent) < limits.monCommitMs.warn) return [];
      const source = `perf dump paxos of ${plain(name)}`;
      return [
        {
          severity: worst >= limits.monCommitMs.crit ? 'crit' : 'warn',
          subject: plain(name),
          entity: entityRef('mon', name),
          sentence: `slow store, commit latency ${ms(worst)}: replies are late, elections from 5 s`,
          evidence: [
            { what: 'commit latency', value: ms(meanMs(store.commit, before?.commit)), source },
            { what: 'begin latency', value: ms(meanMs(store.begin, before?.begin)), source },
            { what: 'commits since start', value: count(store.commit?.count), source },
          ],
          next: 'open Hardware: await of the disk below /var/lib/ceph/mon; large store: `ceph tell mon.ID compact`',
          pane: 'ceph',
        },
      ];
    });
  },
});

/** The slower of commits and proposals that ended between two readings; undefined without any. */
function latencyMs(now: MonStore, before: MonStore | undefined): number | undefined {
  const known = [meanMs(now.commit, before?.commit), meanMs(now.begin, before?.begin)].flatMap((each) => each ?? []);
  return known.length === 0 ? undefined : Math.max(...known);
}
