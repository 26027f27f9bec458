import { count, percent } from '../../lib/units.ts';
import { vmstat } from '../../sources/machine/vmstat.ts';
import { perSecond } from '../../timeline/moment.ts';
import { hostResource } from '../entity-ref.ts';
import { defineFinding } from '../finding.ts';
import { grade, limits } from '../../thresholds.ts';
import { overLast } from '../../timeline/window.ts';

/** Migrations below which balancing does its normal work. */
const MANY_PAGES_PER_SEC = 1000;

/** NUMA balancing that migrates pages while hint faults stay remote: it works against a pinning. */
export const numaBalancingThrash = defineFinding({
  id: 'numa-balancing-thrash',
  title: 'NUMA balancing thrash',
  needs: { vmstat },
  authority: limits.hintFaultsFarPct.authority,
  judge: (moment) => {
    const seen = overLast(moment.vmstat, 60, 10);
    const all = perSecond(seen, ({ numaHintFaults }) => numaHintFaults);
    const local = perSecond(seen, ({ numaHintFaultsLocal }) => numaHintFaultsLocal);
    const migratedPerSec = perSecond(seen, ({ numaMigratedPages }) => numaMigratedPages);
    if (all === undefined || all === 0 || local === undefined || (migratedPerSec ?? 0) < MANY_PAGES_PER_SEC) return [];
    const remotePct = 100 - (100 * local) / all;
    if (grade(remotePct, limits.hintFaultsFarPct) === 'text') return [];
    return [
      {
        severity: 'warn',
        subject: 'NUMA balancing',
        subjectVocabulary: 'fixed',
        entity: hostResource('memory'),
        sentence: `thrash, ${count(migratedPerSec)} pages/s migrated, ${percent(remotePct)} of hint faults remote`,
        evidence: [
          { what: 'hint faults', value: `${count(all)}/s`, source: '/proc/vmstat numa_hint_faults' },
          { what: 'hint faults local', value: `${count(local)}/s`, source: '/proc/vmstat numa_hint_faults_local' },
          { what: 'migrated', value: `${count(migratedPerSec)} pages/s`, source: '/proc/vmstat numa_pages_migrated' },
        ],
        next: 'pin CPUs and memory of the largest process together (`numactl`), or `kernel.numa_balancing=0`',
        pane: 'hardware',
      },
    ];
  },
});
