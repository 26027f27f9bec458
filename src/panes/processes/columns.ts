import { label, plain } from '../../lib/plain.ts';
import { bytes, kib } from '../../lib/units.ts';
import type { Process } from '../../sources/processes/processes.ts';
import type { Role } from '../../theme.ts';
import type { Column } from '../pane.ts';
import {
  ageColumn,
  countColumn,
  LEAST,
  numberColumn,
  percentColumn,
  textColumn,
  totalColumn,
} from '../../ui/kit/columns.ts';

/** Process with its rates: one row. Its texts are sanitised. */
export interface ProcessRow {
  readonly process: Process;
  readonly user: string | undefined;
  /** Percent of one CPU; undefined for a process that the sample before did not have. */
  readonly cpuPct: number | undefined;
  /** Run delay of all its threads, percent of one thread. */
  readonly delayPct: number | undefined;
  /** Main thread blocked on block I/O, percent of the time; undefined where the kernel did not count it. */
  readonly blockIoPct: number | undefined;
  /** CPU time of exited children since the sample before, percent of one CPU; undefined where one was not waited for. */
  readonly childrenPct: number | undefined;
  readonly readBytesPerSec: number | undefined;
  readonly writeBytesPerSec: number | undefined;
  readonly majorFaultsPerSec: number | undefined;
  readonly node: number | undefined;
  /** None of its counters moved since the sample before. */
  readonly idle: boolean;
  /** Found by a rule: in D for seconds, or a daemon that is stopped. */
  readonly stuck: 'blocked' | 'stopped' | undefined;
  readonly owner: string | undefined;
  readonly command: string;
}

/** In D at one reading is a disk access, and a program may be stopped on purpose: rules judge how long, and which. */
const stateRole = ({ process: { state }, stuck }: ProcessRow): Role =>
  stuck === 'blocked'
    ? 'warn'
    : stuck === 'stopped'
      ? 'crit'
      : state === 'R'
        ? 'good'
        : /^[DTtZ]$/.test(state)
          ? 'text'
          : 'dim';

const loadRole = (pct: number | undefined): Role => (pct === undefined || pct < 1 ? 'dim' : 'text');

/** Blank for an idle process: its I/O was not read. */
const ioText = (row: ProcessRow, value: number | undefined): string =>
  row.idle ? '' : value === undefined ? '—' : value < 1 ? '·' : bytes(value);

/** Percentage rounded to the digits shown: rows with equal figures keep their order. */
const asShown = (pct: number | undefined): number | undefined =>
  pct === undefined ? undefined : pct < 9.95 ? Math.round(pct * 10) / 10 : Math.round(pct);

export const columns: readonly Column<ProcessRow>[] = [
  numberColumn({
    id: 'pid',
    title: 'PID',
    about: 'PID on the host.',
    width: 7,
    rank: 0,
    value: (row) => row.process.pid,
  }),
  {
    id: 'user',
    title: 'USER',
    about: 'Real user; a number where /etc/passwd has no name for it.',
    width: 9,
    rank: 3,
    value: (row) => row.user,
  },
  {
    id: 'state',
    title: 'S',
    about:
      'State: R running, S sleeping, D blocked in the kernel (disk or lock), Z zombie, T stopped, t traced, I idle.',
    vocabulary: 'fixed',
    width: 1,
    rank: 0,
    value: (row) => row.process.state,
    text: (row) => label(row.process.state),
    role: stateRole,
  },
  percentColumn({
    id: 'cpu',
    title: 'CPU%',
    about: 'CPU use of all threads, percent of one CPU (/proc/PID/stat utime + stime).',
    width: 6,
    rank: 0,
    value: (row) => asShown(row.cpuPct),
    role: (row) => loadRole(row.cpuPct),
  }),
  percentColumn({
    id: 'delay',
    title: 'DELAY%',
    about: 'Runnable but waiting for a CPU, percent of one thread (schedstat run_delay; up to 64 threads).',
    width: 6,
    rank: 2,
    value: (row) => asShown(row.delayPct),
    role: (row) => loadRole(row.delayPct),
  }),
  percentColumn({
    id: 'blkio',
    title: 'BLKIO%',
    about:
      'Main thread blocked on block I/O, percent of the time (/proc/PID/stat delayacct_blkio_ticks); — where nothing was counted: kernel.task_delayacct is off, or was off at the start of the process, or it never blocked.',
    width: 6,
    rank: 9,
    zero: '·',
    value: (row) => asShown(row.blockIoPct),
    role: (row) => loadRole(row.blockIoPct),
  }),
  percentColumn({
    id: 'children',
    title: 'EXITED%',
    about:
      'CPU time of its exited children between two readings, percent of one CPU (growth of /proc/PID/stat cutime + cstime, which has the whole life of a child, less what it had used before): processes that lived between two readings show at their parent; execsnoop (e) names them.',
    width: 7,
    rank: 9,
    zero: '·',
    value: (row) => asShown(row.childrenPct),
    role: (row) => loadRole(row.childrenPct),
  }),
  {
    id: 'rss',
    title: 'RSS',
    about: 'Resident memory, shared pages in full (/proc/PID/stat rss).',
    width: 6,
    align: 'right',
    rank: 1,
    unit: 'KiB',
    measure: { format: kib, least: LEAST.kib },
    value: (row) => row.process.rssKiB,
    text: (row) => (row.process.kernelThread ? '' : kib(row.process.rssKiB)),
  },
  totalColumn({
    id: 'threads',
    title: 'THR',
    about: 'Threads.',
    width: 5,
    rank: 4,
    value: (row) => row.process.threads,
  }),
  {
    id: 'read',
    title: 'READ/s',
    about: 'Bytes read from disks per second (/proc/PID/io read_bytes; needs root or its user).',
    width: 7,
    align: 'right',
    rank: 5,
    unit: 'bytes',
    measure: { format: bytes, least: LEAST.bytes },
    value: (row) => row.readBytesPerSec,
    text: (row) => ioText(row, row.readBytesPerSec),
  },
  {
    id: 'write',
    title: 'WRITE/s',
    about: 'Bytes written to disks per second (/proc/PID/io write_bytes; needs root or its user).',
    width: 7,
    align: 'right',
    rank: 5,
    unit: 'bytes',
    measure: { format: bytes, least: LEAST.bytes },
    value: (row) => row.writeBytesPerSec,
    text: (row) => ioText(row, row.writeBytesPerSec),
  },
  countColumn({
    id: 'faults',
    title: 'MAJFLT/s',
    about: 'Major page faults per second.',
    width: 8,
    rank: 9,
    value: (row) => row.majorFaultsPerSec,
    zero: '·',
  }),
  numberColumn({
    id: 'node',
    title: 'NODE',
    about: 'NUMA node of the CPU that its main thread last ran on.',
    width: 4,
    rank: 7,
    value: (row) => row.node,
  }),
  {
    id: 'cpus',
    title: 'CPUS',
    about: 'CPU affinity (Cpus_allowed_list).',
    width: 8,
    rank: 9,
    value: (row) => row.process.cpusAllowed,
    text: (row) => plain(row.process.cpusAllowed ?? '—'),
  },
  ageColumn({
    id: 'time',
    title: 'TIME',
    about: 'CPU time since its start.',
    width: 7,
    rank: 8,
    value: (row) => row.process.cpuSeconds,
  }),
  textColumn({
    id: 'owner',
    title: 'WORKLOAD',
    about: 'Pod, container, guest, service or user session, by its cgroup or command line.',
    width: 16,
    rank: 2,
    value: (row) => row.owner,
  }),
  {
    id: 'wchan',
    title: 'WCHAN',
    about: 'Kernel function in which a D-state process is blocked (needs root).',
    width: 18,
    rank: 6,
    value: (row) => row.process.wchan,
    text: (row) => plain(row.process.wchan ?? ''),
  },
  {
    id: 'command',
    title: 'COMMAND',
    about: 'Command line; [name] is a kernel thread.',
    width: 36,
    grow: true,
    rank: 0,
    value: (row) => row.command,
  },
];
