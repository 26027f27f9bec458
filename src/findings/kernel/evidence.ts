import { kernelEvents } from '../../entities/kernel/kernel-events.ts';
import { plain } from '../../lib/plain.ts';
import { signalName } from '../../lib/signals.ts';
import { plural, span } from '../../lib/units.ts';
import { crashFiles, type CrashFile } from '../../sources/kernel/crash-files.ts';
import { kernelLog } from '../../sources/kernel/kernel-log.ts';
import { kernelState } from '../../sources/kernel/kernel-state.ts';
import { entityRef, thisHost } from '../entity-ref.ts';
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
    const dumps = (now?.files ?? []).filter(({ what }) => what === 'kernel');
    const newest = dumps.reduce<(typeof dumps)[number] | undefined>((best, one) => ((one.epochSeconds ?? 0) >= (best?.epochSeconds ?? 0) ? one : best), undefined); // prettier-ignore
    if (!newest || wall === undefined) return [];
    const ageSeconds = newest.epochSeconds === undefined ? undefined : Math.max(0, wall / 1000 - newest.epochSeconds);
    return [
      {
        ...subject,
        // Firmware keeps a dump until it is taken out, perhaps for years.
        severity: ageSeconds !== undefined && ageSeconds <= DAY_SECONDS ? 'warn' : 'info',
        sentence: `crashed${ageSeconds === undefined ? ' before this boot' : ` ${span(ageSeconds)} ago`}, ${plural(dumps.length, 'dump')}: ${plain(newest.path)}`,
        evidence: [
          { what: 'newest dump', value: plain(newest.path), source: newest.path },
          ...(newest.line === undefined ? [] : [{ what: 'panic', value: newest.line, source: newest.path }]),
        ],
        next: 'read its dmesg file: the panic, and the function and module at which it was',
        past: { ageSeconds },
        ...onsetAgo(ageSeconds, 'time of the dump'),
      },
    ];
  },
});

/** Programs that left core dumps in the last day, each once. */
export const programCrashDump = defineFinding({
  id: 'program-crash-dump',
  title: 'Programs that left core dumps',
  needs: { crashFiles },
  authority: 'systemd-coredump(8), apport, core(5): a dump is left by a fatal signal alone; a day is [own]',
  judge: ({ crashFiles: { now, history } }): readonly Found[] => {
    const wall = history.at(-1)?.wallMs;
    if (now === undefined || wall === undefined) return [];
    const ageOf = ({ epochSeconds }: CrashFile): number => Math.max(0, wall / 1000 - (epochSeconds ?? 0));
    const recent = now.files.filter((file) => file.what === 'program' && file.program !== undefined && ageOf(file) <= DAY_SECONDS); // prettier-ignore
    return [...Map.groupBy(recent, ({ program }) => program ?? '')].flatMap(([program, files]): readonly Found[] => {
      const [newest, ...older] = files.toSorted((a, b) => ageOf(a) - ageOf(b));
      if (newest === undefined) return [];
      const [ageSeconds, oldest] = [ageOf(newest), older.at(-1) ?? newest];
      const signals = [...new Set(files.flatMap(({ signal }) => (signal === undefined ? [] : [signalName(signal)])))];
      const count = files.length === 1 ? 'crashed' : `crashed ${files.length} times`;
      const by = signals.length === 0 ? '' : ` (${signals.slice(0, 3).join(', ')})`;
      return [
        {
          severity: 'warn',
          entity: entityRef('daemon', program),
          subject: plain(program),
          sentence: `${count}${by}, ${files.length === 1 ? '' : 'last '}${span(ageSeconds)} ago`,
          evidence: [
            { what: `newest dump, ${span(ageSeconds)} ago`, value: plain(newest.path), source: newest.path },
            ...(newest.package === undefined ? [] : [{ what: 'package', value: plain(newest.package), source: newest.path }]),
            ...(newest.line === undefined ? [] : [{ what: 'exception', value: plain(newest.line), source: newest.path }]),
          ],
          next: 'open Kernel log, ↵ on the dump in Crash dumps: the thread that crashed; compare package versions (H)',
          pane: 'kernel-log',
          past: { ageSeconds },
          ...onsetAgo(ageOf(oldest), 'time of the oldest dump'),
        },
      ]; // prettier-ignore
    });
  },
});
