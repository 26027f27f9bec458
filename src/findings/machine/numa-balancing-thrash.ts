import { count, percent } from '../../lib/units.ts';
import { vmstat } from '../../sources/machine/vmstat.ts';
import { perSecond } from '../../timeline/moment.ts';
import { defineFinding } from '../finding.ts';
import { grade, limits } from '../../thresholds.ts';
import { overLast } from '../../timeline/window.ts';

/** Fewer moved pages than this are the balancing at its work. */
const MANY_PAGES_PER_SEC = 1000;

/** The kernel keeps moving pages between nodes and most accesses are still far: balancing and pinning fight each other. */
export const numaChurn = defineFinding({
  id: 'numa-churn',
  title: 'Pages wander between nodes',
  needs: { vmstat },
  authority: limits.hintFaultsFarPct.authority,
  judge: (moment) => {
    const seen = overLast(moment.vmstat, 60, 10);
    const all = perSecond(seen, ({ numaHintFaults }) => numaHintFaults);
    const local = perSecond(seen, ({ numaHintFaultsLocal }) => numaHintFaultsLocal);
    const movedPerSec = perSecond(seen, ({ numaMigratedPages }) => numaMigratedPages);
    if (all === undefined || all === 0 || local === undefined || (movedPerSec ?? 0) < MANY_PAGES_PER_SEC) return [];
    const farPct = 100 - (100 * local) / all;
    if (grade(farPct, limits.hintFaultsFarPct) === 'text') return [];
    return [
      {
        severity: 'warn',
        subject: 'balancing',
        sentence: `the kernel moves ${count(movedPerSec)} pages/s between nodes, and ${percent(farPct)} of the accesses it samples are still far`,
        evidence: [
          { what: 'sampled accesses', value: `${count(all)}/s`, source: '/proc/vmstat numa_hint_faults' },
          { what: 'of them local', value: `${count(local)}/s`, source: '/proc/vmstat numa_hint_faults_local' },
          { what: 'moved', value: `${count(movedPerSec)} pages/s`, source: '/proc/vmstat numa_pages_migrated' },
        ],
        next: 'a program larger than one node, or threads pinned away from their memory: pin both, or switch balancing off for it',
        pane: 'hardware',
      },
    ];
  },
});
