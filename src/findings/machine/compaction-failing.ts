import { count, percent } from '../../lib/units.ts';
import { compaction } from '../../sources/machine/compaction.ts';
import { vmstat } from '../../sources/machine/vmstat.ts';
import { perSecond } from '../../timeline/moment.ts';
import { hostResource } from '../entity-ref.ts';
import { defineFinding } from '../finding.ts';
import { grade, limits } from '../../thresholds.ts';
import { overLast } from '../../timeline/window.ts';

/** Memory compaction that mostly fails. */
export const compactionFailing = defineFinding({
  id: 'compaction-failing',
  title: 'Memory compaction failing',
  needs: { vmstat },
  authority: limits.compactFailPct.authority,
  judge: (moment) => {
    const { failPct, many } = compaction(moment.vmstat.now);
    const seen = overLast(moment.vmstat, 60, 10);
    const nowPerSec = perSecond(seen, ({ compactFails }) => compactFails);
    const triesPerSec = (nowPerSec ?? 0) + (perSecond(seen, ({ compactSuccesses }) => compactSuccesses) ?? 0);
    const nowPct = nowPerSec === undefined || triesPerSec === 0 ? undefined : (100 * nowPerSec) / triesPerSec;
    if (!many || grade(failPct, limits.compactFailPct) === 'text') return [];
    // Failures since boot are history; only those of now cost anything.
    const failing = grade(nowPct, limits.compactFailPct) !== 'text';
    return [
      {
        severity: failing ? 'warn' : 'info',
        subject: 'compaction',
        subjectVocabulary: 'fixed',
        entity: hostResource('memory'),
        sentence: failing
          ? `${percent(nowPct)} failed in the last minute (${count(nowPerSec)}/s), ${percent(failPct)} since boot`
          : `${percent(failPct)} failed since boot, ${count(nowPerSec)}/s now`,
        evidence: [
          { what: 'failed', value: count(moment.vmstat.now?.compactFails), source: '/proc/vmstat compact_fail' },
          {
            what: 'succeeded',
            value: count(moment.vmstat.now?.compactSuccesses),
            source: '/proc/vmstat compact_success',
          },
          { what: 'failing now', value: `${count(nowPerSec)}/s`, source: '/proc/vmstat compact_fail' },
        ],
        next: 'open Hardware, NUMA nodes: free blocks per node; reserve huge pages at boot (`hugepages=`)',
        pane: 'hardware',
        ...(failing ? {} : { past: { ageSeconds: undefined } }),
      },
    ];
  },
});
