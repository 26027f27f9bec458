import { label, plain } from '../../lib/plain.ts';
import { bytes, count, duration, kib, percent } from '../../lib/units.ts';
import type { Process } from '../../sources/processes/processes.ts';
import type { Role } from '../../theme.ts';
import type { Column } from '../pane.ts';

/** A process with its rates: what a row shows. All texts are harmless by now. */
export interface ProcessRow {
  readonly process: Process;
  readonly user: string | undefined;
  /** Percent of one CPU; undefined for what was not there in the sample before. */
  readonly cpuPct: number | undefined;
  /** Percent of the time that its threads together waited for a CPU. */
  readonly delayPct: number | undefined;
  readonly readBytesPerSec: number | undefined;
  readonly writeBytesPerSec: number | undefined;
  readonly majorFaultsPerSec: number | undefined;
  readonly node: number | undefined;
  /** None of its counters moved since the sample before. */
  readonly idle: boolean;
  readonly owner: string | undefined;
  readonly command: string;
}

const stateRole = (state: string): Role =>
  state === 'D' || state === 'Z' ? 'warn' : state === 't' || state === 'T' ? 'crit' : state === 'R' ? 'good' : 'dim';

const loadRole = (pct: number | undefined): Role =>
  pct === undefined || pct < 1 ? 'dim' : pct >= 90 ? 'warn' : 'text';

/** Waiting for a CPU more than a tenth of the time is what a guest would call steal: FIELD of vCPU delay, 10 %. */
const delayRole = (pct: number | undefined): Role =>
  pct === undefined || pct < 1 ? 'dim' : pct > 10 ? 'warn' : 'text';

/** Blank for what did not run: its I/O was not looked at because there can hardly be any. */
const ioText = (row: ProcessRow, value: number | undefined): string =>
  row.idle ? '' : value === undefined ? '—' : value < 1 ? '·' : bytes(value);

/** A percentage to the digits that are shown: rows whose figures look alike keep their places instead of dancing. */
const asShown = (pct: number | undefined): number | undefined =>
  pct === undefined ? undefined : pct < 9.95 ? Math.round(pct * 10) / 10 : Math.round(pct);

export const columns: readonly Column<ProcessRow>[] = [
  {
    id: 'pid',
    title: 'PID',
    about: 'Process id on the host.',
    width: 7,
    align: 'right',
    rank: 0,
    value: (row) => row.process.pid,
  },
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
    role: (row) => stateRole(row.process.state),
  },
  {
    id: 'cpu',
    title: 'CPU%',
    about: 'Share of one CPU, all threads together (/proc/PID/stat utime + stime).',
    width: 6,
    align: 'right',
    rank: 0,
    value: (row) => asShown(row.cpuPct),
    text: (row) => percent(row.cpuPct),
    role: (row) => loadRole(row.cpuPct),
  },
  {
    id: 'delay',
    title: 'DELAY%',
    about:
      'Time that its threads waited for a CPU although they could run, in percent of one thread (schedstat run_delay; up to 64 threads).',
    width: 6,
    align: 'right',
    rank: 2,
    value: (row) => asShown(row.delayPct),
    text: (row) => percent(row.delayPct),
    role: (row) => delayRole(row.delayPct),
  },
  {
    id: 'rss',
    title: 'RSS',
    about: 'Memory in RAM, shared pages counted in full (/proc/PID/stat rss).',
    width: 6,
    align: 'right',
    rank: 1,
    value: (row) => row.process.rssKiB,
    text: (row) => (row.process.kernelThread ? '' : kib(row.process.rssKiB)),
  },
  {
    id: 'threads',
    title: 'THR',
    about: 'Threads.',
    width: 5,
    align: 'right',
    rank: 4,
    value: (row) => row.process.threads,
  },
  {
    id: 'read',
    title: 'READ/s',
    about: 'Bytes per second that it caused to be read from disks (/proc/PID/io read_bytes; needs root or its owner).',
    width: 7,
    align: 'right',
    rank: 5,
    value: (row) => row.readBytesPerSec,
    text: (row) => ioText(row, row.readBytesPerSec),
  },
  {
    id: 'write',
    title: 'WRITE/s',
    about:
      'Bytes per second that it caused to be written to disks (/proc/PID/io write_bytes; needs root or its owner).',
    width: 7,
    align: 'right',
    rank: 5,
    value: (row) => row.writeBytesPerSec,
    text: (row) => ioText(row, row.writeBytesPerSec),
  },
  {
    id: 'faults',
    title: 'MAJF/s',
    about: 'Page faults per second that had to wait for a disk.',
    width: 6,
    align: 'right',
    rank: 9,
    value: (row) => row.majorFaultsPerSec,
    text: (row) => (row.majorFaultsPerSec === 0 ? '·' : count(row.majorFaultsPerSec)),
  },
  {
    id: 'node',
    title: 'NODE',
    about: 'NUMA node of the CPU on which its first thread last ran.',
    width: 4,
    align: 'right',
    rank: 7,
    value: (row) => row.node,
  },
  {
    id: 'cpus',
    title: 'CPUS',
    about: 'CPUs on which it may run (Cpus_allowed_list).',
    width: 8,
    rank: 9,
    value: (row) => row.process.cpusAllowed,
    text: (row) => plain(row.process.cpusAllowed ?? '—'),
  },
  {
    id: 'time',
    title: 'TIME',
    about: 'CPU time since it started.',
    width: 7,
    align: 'right',
    rank: 8,
    value: (row) => row.process.cpuSeconds,
    text: (row) => duration(row.process.cpuSeconds),
  },
  {
    id: 'owner',
    title: 'BELONGS TO',
    about: 'Pod, container, guest, service or user session, as its cgroup or its command line tells.',
    width: 16,
    rank: 2,
    value: (row) => row.owner,
    text: (row) => row.owner ?? '',
  },
  {
    id: 'wchan',
    title: 'WAITS IN',
    about: 'Where in the kernel a D-state process waits (wchan; needs root).',
    width: 18,
    rank: 6,
    value: (row) => row.process.wchan,
    text: (row) => plain(row.process.wchan ?? ''),
  },
  {
    id: 'command',
    title: 'COMMAND',
    about: 'Command line; in brackets a kernel thread.',
    width: 36,
    grow: true,
    rank: 0,
    value: (row) => row.command,
  },
];
