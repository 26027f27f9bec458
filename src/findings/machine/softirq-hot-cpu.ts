import { percent } from '../../lib/units.ts';
import { cpuStat, cpuUse } from '../../sources/machine/cpu-stat.ts';
import { cpuRef } from '../entity-ref.ts';
import { defineFinding } from '../finding.ts';
import { overLast } from '../../timeline/window.ts';

/** CPU saturated by softirqs while the others idle: the host is at its limit at a few percent of use. */
export const softirqHotCpu = defineFinding({
  id: 'softirq-hot-cpu',
  title: 'Softirqs saturate one CPU',
  needs: { cpuStat },
  authority: 'own: one CPU above 80 % while the mean of the others is below 20 %',
  judge: (moment) => {
    const { now, before } = overLast(moment.cpuStat, 10, 1.5);
    const shares = [...(now?.cpus ?? [])].flatMap(([cpu, ticks]) => {
      const softirqPct = cpuUse(ticks, before?.cpus.get(cpu))?.softirqPct;
      return softirqPct === undefined ? [] : [{ cpu, softirqPct }];
    });
    if (shares.length < 2) return [];
    const [hot] = shares.toSorted((a, b) => b.softirqPct - a.softirqPct);
    const total = shares.reduce((sum, { softirqPct }) => sum + softirqPct, 0);
    if (!hot || hot.softirqPct <= 80) return [];
    const othersPct = (total - hot.softirqPct) / (shares.length - 1);
    if (othersPct >= 20) return [];
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
