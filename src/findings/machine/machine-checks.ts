import { count, plural, span } from '../../lib/units.ts';
import { interrupts, interruptTotal } from '../../sources/machine/interrupts.ts';
import { thisHost } from '../entity-ref.ts';
import { defineFinding } from '../finding.ts';
import { quotingKernelLog } from '../kernel-line.ts';
import { counterEvents, pastAfter } from '../../timeline/last-event.ts';

/** Machine check exceptions: errors of memory, cache or bus that the CPU reported. */
const rule = defineFinding({
  id: 'machine-checks',
  title: 'Machine check exceptions',
  needs: { interrupts },
  authority: 'kernel: arch/x86 machinecheck; a healthy machine has none',
  judge: (moment) => {
    const total = interruptTotal(moment.interrupts.now, 'MCE') ?? 0;
    if (total === 0) return [];
    const events = counterEvents(moment.interrupts, (sample) => interruptTotal(sample, 'MCE'), 900);
    const { ageSeconds, watchedSeconds } = events;
    return [
      {
        severity: ageSeconds === undefined ? 'warn' : 'crit',
        subject: 'machine checks',
        subjectVocabulary: 'fixed',
        entity: thisHost,
        sentence:
          ageSeconds === undefined
            ? `${plural(total, 'machine check')} since boot${watchedSeconds > 0 ? `, none in the last ${span(watchedSeconds)}` : ''}`
            : `${plural(events.count, 'machine check')} in ${span(watchedSeconds)}, last ${span(ageSeconds)} ago, ${count(total)} since boot`,
        evidence: [{ what: 'MCE, all CPUs', value: count(total), source: '/proc/interrupts' }],
        next: '`journalctl -k -g "Hardware Error"` or `ras-mc-ctl --errors` for bank and address',
        pane: 'hardware',
        ...pastAfter(ageSeconds),
      },
    ];
  },
});

export const machineChecks = quotingKernelLog(rule, () => /Hardware Error|mce:/);
