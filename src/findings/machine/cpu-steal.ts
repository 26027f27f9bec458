import { percent } from '../../lib/units.ts';
import { cpuStat, cpuUse } from '../../sources/machine/cpu-stat.ts';
import { defineFinding } from '../finding.ts';
import { grade, limits } from '../../thresholds.ts';
import { overLast } from '../../timeline/window.ts';

/** We are a guest, and the hypervisor gives our CPU time to others. */
export const cpuSteal = defineFinding({
  id: 'cpu-steal',
  title: 'CPU time stolen by the hypervisor',
  needs: { cpuStat },
  authority: limits.stealPct.authority,
  judge: (moment) => {
    const { now, before } = overLast(moment.cpuStat, 30, 5);
    const use = cpuUse(now?.all, before?.all);
    const severity = grade(use?.stealPct, limits.stealPct);
    if (!use || severity === 'text') return [];
    return [
      {
        severity,
        subject: 'steal',
        sentence: `the hypervisor keeps ${percent(use.stealPct)} of this guest’s CPU time: what it runs is slow without being busy`,
        evidence: [
          { what: 'steal', value: percent(use.stealPct), source: '/proc/stat' },
          { what: 'busy', value: percent(use.busyPct), source: '/proc/stat' },
        ],
        next: 'look at the host it runs on: overcommitted CPUs, a quota, or vCPUs pinned together',
        pane: 'hardware',
      },
    ];
  },
});
