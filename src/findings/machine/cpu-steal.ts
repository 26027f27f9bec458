import { recentSteal } from '../../entities/machine/steal.ts';
import { percent } from '../../lib/units.ts';
import { cpuStat } from '../../sources/machine/cpu-stat.ts';
import { meanMark } from '../../timeline/window.ts';
import { hostResource } from '../entity-ref.ts';
import { defineFinding } from '../finding.ts';
import { grade, limits } from '../../thresholds.ts';

/** Steal time of a guest, as seen from inside. */
export const cpuSteal = defineFinding({
  id: 'cpu-steal',
  title: 'CPU steal',
  needs: { cpuStat },
  authority: limits.stealPct.authority,
  judge: (moment) => {
    const use = recentSteal(moment.cpuStat);
    const severity = grade(use?.stealPct, limits.stealPct);
    if (!use || severity === 'text') return [];
    return [
      {
        severity,
        subject: 'steal',
        subjectVocabulary: 'fixed',
        entity: hostResource('cpu'),
        sentence: `${percent(use.stealPct)} of this guest’s CPU time, ${percent(use.busyPct)} busy${meanMark(moment.cpuStat)}`,
        evidence: [
          { what: 'steal', value: percent(use.stealPct), source: '/proc/stat' },
          { what: 'busy', value: percent(use.busyPct), source: '/proc/stat' },
        ],
        next: 'check the hypervisor: overcommitted CPUs, a CPU quota, vCPUs pinned to the same CPU',
        pane: 'hardware',
      },
    ];
  },
});
