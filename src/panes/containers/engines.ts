import { entityRef } from '../../findings/entity-ref.ts';
import { engineName } from '../../entities/containers/container.ts';
import { enginesAt, engineNeeds, type EngineState } from '../../entities/containers/engines.ts';
import { hostEpochSeconds } from '../../entities/containers/containers.ts';
import { isStuck } from '../../entities/containers/lxd-stuck.ts';
import { plain } from '../../lib/plain.ts';
import {
  nothingWords,
  numberKnown,
  stateOf,
  stateOfMissing,
  stateWords,
  type ReadingState,
} from '../../timeline/reading-state.ts';
import { count, duration, ms, NONE, plural } from '../../lib/units.ts';
import { cgroups } from '../../sources/containers/cgroups.ts';
import { docker } from '../../sources/containers/docker.ts';
import { lxd } from '../../sources/containers/lxd.ts';
import { cpuStat } from '../../sources/machine/cpu-stat.ts';
import { lxdOperations } from '../../sources/containers/lxd-operations.ts';
import { lxdWarnings } from '../../sources/containers/lxd-warnings.ts';
import { processKey } from '../../sources/processes/processes.ts';
import type { Moment } from '../../timeline/moment.ts';
import type { Role } from '../../theme.ts';
import type { Column, TableSection } from '../pane.ts';
import { isUp, type ContainerRow } from './rows.ts';
import { kibColumn, totalColumn, percentColumn, textColumn } from '../../ui/kit/columns.ts';

export const enginesNeeds = { ...engineNeeds, docker, lxd, cgroups, lxdWarnings, lxdOperations, cpuStat };

/** One engine as a row shows it; texts are sanitised. */
export interface EngineRow {
  readonly engine: EngineState;
  readonly up: number | undefined;
  readonly all: number | undefined;
  /** Text of the DAEMON column. */
  readonly answer: string;
  readonly role: Role;
  readonly notes: string;
}

export function engineRows(moment: Moment<typeof enginesNeeds>, rows: readonly ContainerRow[]): readonly EngineRow[] {
  const used = new Set(rows.map(({ container }) => container.engine));
  return enginesAt(moment, used).map((engine): EngineRow => {
    const own = rows.filter((row) => belongs(row, engine));
    const list = stateOf(engine.engine === 'docker' ? moment.docker : engine.place ? moment.lxd : moment.processes);
    return {
      engine,
      up: numberKnown(own.filter(isUp).length, stateOf(moment.cgroups), list),
      all: numberKnown(own.length, stateOf(moment.cgroups), list),
      ...answerOf(engine),
      notes: notesOf(engine, moment).map(plain).join(', '),
    };
  });
}

const belongs = ({ container }: ContainerRow, { engine, place }: EngineState): boolean =>
  container.engine === engine &&
  (place === undefined || container.instance === undefined || container.instance.place === place);

function answerOf({
  state,
  tookMs,
  slow,
  unresponsiveSeconds,
  detail,
}: EngineState): Pick<EngineRow, 'answer' | 'role'> {
  const since = unresponsiveSeconds === undefined ? '' : ` ${duration(unresponsiveSeconds)}`;
  switch (state) {
    case 'answers':
      return {
        answer: `answers in ${ms(tookMs)}`,
        role: slow ? 'warn' : 'good',
      };
    case 'unresponsive':
      return { answer: `unresponsive${since}`, role: 'crit' };
    case 'stopped':
      return { answer: `not running${since}`, role: 'crit' };
    case 'denied':
      return { answer: stateWords(stateOfMissing({ why: 'denied', detail: detail ?? 'needs root' })), role: 'warn' };
    case 'failed':
      return { answer: plain(detail ?? 'failed'), role: 'warn' };
    case 'no daemon':
      return { answer: 'not queried', role: 'dim' };
    case 'unread':
      return { answer: 'not read yet', role: 'dim' };
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
    ...(engine.listening === false ? ['no event stream'] : []),
    ...(stuck.length > 0 ? [plural(stuck.length, 'stuck operation')] : []),
    ...(operations.length > stuck.length ? [plural(operations.length - stuck.length, 'operation')] : []),
    ...(warnings.length > 0 ? [plural(warnings.length, 'warning')] : []),
    ...engine.notes.map((note) => note.replace(/^WARNING: /, '')),
  ];
}

const columns: readonly Column<EngineRow>[] = [
  {
    id: 'engine',
    title: 'ENGINE',
    about: 'Container engine or runtime.',
    vocabulary: 'fixed',
    width: 10,
    rank: 0,
    value: ({ engine }) => (engine.place === 'snap' ? `${engineName(engine.engine)} snap` : engineName(engine.engine)),
  },
  {
    id: 'version',
    title: 'VERSION',
    about: 'Version that the daemon reports.',
    width: 15,
    rank: 3,
    value: ({ engine }) => engine.version,
    text: ({ engine }) => (engine.version === undefined ? '' : plain(engine.version)),
  },
  totalColumn({
    id: 'up',
    title: 'UP',
    about: 'Containers running, paused or restarting.',
    width: 5,
    rank: 0,
    value: ({ up }) => up,
  }),
  totalColumn({
    id: 'all',
    title: 'TOTAL',
    about: 'Containers in any state.',
    width: 5,
    rank: 1,
    value: ({ all }) => all,
  }),
  {
    id: 'daemon',
    title: 'DAEMON',
    about: 'Time of its last ping, SSH round trip included, or how long it has not responded.',
    width: 24,
    rank: 0,
    value: ({ answer }) => answer,
    role: ({ role }) => role,
  },
  percentColumn({
    id: 'cpu',
    title: 'CPU%',
    about: 'CPU of the daemon in percent of one CPU.',
    width: 5,
    rank: 1,
    value: ({ engine }) => engine.cpuPct,
    missing: ({ engine }) => (engine.process ? NONE : ''),
  }),
  kibColumn({
    id: 'rss',
    title: 'RSS',
    about: 'Resident memory of the daemon.',
    width: 6,
    rank: 2,
    value: ({ engine }) => engine.process?.rssKiB,
    missing: ({ engine }) => (engine.process ? NONE : ''),
  }),
  textColumn({
    id: 'notes',
    title: 'NOTES',
    about: 'Stuck operations, and warnings of the daemon (docker info, lxc warning list).',
    width: 16,
    grow: true,
    rank: 0,
    value: ({ notes }) => notes,
    role: ({ notes }) => (notes.includes('stuck') ? 'warn' : 'dim'),
  }),
];

export const enginesSection = (rows: readonly EngineRow[], state: ReadingState): TableSection<EngineRow> => ({
  kind: 'table',
  id: 'engines',
  title: 'Engines',
  note: count(numberKnown(rows.length, state)),
  sources: ['docker-ping', 'docker-info', 'docker-events', 'lxd-ping', 'lxd-server', 'lxd-events'],
  columns,
  rows,
  key: ({ engine }) => engine.key,
  sort: { column: '', descending: false },
  rowRole: ({ engine, all }) => (engine.state === 'no daemon' && all === 0 ? 'dim' : undefined),
  first: ({ role }) => role === 'crit' || role === 'warn',
  process: ({ engine: { process } }) =>
    process && { pid: process.pid, startTicks: process.startTicks, name: plain(process.command) },
  entity: ({ engine }) => entityRef('daemon', engine.key),
  links: ({ engine: { process } }) =>
    process ? [{ label: `process ${process.pid}`, pane: 'processes', row: processKey(process) }] : [],
  empty: nothingWords('no container engine found', state),
  minRows: 2,
});
