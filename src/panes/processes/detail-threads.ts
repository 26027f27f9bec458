import { count, NONE } from '../../lib/units.ts';
import type { Thread } from '../../sources/processes/threads.ts';
import { nothingWords, numberKnown, type ReadingState } from '../../timeline/reading-state.ts';
import type { Column, TableSection } from '../pane.ts';
import { ageColumn, numberColumn, percentColumn } from '../../ui/kit/columns.ts';

/** Thread with its rates between two readings; its texts are sanitised. */
export interface ThreadRow extends Thread {
  readonly cpuPct: number | undefined;
  /** Share of time that it was runnable without a CPU. */
  readonly delayPct: number | undefined;
}

const columns: readonly Column<ThreadRow>[] = [
  numberColumn({
    id: 'tid',
    title: 'TID',
    about: 'Thread ID; that of the main thread is the PID.',
    width: 7,
    rank: 0,
    value: (row) => row.tid,
  }),
  {
    id: 'state',
    title: 'S',
    about: 'R running, S sleeping, D blocked on disk or lock (unkillable), T stopped, t traced.',
    width: 1,
    rank: 0,
    value: (row) => row.state,
    role: (row) => (row.state === 'D' ? 'crit' : row.state === 'R' ? 'accent' : 'text'),
  },
  percentColumn({
    id: 'cpu',
    title: 'CPU%',
    about: 'CPU use since the last reading, percent of one CPU (schedstat).',
    width: 6,
    rank: 0,
    value: (row) => row.cpuPct,
  }),
  percentColumn({
    id: 'delay',
    title: 'DELAY%',
    about: 'Runnable but waiting for a CPU, percent of time (schedstat run_delay).',
    width: 6,
    rank: 0,
    value: (row) => row.delayPct,
    role: (row) => ((row.delayPct ?? 0) > 50 ? 'crit' : (row.delayPct ?? 0) > 10 ? 'warn' : 'text'),
  }),
  ageColumn({
    id: 'time',
    title: 'TIME',
    about: 'CPU time since its start.',
    width: 7,
    rank: 1,
    value: (row) => row.cpuSeconds,
  }),
  numberColumn({
    id: 'last',
    title: 'CPU',
    about: 'CPU that it last ran on.',
    width: 4,
    rank: 1,
    value: (row) => row.lastCpu,
  }),
  {
    id: 'name',
    title: 'THREAD',
    about: 'Thread name, up to 15 characters.',
    width: 16,
    rank: 0,
    value: (row) => row.name,
  },
  {
    id: 'wchan',
    title: 'WCHAN',
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
  state: ReadingState,
): TableSection<ThreadRow> => ({
  kind: 'table',
  id: 'threads',
  title: 'Threads',
  note: rows === undefined ? '' : count(numberKnown(rows.length, state)),
  sources: ['process-threads'],
  columns,
  rows: rows ?? [],
  key: (row) => String(row.tid),
  sort: { column: 'cpu', descending: true },
  first: (row) => row.state === 'D',
  rowRole: (row) => (row.cpuPct === 0 ? 'dim' : undefined),
  empty: nothingWords('none', state),
});
