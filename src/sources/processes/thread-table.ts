import type { ThreadsRead, ThreadTable, ThreadTexts } from '../../host/host.ts';
import { toCount, words } from '../../lib/lines.ts';
import { statFields, TICKS_PER_SECOND } from './proc-stat.ts';
import { defineSource, type Source } from '../source.ts';
import { hiddenBy, hiddenTable } from './hidden-processes.ts';
import { processes as processTable } from './processes.ts';
import { procMount } from './proc-mount.ts';

/** Reads of a source of threads. */
export type ThreadsReads = { readonly table: ThreadsRead };

/**
 * Source of the threads of some programs: proc_pid_task(5), https://docs.kernel.org/scheduler/sched-stats.html
 *
 *     task/450/stat: 450 (CPU 0/KVM) S 1 450 450 0 -1 …      task/450/schedstat: 1050444 2360239 1
 *
 * `commands`: prefixes of the command name (up to 15 characters).
 */
export const threadsOf = (
  about: Pick<Source, 'id' | 'title' | 'why' | 'everySeconds' | 'value'>,
  commands: readonly string[],
): Source<ThreadsReads, ThreadsSample> =>
  defineSource<ThreadsReads, ThreadsSample>({
    ...about,
    reads: { table: { kind: 'threads', commands, as: 'root' } },
    parse: ({ table }) => threadsSample(table),
    weightKiB: ({ processes }) => {
      let threads = 0;
      for (const one of processes.values()) threads += one.threads.length;
      return threads * PLACE_KIB;
    },
    partial: (_, newest) => hiddenTable(hiddenBy(newest(processTable)?.processes, newest(procMount))),
  });

/** Position in a list and, of a thread that ran, the thread. */
const PLACE_KIB = 0.1;

export interface ThreadsSample {
  readonly processes: ReadonlyMap<number, ThreadedProcess>;
  /** Number of threads that were not read; undefined when nothing was read. */
  readonly left: number | undefined;
}

export interface ThreadedProcess {
  readonly pid: number;
  /** Start of its main thread: distinguishes it from a later process with the same PID. */
  readonly startTicks: number | undefined;
  readonly threads: readonly ScheduledThread[];
}

/** Scheduler counters of a thread since its start. */
export interface ScheduledThread {
  readonly tid: number;
  /** Thread name, up to 15 characters (hostile text); of QEMU `CPU 0/KVM`, `IO iothread1`, `worker`. */
  readonly name: string;
  readonly state: string;
  /** In ticks of 10 ms; runNs is exact, where the kernel has it. */
  readonly cpuSeconds: number | undefined;
  readonly runNs: number | undefined;
  /** Run delay: runnable without a CPU; also while its cgroup was throttled. */
  readonly delayNs: number | undefined;
  /** Number of timeslices. */
  readonly slices: number | undefined;
  readonly lastCpu: number | undefined;
  /** A list of CPUs as the kernel writes it: `0-3,8`. */
  readonly cpusAllowed: string | undefined;
  /** Kernel function in which it is blocked, in D state. */
  readonly wchan: string | undefined;
}

export function threadsSample(table: ThreadTable | undefined): ThreadsSample {
  const processes = new Map<number, ThreadedProcess>();
  for (const { pid, threads } of table?.processes.values() ?? []) {
    const first = threads.get(pid);
    processes.set(pid, {
      pid,
      startTicks: statFields(first?.stat)?.field(22),
      threads: [...threads.values()].flatMap((texts) => threadOf(texts) ?? []),
    });
  }
  return { processes, left: table?.left };
}

/** Parsed once for each state of a thread: the texts are a new object only when they changed. */
const parsed = new WeakMap<ThreadTexts, ScheduledThread>();

function threadOf(texts: ThreadTexts): ScheduledThread | undefined {
  const known = parsed.get(texts);
  if (known) return known;
  const stat = statFields(texts.stat);
  if (!stat) return undefined;
  const [user, system] = [stat.field(14), stat.field(15)];
  const [runNs, delayNs, slices] = words(texts.schedstat ?? '').map(toCount);
  const wchan = texts.wchan?.trim();
  const thread: ScheduledThread = {
    tid: texts.tid,
    name: stat.command,
    state: stat.state,
    cpuSeconds: user === undefined || system === undefined ? undefined : (user + system) / TICKS_PER_SECOND,
    runNs,
    delayNs,
    slices,
    lastCpu: stat.field(39),
    cpusAllowed: texts.cpusAllowed?.trim() || undefined,
    wchan: wchan === undefined || wchan === '' || wchan === '0' ? undefined : wchan,
  };
  parsed.set(texts, thread);
  return thread;
}
