import { toCount, toNumber, words } from '../../lib/lines.ts';
import { statFields, TICKS_PER_SECOND } from './proc-stat.ts';
import { defineDetail } from '../source.ts';

/**
 * Threads of one process. proc_pid_task(5), proc_pid_stat(5), https://docs.kernel.org/scheduler/sched-stats.html.
 * schedstat: ns on a CPU, ns waiting for one, slices; wchan: the kernel function it sleeps in, 0 when it runs.
 *
 *     task/450/stat: 450 (labmem) S 1 450 450 0 -1 …      task/450/schedstat: 1050444 2360239 1
 */
export const processThreads = defineDetail({
  id: 'process-threads',
  title: 'Threads of a process',
  why: 'Shows CPU use, run delay, state and wchan of each thread of a process.',
  example: { pid: 1 },
  reads: ({ pid }: { readonly pid: number }) => ({
    stats: { kind: 'glob', pattern: `/proc/${pid}/task/*/stat` },
    schedstats: { kind: 'glob', pattern: `/proc/${pid}/task/*/schedstat` },
    wchans: { kind: 'glob', pattern: `/proc/${pid}/task/*/wchan`, as: 'root' },
    /** Clock of the host, for rates between two readings. */
    uptime: { kind: 'file', path: '/proc/uptime' },
  }),
  parse: ({ stats, schedstats, wchans, uptime }): ThreadsSample => {
    const threads: Thread[] = [];
    for (const [path, text] of stats ?? []) {
      const stat = statFields(text);
      if (!stat) continue;
      const beside = (file: string): string => path.replace(/stat$/, file);
      const [runNs, delayNs] = words(schedstats?.get(beside('schedstat')) ?? '').map(toCount);
      const ticks = [stat.field(14), stat.field(15)];
      const wchan = wchans?.get(beside('wchan'))?.trim();
      threads.push({
        tid: stat.pid,
        name: stat.command,
        state: stat.state,
        lastCpu: stat.field(39),
        // schedstat is exact; ticks are 10 ms, and all there is on kernels without SCHED_INFO.
        cpuSeconds: runNs === undefined ? sum(ticks) : runNs / 1e9,
        delaySeconds: delayNs === undefined ? undefined : delayNs / 1e9,
        wchan: wchan === undefined || wchan === '' || wchan === '0' ? undefined : wchan,
      });
    }
    return { threads, uptimeSeconds: toNumber(words(uptime ?? '')[0]) };
  },
});

export interface Thread {
  readonly tid: number;
  readonly name: string;
  readonly state: string;
  readonly lastCpu: number | undefined;
  /** CPU time since its start. */
  readonly cpuSeconds: number | undefined;
  /** Run delay since its start. */
  readonly delaySeconds: number | undefined;
  readonly wchan: string | undefined;
}

export interface ThreadsSample {
  readonly threads: readonly Thread[];
  readonly uptimeSeconds: number | undefined;
}

const sum = ([user, system]: readonly (number | undefined)[]): number | undefined =>
  user === undefined || system === undefined ? undefined : (user + system) / TICKS_PER_SECOND;
