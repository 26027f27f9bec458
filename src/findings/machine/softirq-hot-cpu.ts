import { softirqHotCpuOf } from '../../entities/machine/softirq-hot-cpu.ts';
import { percent } from '../../lib/units.ts';
import { cpuStat } from '../../sources/machine/cpu-stat.ts';
import { cpuRef } from '../entity-ref.ts';
import { defineFinding } from '../finding.ts';

/** CPU saturated by softirqs while the others idle: the host is at its limit at a few percent of use. */
export const softirqHotCpu = defineFinding({
  id: 'softirq-hot-cpu',
  title: 'Softirqs saturate one CPU',
  needs: { cpuStat },
  authority: 'own: one CPU above 80 % while the mean of the others is below 20 %',
  judge: (moment) => {
    const hot = softirqHotCpuOf(moment.cpuStat);
    if (!hot) return [];
    const { othersPct } = hot;
    return [
      {
        severity: 'warn',
        subject: `cpu${hot.cpu}`,
        subjectVocabulary: 'fixed',
        entity: cpuRef(hot.cpu),
        sentence: `${percent(hot.softirqPct)} softirq, other CPUs ${percent(othersPct)}`,
        evidence: [
          { what: `cpu${hot.cpu} softirq`, value: percent(hot.softirqPct), source: '/proc/stat' },
          { what: 'mean of the others', value: percent(othersPct), source: '/proc/stat' },
        ],
        next: 'open Hardware, Softirqs per CPU: the kind; Interrupts: the NIC queue on this CPU (RSS, RPS)',
        pane: 'hardware',
      },
    ];
  },
});
