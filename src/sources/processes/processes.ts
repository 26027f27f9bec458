import { cgroupOwner, type Owner } from '../containers/cgroup-owner.ts';
import type { ProcessTexts } from '../../host/host.ts';
import { keyValues, toNumber, words } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';
import { hiddenBy, hiddenTable } from './hidden-processes.ts';
import { PAGE_KIB } from './proc-stat.ts';
import { procMount } from './proc-mount.ts';

/** USER_HZ: the unit of times in /proc/PID/stat. 100 on every Linux port of Debian and Ubuntu: proc_pid_stat(5), sysconf(3). */
const TICKS_PER_SECOND = 100;
/** PF_KTHREAD: include/linux/sched.h. */
const KERNEL_THREAD = 0x0020_0000;

/**
 * All processes, as differences: proc_pid_stat(5), proc_pid_io(5), https://docs.kernel.org/scheduler/sched-stats.html
 *
 *     1234 (a) b) S 1 1234 1234 0 -1 4194560 … 10 5 … 22 starttime 23 vsize 24 rss …
 *
 * The command is raw and may hold blanks, newlines and `)`: fields count from the LAST `)`.
 */
export const processes = defineSource({
  id: 'processes',
  title: 'Processes',
  why: 'Shows CPU, memory, I/O, run delay and state of every process, with its container, pod, guest or service.',
  everySeconds: 1,
  reads: { table: { kind: 'processes', as: 'root' } },
  parse: ({ table }) => {
    const all = new Map<number, Process>();
    for (const texts of table?.values() ?? []) {
      const process = processOf(texts);
      if (process) all.set(process.pid, process);
    }
    return { processes: all };
  },
  weightKiB: ({ processes: all }: ProcessesSample) => all.size * PLACE_KIB,
  partial: ({ processes: all }: ProcessesSample, newest) => hiddenTable(hiddenBy(all, newest(procMount))),
});

interface ProcessesSample {
  readonly processes: ReadonlyMap<number, Process>;
}

/** One process; shared with the sample before unless it changed. */
const PLACE_KIB = 0.06;

export interface Process {
  readonly pid: number;
  readonly parentPid: number;
  /** Command name, up to 15 characters (hostile text). */
  readonly command: string;
  /** Whole command line with blanks between arguments (hostile text); '' for a kernel thread; undefined when not read. */
  readonly commandLine: string | undefined;
  /** R running, S sleeping, D blocked on disk or lock (unkillable), Z zombie, T stopped, t traced, I idle. */
  readonly state: string;
  readonly kernelThread: boolean;
  /** Since boot. Undefined in a sosreport without the time of boot; a live host always has it. */
  readonly startTicks: number | undefined;
  readonly threads: number | undefined;
  readonly nice: number | undefined;
  readonly cpuSeconds: number;
  readonly majorFaults: number | undefined;
  readonly rssKiB: number | undefined;
  /** CPU that its main thread last ran on. */
  readonly lastCpu: number | undefined;
  readonly uid: number | undefined;
  /** PIDs from the host's namespace inwards; more than one in a pid namespace. */
  readonly namespacePids: readonly number[];
  readonly cpusAllowed: string | undefined;
  readonly memsAllowed: string | undefined;
  readonly owner: Owner | undefined;
  readonly readBytes: number | undefined;
  readonly writeBytes: number | undefined;
  /** Run delay of its threads: runnable without a CPU. */
  readonly delaySeconds: number | undefined;
  /** Main thread blocked on block I/O (delayacct_blkio_ticks); 0 too where kernel.task_delayacct is off. */
  readonly blockIoDelaySeconds?: number | undefined;
  /** CPU time of exited children that it waited for. */
  readonly childrenCpuSeconds?: number | undefined;
  readonly wchan: string | undefined;
  /** Which of its files is not readable because a read hangs, and the reason (hostile text). */
  readonly unread?: string | undefined;
  /** Seconds since the counters were read before, where that differs from the time between two samples. */
  readonly seconds: number | undefined;
}

/** Key of its row: the start time distinguishes it from a later process with the same PID. */
export const processKey = ({ pid, startTicks }: Pick<Process, 'pid' | 'startTicks'>): string =>
  `${pid}@${startTicks ?? ''}`;

/** Whether a process started before another; by PID where the start is unknown. */
export const isOlder = (one: Process, other: Process): boolean =>
  one.startTicks !== undefined && other.startTicks !== undefined
    ? one.startTicks < other.startTicks
    : one.pid < other.pid;

/** Age of a process at a time since boot, seconds. */
export const upSeconds = ({ startTicks }: Process, atSeconds: number | undefined): number | undefined =>
  startTicks === undefined || atSeconds === undefined
    ? undefined
    : Math.max(0, atSeconds - startTicks / TICKS_PER_SECOND);

/** Parsed once for each state of a process: the texts are a new object only when they changed. */
const parsed = new WeakMap<ProcessTexts, Process>();

function processOf(texts: ProcessTexts): Process | undefined {
  const known = parsed.get(texts);
  if (known) return known;
  const process = parse(texts);
  if (process) parsed.set(texts, process);
  return process;
}

function parse(texts: ProcessTexts): Process | undefined {
  const open = texts.stat.indexOf('(');
  const close = texts.stat.lastIndexOf(')');
  if (open < 0 || close < open) return undefined;
  // Field 3 of the man page is the first after the command.
  const fields = texts.stat.slice(close + 2).split(' ');
  const field = (number: number): number | undefined => count(fields[number - 3]);
  const parentPid = field(4);
  const startTicks = field(22);
  const utime = field(14);
  const stime = field(15);
  const state = fields[0];
  if (!state || parentPid === undefined || utime === undefined || stime === undefined) return undefined;
  const status = keyValues(texts.status ?? '');
  const io = keyValues(texts.io ?? '');
  const [, delayNs] = words(texts.schedstat ?? '');
  return {
    pid: texts.pid,
    parentPid,
    command: texts.stat.slice(open + 1, close),
    commandLine: texts.cmdline?.replaceAll('\0', ' ').trimEnd(),
    state: state.slice(0, 1),
    kernelThread: ((field(9) ?? 0) & KERNEL_THREAD) !== 0,
    startTicks,
    threads: field(20),
    nice: toNumber(fields[16]),
    cpuSeconds: (utime + stime) / TICKS_PER_SECOND,
    majorFaults: field(12),
    rssKiB: scale(field(24), PAGE_KIB),
    lastCpu: field(39),
    uid: count(words(status.get('Uid') ?? '')[0]),
    namespacePids: words(status.get('NSpid') ?? '').flatMap((pid) => count(pid) ?? []),
    cpusAllowed: status.get('Cpus_allowed_list'),
    memsAllowed: status.get('Mems_allowed_list'),
    owner: guestOf(texts.cmdline) ?? cgroupOwner(texts.cgroup),
    readBytes: count(io.get('read_bytes')),
    writeBytes: count(io.get('write_bytes')),
    delaySeconds: scale(count(delayNs), 1e-9),
    blockIoDelaySeconds: scale(field(42), 1 / TICKS_PER_SECOND),
    childrenCpuSeconds: scale(sum(field(16), field(17)), 1 / TICKS_PER_SECOND),
    wchan: texts.wchan && texts.wchan !== '0' ? texts.wchan.trim() : undefined,
    ...(texts.unread !== undefined && { unread: texts.unread }),
    seconds: texts.seconds,
  };
}

/** Guest name in the QEMU command line: `-name guest=web-3,debug-threads=on`, also where libvirt's cgroups are not visible. */
function guestOf(cmdline: string | undefined): Owner | undefined {
  if (!cmdline || !/^[^\0]*qemu|^[^\0]*\/kvm\0/.test(cmdline)) return undefined;
  const name = /\0-name\0(?:guest=)?([^\0,]+)/.exec(cmdline)?.[1];
  return name === undefined ? undefined : { kind: 'guest', name };
}

const count = (text: string | undefined): number | undefined => {
  const value = toNumber(text);
  return value !== undefined && value >= 0 ? value : undefined;
};

const sum = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined || other === undefined ? undefined : one + other;

const scale = (value: number | undefined, factor: number): number | undefined =>
  value === undefined ? undefined : value * factor;
