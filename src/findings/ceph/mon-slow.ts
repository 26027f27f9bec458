import { commitMs } from '../../entities/ceph/mon-commits.ts';
import { meanMs } from '../../sources/ceph/osd-perf.ts';
import { cephMonStore } from '../../sources/ceph/mon-store.ts';
import { limits } from '../../thresholds.ts';
import { count, ms } from '../../lib/units.ts';
import { plain } from '../../lib/plain.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** Monitor that replies late because its store commits slowly: its disk, or a store that compacts. */
export const cephMonSlow = defineFinding({
  id: 'ceph-mon-slow',
  title: 'Monitor with a slow store',
  needs: { cephMonStore },
  authority: limits.monCommitMs.authority,
  judge: ({ cephMonStore: seen }) =>
    commitMs(seen).flatMap(({ name, store, before, meanMs: worst = 0, recentMs = worst }): readonly Found[] => {
      // Over with the first reading whose commits were fast.
      if (Math.min(worst, recentMs) < limits.monCommitMs.warn) return [];
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
    }),
});
