import { count } from '../lib/units.ts';
import { interrupts, interruptTotal } from '../sources/interrupts.ts';
import { defineFinding } from './finding.ts';
import { overLast } from './window.ts';

/** The processor itself reported an error of memory, cache, bus or of its own. */
export const machineChecks = defineFinding({
  id: 'machine-checks',
  title: 'Machine checks',
  needs: { interrupts },
  authority: 'kernel: arch/x86 machinecheck; a machine in order has none',
  judge: (moment) => {
    const { now, before } = overLast(moment.interrupts, 900);
    const total = interruptTotal(now, 'MCE') ?? 0;
    if (total === 0) return [];
    const earlier = interruptTotal(before, 'MCE');
    const more = earlier !== undefined && total > earlier;
    return [
      {
        severity: more ? 'crit' : 'warn',
        subject: 'machine checks',
        sentence: `${count(total)} machine check exceptions since boot${more ? `, ${count(total - earlier)} of them while we watched` : ''}: the processor reports an error of the hardware`,
        evidence: [{ what: 'MCE, all CPUs', value: count(total), source: '/proc/interrupts' }],
        next: 'read the kernel log for "Hardware Error", or rasdaemon and mcelog, for bank and address',
        pane: 'hardware',
      },
    ];
  },
});
