import { count, percent } from '../../lib/units.ts';
import { meminfo } from '../../sources/machine/meminfo.ts';
import { swapUsedPct } from '../../sources/machine/memory-use.ts';
import { vmstat } from '../../sources/machine/vmstat.ts';
import { perSecond } from '../../timeline/moment.ts';
import { hostResource } from '../entity-ref.ts';
import { defineFinding } from '../finding.ts';
import { grade, limits } from '../../thresholds.ts';
import { overLast } from '../../timeline/window.ts';

const FILE = '/proc/vmstat';

/** Swap-out of now; swap that was used long ago does not count. */
export const swapping = defineFinding({
  id: 'swapping',
  title: 'Swapping out',
  needs: { vmstat, meminfo },
  authority: limits.swapOutPagesPerSec.authority,
  judge: (moment) => {
    const seen = overLast(moment.vmstat, 30, 5);
    const outPerSec = perSecond(seen, ({ swapOutPages }) => swapOutPages);
    const severity = grade(outPerSec, limits.swapOutPagesPerSec);
    if (severity === 'text') return [];
    const inPerSec = perSecond(seen, ({ swapInPages }) => swapInPages);
    const used = moment.meminfo.now && swapUsedPct(moment.meminfo.now);
    return [
      {
        severity,
        subject: 'swap',
        subjectVocabulary: 'fixed',
        entity: hostResource('memory'),
        sentence: `out ${count(outPerSec)} pages/s, in ${count(inPerSec)} pages/s, ${percent(used)} used`,
        evidence: [
          { what: 'swapped out', value: `${count(outPerSec)} pages/s`, source: `${FILE} pswpout` },
          { what: 'swapped in', value: `${count(inPerSec)} pages/s`, source: `${FILE} pswpin` },
          {
            what: 'direct reclaim',
            value: `${count(perSecond(seen, ({ stealDirectPages }) => stealDirectPages))} pages/s`,
            source: `${FILE} pgsteal_direct`,
          },
          { what: 'swap used', value: percent(used), source: '/proc/meminfo' },
        ],
        next: 'open Processes, sort by RSS; Hardware, NUMA nodes: one full node swaps while others have room',
        pane: 'hardware',
      },
    ];
  },
});
