import { pidInside } from '../../entities/containers/processes.ts';
import { label, plain } from '../../lib/plain.ts';
import { type Process, processKey } from '../../sources/processes/processes.ts';
import { uidInside } from '../../sources/containers/uid-map.ts';
import { delta } from '../../timeline/moment.ts';
import { nothingWords, type ReadingState } from '../../timeline/reading-state.ts';
import type { Column, TableSection } from '../pane.ts';
import type { ContainerSnapshot } from './detail.ts';
import { kibColumn, numberColumn, percentColumn } from '../../ui/kit/columns.ts';

interface InsideRow {
  readonly process: Process;
  readonly pidInside: number | undefined;
  readonly uidInside: number | undefined;
  readonly cpuPct: number | undefined;
  readonly command: string;
}

const columns: readonly Column<InsideRow>[] = [
  numberColumn({
    id: 'pid',
    title: 'PID',
    about: 'Pid on the host.',
    width: 8,
    rank: 0,
    value: ({ process }) => process.pid,
  }),
  numberColumn({
    id: 'inside',
    title: 'NSPID',
    about: 'Pid inside the container (NSpid); blank where it shares the pid namespace of the host.',
    width: 7,
    rank: 0,
    value: (row) => row.pidInside,
  }),
  numberColumn({
    id: 'uid',
    title: 'UID',
    about: 'User id on the host.',
    width: 7,
    rank: 2,
    value: ({ process }) => process.uid,
  }),
  numberColumn({
    id: 'uidInside',
    title: 'NSUID',
    about: 'User id inside the container (/proc/PID/uid_map); root there may be an unprivileged id here.',
    width: 6,
    rank: 1,
    value: (row) => row.uidInside,
  }),
  {
    id: 'state',
    title: 'S',
    about: 'R running, S sleeping, D blocked in the kernel, Z zombie, T stopped, t traced.',
    vocabulary: 'fixed',
    width: 1,
    rank: 0,
    value: ({ process }) => label(process.state),
    role: ({ process: { state } }) =>
      state === 'D' || state === 'Z' || state === 'T' || state === 't' ? 'warn' : 'text',
  },
  percentColumn({
    id: 'cpu',
    title: 'CPU%',
    about: 'CPU in percent of one CPU.',
    width: 6,
    rank: 0,
    value: ({ cpuPct }) => cpuPct,
  }),
  kibColumn({
    id: 'rss',
    title: 'RSS',
    about: 'Resident memory, shared pages included.',
    width: 6,
    rank: 0,
    value: ({ process }) => process.rssKiB,
  }),
  {
    id: 'command',
    title: 'COMMAND',
    about: 'Command line.',
    width: 20,
    grow: true,
    rank: 0,
    value: ({ command }) => command,
  },
];

/** Processes of one container, with pid and user id on the host and inside. */
export function insideSection(seen: ContainerSnapshot | undefined, state: ReadingState): TableSection<InsideRow> {
  const before = new Map(seen?.before?.processes?.map((process) => [process.pid, process]));
  const rows = (seen?.now.processes ?? []).map((process): InsideRow => {
    const known = before.get(process.pid);
    const earlier = known?.startTicks === process.startTicks ? known : undefined;
    const perSec = delta(process.cpuSeconds, earlier?.cpuSeconds, seen?.seconds);
    return {
      process,
      pidInside: pidInside(process),
      uidInside: seen && uidInside(process.uid, seen.now.uids),
      cpuPct: perSec === undefined ? undefined : perSec * 100,
      command: plain(process.commandLine || process.command),
    };
  });
  return {
    kind: 'table',
    id: 'inside',
    title: 'Processes',
    note: `${rows.length}`,
    sources: ['container-live'],
    columns,
    rows,
    key: ({ process }) => processKey(process),
    sort: { column: 'cpu', descending: true },
    process: ({ process }) => ({ pid: process.pid, startTicks: process.startTicks, name: plain(process.command) }),
    links: ({ process }) => [{ label: `process ${process.pid}`, pane: 'processes', row: processKey(process) }],
    empty: nothingWords('none', state),
    minRows: 6,
  };
}
