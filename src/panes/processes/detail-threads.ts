import { duration, NONE, percent } from '../../lib/units.ts';
import type { Thread } from '../../sources/processes/threads.ts';
import type { Column, TableSection } from '../pane.ts';

/** A thread with its rates between two looks; its texts are harmless. */
export interface ThreadRow extends Thread {
  readonly cpuPct: number | undefined;
  /** Share of the time in which it could run but had no CPU. */
  readonly delayPct: number | undefined;
}

const columns: readonly Column<ThreadRow>[] = [
  {
    id: 'tid',
    title: 'TID',
    about: 'Number of the thread; the first one has the number of the process.',
    width: 7,
    align: 'right',
    rank: 0,
    value: (row) => row.tid,
  },
  {
    id: 'state',
    title: 'S',
    about: 'R running, S sleeping, D waiting for a disk or a lock (cannot be killed), T stopped, t traced.',
    width: 1,
    rank: 0,
    value: (row) => row.state,
    role: (row) => (row.state === 'D' ? 'crit' : row.state === 'R' ? 'accent' : 'text'),
  },
  {
    id: 'cpu',
    title: 'CPU%',
    about: 'Percent of one CPU since the look before (schedstat).',
    width: 6,
    align: 'right',
    rank: 0,
    value: (row) => row.cpuPct,
    text: (row) => percent(row.cpuPct),
  },
  {
    id: 'delay',
    title: 'WAIT%',
    about: 'Percent of the time that it could run but got no CPU (schedstat run_delay).',
    width: 6,
    align: 'right',
    rank: 0,
    value: (row) => row.delayPct,
    text: (row) => percent(row.delayPct),
    role: (row) => ((row.delayPct ?? 0) > 50 ? 'crit' : (row.delayPct ?? 0) > 10 ? 'warn' : 'text'),
  },
  {
    id: 'time',
    title: 'TIME',
    about: 'CPU time since it was started.',
    width: 7,
    align: 'right',
    rank: 1,
    value: (row) => row.cpuSeconds,
    text: (row) => duration(row.cpuSeconds),
  },
  {
    id: 'last',
    title: 'ON',
    about: 'The CPU that it last ran on.',
    width: 4,
    align: 'right',
    rank: 1,
    value: (row) => row.lastCpu,
  },
  {
    id: 'name',
    title: 'THREAD',
    about: 'Name that the program gave it, 15 characters.',
    width: 16,
    rank: 0,
    value: (row) => row.name,
  },
  {
    id: 'wchan',
    title: 'WAITS IN',
    about: 'Kernel function in which it sleeps (/proc/PID/task/TID/wchan).',
    width: 20,
    grow: true,
    rank: 0,
    value: (row) => row.wchan,
    text: (row) => row.wchan ?? NONE,
  },
];

export const threadsSection = (
  rows: readonly ThreadRow[] | undefined,
  missing: string | undefined,
): TableSection<ThreadRow> => ({
  kind: 'table',
  id: 'threads',
  title: 'Threads',
  note: rows === undefined ? '' : `${rows.length}`,
  sources: ['process-threads'],
  columns,
  rows: rows ?? [],
  key: (row) => String(row.tid),
  sort: { column: 'cpu', descending: true },
  first: (row) => row.state === 'D',
  rowRole: (row) => (row.cpuPct === 0 ? 'dim' : undefined),
  empty: missing ?? 'not read yet',
});
