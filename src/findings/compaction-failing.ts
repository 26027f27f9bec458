import { count, percent } from '../lib/units.ts';
import { compaction } from '../sources/compaction.ts';
import { vmstat } from '../sources/vmstat.ts';
import { perSecond } from '../timeline/moment.ts';
import { defineFinding } from './finding.ts';
import { grade, limits } from './limits.ts';
import { overLast } from './window.ts';

/** The kernel tries to bring free memory into one piece, and often cannot. */
export const compactionFailing = defineFinding({
  id: 'compaction-failing',
  title: 'Compaction of memory fails',
  needs: { vmstat },
  authority: limits.compactFailPct.authority,
  judge: (moment) => {
    const { failPct, many } = compaction(moment.vmstat.now);
    if (!many || grade(failPct, limits.compactFailPct) === 'text') return [];
    const nowPerSec = perSecond(overLast(moment.vmstat, 60, 10), ({ compactFails }) => compactFails);
    return [
      {
        // What failed some time since boot is history; what fails now is felt.
        severity: (nowPerSec ?? 0) > 0 ? 'warn' : 'info',
        subject: 'compaction',
        sentence: `${percent(failPct)} of the attempts to make large blocks failed since boot, ${count(nowPerSec)}/s fail now`,
        evidence: [
          { what: 'failed', value: count(moment.vmstat.now?.compactFails), source: '/proc/vmstat compact_fail' },
          {
            what: 'succeeded',
            value: count(moment.vmstat.now?.compactSuccesses),
            source: '/proc/vmstat compact_success',
          },
          { what: 'fail now', value: `${count(nowPerSec)}/s`, source: '/proc/vmstat compact_fail' },
        ],
        next: 'see free blocks by node in NUMA nodes and Memory; huge pages are best set aside at boot',
        pane: 'hardware',
      },
    ];
  },
});
