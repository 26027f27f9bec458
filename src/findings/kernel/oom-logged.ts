import { kernelEvents } from '../../entities/kernel/kernel-events.ts';
import { plural, span } from '../../lib/units.ts';
import { kernelLog } from '../../sources/kernel/kernel-log.ts';
import { vmstat } from '../../sources/machine/vmstat.ts';
import { hostResource } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** OOM kills by the kernel log alone, where no counter has them: the rule oom-kills reports the others. */
export const oomLogged = defineFinding({
  id: 'oom-logged',
  title: 'OOM kills in the kernel log',
  needs: { kernelLog, vmstat },
  authority: 'node-problem-detector OOMKilling',
  judge: ({ kernelLog: { now, history, ageMs }, vmstat: counters }): readonly Found[] => {
    const readAt = history.at(-1)?.at;
    const kills = now && kernelEvents(now).filter(({ kind }) => kind.id === 'oom');
    const last = kills?.at(-1);
    if (!kills || !last || readAt === undefined || counters.now?.oomKills !== undefined) return [];
    const ageSeconds = Math.max(0, readAt - last.last.at) + (ageMs ?? 0) / 1000;
    const count = kills.reduce((sum, one) => sum + one.count, 0);
    return [
      {
        severity: 'crit',
        entity: hostResource('memory'),
        subject: 'oom',
        subjectVocabulary: 'fixed',
        sentence: `${plural(count, 'OOM kill')} in the kernel log, last ${span(ageSeconds)} ago: ${last.subject}`,
        evidence: [{ what: `kernel log, ${span(ageSeconds)} ago`, value: last.last.text, source: '/dev/kmsg' }],
        next: 'open Kernel log, ↵ on the kill: who asked, its group, and the tasks by memory',
        pane: 'kernel-log',
        past: { ageSeconds },
      },
    ];
  },
});
