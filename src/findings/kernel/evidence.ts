import { kernelEvents } from '../../entities/kernel/kernel-events.ts';
import { plain } from '../../lib/plain.ts';
import { plural, span } from '../../lib/units.ts';
import { crashFiles } from '../../sources/kernel/crash-files.ts';
import { kernelLog } from '../../sources/kernel/kernel-log.ts';
import { kernelState } from '../../sources/kernel/kernel-state.ts';
import { thisHost } from '../entity-ref.ts';
import { defineFinding, onsetAgo, type Found } from '../finding.ts';

const subject = { entity: thisHost, subject: 'kernel', subjectVocabulary: 'fixed', pane: 'kernel-log' } as const;

/** Oopses, warnings and hung tasks that the kernel counted and its log no longer has, or that it stopped to report. */
export const kernelCounts = defineFinding({
  id: 'kernel-counts',
  title: 'Kernel faults that its log no longer has',
  needs: { kernelState, kernelLog },
  authority: 'kernel: ABI/testing/sysfs-kernel-oops_count, sysctl/kernel.rst hung_task_warnings',
  judge: ({ kernelState: { now: state }, kernelLog: { now: log } }): readonly Found[] => {
    if (state === undefined || log === undefined) return [];
    const logged = (id: string) => kernelEvents(log).filter(({ kind }) => kind.id === id).reduce((sum, { count }) => sum + count, 0); // prettier-ignore
    const lost = (condition: string, noun: string, counted: number | undefined, inLog: number, source: string) =>
      counted === undefined || counted <= inLog
        ? []
        : [
            {
              ...subject,
              severity: condition === 'oops' ? ('warn' as const) : ('info' as const),
              condition,
              sentence: `${counted} ${noun}${counted === 1 ? '' : noun.endsWith('s') ? 'es' : 's'} counted since boot, ${inLog} in the log that is left`,
              evidence: [{ what: noun, value: `${counted}`, source }],
              next: 'read /var/log/kern.log or `journalctl -k`: the lines that the ring no longer has',
              past: { ageSeconds: undefined },
            },
          ];
    return [
      ...lost('oops', 'kernel oops', state.oopses, logged('oops'), '/sys/kernel/oops_count'),
      ...lost('hung-tasks', 'hung task', state.hungTasks, logged('hung-task'), '/proc/sys/kernel/hung_task_detect_count'), // prettier-ignore
      ...(state.hungReportsLeft === 0
        ? [
            {
              ...subject,
              severity: 'info' as const,
              condition: 'hung-task-warnings',
              sentence: 'hung tasks are no longer reported (hung_task_warnings 0)',
              evidence: [{ what: 'reports left', value: '0', source: '/proc/sys/kernel/hung_task_warnings' }],
              next: 'raise it by `sysctl kernel.hung_task_warnings=10`; D state stands in Processes',
            },
          ]
        : []),
    ];
  },
});

const DAY_SECONDS = 86_400;

/** Crash dump of the kernel of the last days: the host was down, and why is in it. */
export const kernelCrashDump = defineFinding({
  id: 'kernel-crash-dump',
  title: 'Crash dump of the kernel',
  needs: { crashFiles },
  authority: 'kdump(5), pstore: a dump is left by a panic alone; a day is [own]',
  judge: ({ crashFiles: { now, history } }): readonly Found[] => {
    const wall = history.at(-1)?.wallMs;
    const dumps = (now ?? []).filter(({ what }) => what === 'kernel');
    const newest = dumps.reduce<(typeof dumps)[number] | undefined>((best, one) => ((one.epochSeconds ?? 0) >= (best?.epochSeconds ?? 0) ? one : best), undefined); // prettier-ignore
    if (!newest || wall === undefined) return [];
    const ageSeconds = newest.epochSeconds === undefined ? undefined : Math.max(0, wall / 1000 - newest.epochSeconds);
    return [
      {
        ...subject,
        // Firmware keeps a dump until it is taken out, perhaps for years.
        severity: ageSeconds !== undefined && ageSeconds <= DAY_SECONDS ? 'warn' : 'info',
        sentence: `crashed${ageSeconds === undefined ? ' before this boot' : ` ${span(ageSeconds)} ago`}, ${plural(dumps.length, 'dump')}: ${plain(newest.path)}`,
        evidence: [{ what: 'newest dump', value: plain(newest.path), source: newest.path }],
        next: 'read its dmesg file: the panic, and the function and module at which it was',
        past: { ageSeconds },
        ...onsetAgo(ageSeconds, 'time of the dump'),
      },
    ];
  },
});
