import { engineName } from '../../entities/containers/container.ts';
import { enginesAt, engineNeeds, type EngineState } from '../../entities/containers/engines.ts';
import { hostEpochSeconds } from '../../entities/containers/containers.ts';
import { isStuck } from '../../entities/containers/lxd-stuck.ts';
import { limits } from '../../thresholds.ts';
import { plain } from '../../lib/plain.ts';
import { duration, kib, ms, percent } from '../../lib/units.ts';
import { cpuStat } from '../../sources/machine/cpu-stat.ts';
import { lxdOperations } from '../../sources/containers/lxd-operations.ts';
import { lxdWarnings } from '../../sources/containers/lxd-warnings.ts';
import { processKey } from '../../sources/processes/processes.ts';
import type { Moment } from '../../timeline/moment.ts';
import type { Role } from '../../theme.ts';
import type { Column, TableSection } from '../pane.ts';
import { isUp, type ContainerRow } from './rows.ts';

export const enginesNeeds = { ...engineNeeds, lxdWarnings, lxdOperations, cpuStat };

/** A daemon as a row shows it; texts are harmless. */
export interface EngineRow {
  readonly engine: EngineState;
  readonly up: number;
  readonly all: number;
  readonly says: string;
  readonly role: Role;
  readonly notes: string;
}

export function engineRows(moment: Moment<typeof enginesNeeds>, rows: readonly ContainerRow[]): readonly EngineRow[] {
  const used = new Set(rows.map(({ container }) => container.engine));
  return enginesAt(moment, used).map((engine): EngineRow => {
    const own = rows.filter((row) => belongs(row, engine));
    return {
      engine,
      up: own.filter(isUp).length,
      all: own.length,
      ...saying(engine),
      notes: notesOf(engine, moment).map(plain).join(', '),
    };
  });
}

const belongs = ({ container }: ContainerRow, { engine, place }: EngineState): boolean =>
  container.engine === engine &&
  (place === undefined || container.instance === undefined || container.instance.place === place);

function saying({ state, tookMs, silentSeconds, detail }: EngineState): { readonly says: string; readonly role: Role } {
  const lately = silentSeconds === undefined ? '' : ` for ${duration(silentSeconds)}`;
  switch (state) {
    case 'answers':
      return { says: `answers in ${ms(tookMs)}`, role: (tookMs ?? 0) >= limits.daemonAnswerMs.warn ? 'warn' : 'good' };
    case 'silent':
      return { says: `SILENT${lately}`, role: 'crit' };
    case 'stopped':
      return { says: `not running${lately}`, role: 'crit' };
    case 'denied':
      return { says: 'denied: needs root', role: 'warn' };
    case 'failed':
      return { says: plain(detail ?? 'failed'), role: 'warn' };
    case 'no daemon':
      return { says: 'not asked', role: 'dim' };
    case 'unread':
      return { says: 'not read yet', role: 'dim' };
  }
}

function notesOf(engine: EngineState, moment: Moment<typeof enginesNeeds>): readonly string[] {
  const { place } = engine;
  const now = hostEpochSeconds(moment);
  const operations = (place && moment.lxdOperations.now?.servers.get(place)) ?? [];
  const stuck = operations.filter((one) => isStuck(one, now));
  const warnings = ((place && moment.lxdWarnings.now?.servers.get(place)) ?? []).filter(
    ({ status }) => status !== 'resolved',
  );
  return [
    ...(engine.listening === false ? ['does not tell events'] : []),
    ...(stuck.length > 0 ? [`${stuck.length} stuck operations`] : []),
    ...(operations.length > stuck.length ? [`${operations.length - stuck.length} operations`] : []),
    ...(warnings.length > 0 ? [`${warnings.length} warnings`] : []),
    ...engine.notes.map((note) => note.replace(/^WARNING: /, '')),
  ];
}

const columns: readonly Column<EngineRow>[] = [
  {
    id: 'engine',
    title: 'ENGINE',
    about: 'What runs containers here.',
    vocabulary: 'fixed',
    width: 10,
    rank: 0,
    value: ({ engine }) => (engine.place === 'snap' ? `${engineName(engine.engine)} snap` : engineName(engine.engine)),
  },
  {
    id: 'version',
    title: 'VERSION',
    about: 'As the daemon tells it.',
    width: 15,
    rank: 3,
    value: ({ engine }) => engine.version,
    text: ({ engine }) => (engine.version === undefined ? '' : plain(engine.version)),
  },
  {
    id: 'up',
    title: 'UP',
    about: 'Containers that run, are paused or restart.',
    width: 5,
    align: 'right',
    rank: 0,
    value: ({ up }) => up,
  },
  {
    id: 'all',
    title: 'OF',
    about: 'Containers that are known.',
    width: 5,
    align: 'right',
    rank: 1,
    value: ({ all }) => all,
  },
  {
    id: 'daemon',
    title: 'DAEMON',
    about: 'Whether it answers, how fast (the way to the host included), or since when it does not.',
    width: 20,
    rank: 0,
    value: ({ says }) => says,
    role: ({ role }) => role,
  },
  {
    id: 'cpu',
    title: 'CPU%',
    about: 'Share of one CPU that the daemon itself uses.',
    width: 5,
    align: 'right',
    rank: 1,
    value: ({ engine }) => engine.cpuPct,
    text: ({ engine }) => (engine.process ? percent(engine.cpuPct) : ''),
  },
  {
    id: 'rss',
    title: 'RSS',
    about: 'Memory of the daemon itself.',
    width: 6,
    align: 'right',
    rank: 2,
    value: ({ engine }) => engine.process?.rssKiB,
    text: ({ engine }) => (engine.process ? kib(engine.process.rssKiB) : ''),
  },
  {
    id: 'notes',
    title: 'NOTES',
    about: 'Stuck operations, and what it complains about by itself.',
    width: 16,
    grow: true,
    rank: 0,
    value: ({ notes }) => notes || undefined,
    text: ({ notes }) => notes,
    role: ({ notes }) => (notes.includes('stuck') ? 'warn' : 'dim'),
  },
];

export const enginesSection = (rows: readonly EngineRow[], hidden?: string): TableSection<EngineRow> => ({
  kind: 'table',
  id: 'engines',
  title: 'Engines',
  note: `${rows.length}`,
  sources: ['docker-ping', 'docker-info', 'docker-events', 'lxd-ping', 'lxd-server', 'lxd-events'],
  columns,
  rows,
  key: ({ engine }) => engine.key,
  sort: { column: '', descending: false },
  rowRole: ({ engine, all }) => (engine.state === 'no daemon' && all === 0 ? 'dim' : undefined),
  first: ({ role }) => role === 'crit' || role === 'warn',
  process: ({ engine: { process } }) =>
    process && { pid: process.pid, startTicks: process.startTicks, name: plain(process.command) },
  links: ({ engine: { process } }) =>
    process ? [{ label: `process ${process.pid}`, pane: 'processes', row: processKey(process) }] : [],
  empty: hidden ?? 'no daemon that runs containers was found',
  minRows: 2,
});
