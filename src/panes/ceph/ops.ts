import { label, plain } from '../../lib/plain.ts';
import { ms, NONE } from '../../lib/units.ts';
import { dominantStage, type CephOp, type OpStage } from '../../sources/ceph/op.ts';
import { clientWords, opClientNeeds, opClients, type OpClient } from '../../entities/ceph/op-clients.ts';
import { cephClientSession } from '../../sources/ceph/client-session.ts';
import { bindDetail } from '../../sources/source.ts';
import { processKey } from '../../sources/processes/processes.ts';
import type { Moment } from '../../timeline/moment.ts';
import { nothingWords, stateOfDetail, type NothingWords, type ReadingState } from '../../timeline/reading-state.ts';
import type { Column, Detail, LinesSection, Link, TableSection } from '../pane.ts';
import { factsSection } from '../../ui/kit/facts.ts';
import { numberColumn, secondsColumn } from '../../ui/kit/columns.ts';

export const opsNeeds = opClientNeeds;

export interface OpRow {
  readonly key: string;
  readonly osd: number;
  readonly op: CephOp;
  readonly inFlight: boolean;
  /** What is known of its client; undefined of an op of a daemon, and on the page of an OSD. */
  readonly who: OpClient | undefined;
}

/** Age from which an op in flight gets a row; a fast cluster has hundreds of younger ones. */
const LEAST_SECONDS = 0.5;
const MAX_ROWS = 500;

/** Slow ops in flight, then the recent historic ones. */
export function opRows(moment: Moment<typeof opsNeeds>): readonly OpRow[] {
  const clients = opClients(moment);
  const rowsOf = (osd: number, ops: readonly CephOp[], inFlight: boolean): OpRow[] =>
    ops.map((op, at) => ({
      key: `${inFlight ? 'now' : 'past'} ${osd} ${at} ${op.description.slice(0, 60)}`,
      osd,
      op,
      inFlight,
      who: op.client === undefined ? undefined : clients.get(op.client),
    }));
  const now = [...(moment.cephOps.now ?? [])].flatMap(([osd, { ops }]) =>
    rowsOf(
      osd,
      ops.filter(({ ageSeconds = 0 }) => ageSeconds >= LEAST_SECONDS),
      true,
    ),
  );
  const past = [...(moment.cephSlowOps.now ?? [])].flatMap(([osd, { ops }]) => rowsOf(osd, ops, false));
  return [...now, ...past].slice(0, MAX_ROWS);
}

const seconds = (value: number | undefined): string => ms(value === undefined ? undefined : value * 1000);

export const stageWords: Readonly<Record<OpStage, string>> = {
  receive: 'receive',
  queue: 'queue',
  pg: 'PG, locks',
  peers: 'replicas',
  store: 'own device',
  other: 'other',
};

const OWN_DEVICE = 'waiting for own device';

/** Stage of an op: in flight what it waits for now, historic the stage with most of its time. */
function stageOf({ op, inFlight }: OpRow): string {
  if (!inFlight) {
    const most = dominantStage([op]);
    return most ? `${stageWords[most.stage]} ${Math.round(most.sharePct)}%` : NONE;
  }
  if (op.flagPoint === 'started') return OWN_DEVICE;
  if (op.flagPoint !== 'waiting for sub ops') return plain(op.flagPoint ?? NONE);
  const missing = op.peers.length - op.peerReplies;
  const replicas = `waiting for ${missing} of osd.${op.peers.join(',')}`;
  return missing > 0 ? `${replicas}${op.committed ? '' : ', own device'}` : OWN_DEVICE;
}

const columns: readonly Column<OpRow>[] = [
  numberColumn({
    id: 'osd',
    title: 'osd',
    about: 'OSD that executes it.',
    width: 4,
    rank: 0,
    value: (row) => row.osd,
  }),
  {
    id: 'when',
    title: 'when',
    about: 'now: dump_ops_in_flight; past: dump_historic_slow_ops (in the detail dump_historic_ops).',
    vocabulary: 'fixed',
    width: 4,
    rank: 0,
    value: (row) => (row.inFlight ? 'now' : 'past'),
    role: (row) => (row.inFlight ? 'text' : 'dim'),
  },
  secondsColumn({
    id: 'took',
    title: 'duration',
    about: 'Duration; of an op in flight so far.',
    width: 8,
    rank: 0,
    value: ({ op }) => op.durationSeconds,
  }),
  {
    id: 'where',
    title: 'stage',
    about:
      'In flight: what it waits for (Ceph gives the number of replies, not which replica is missing). Past: stage with most of its time.',
    vocabulary: 'fixed',
    width: 30,
    rank: 0,
    value: stageOf,
  },
  {
    id: 'kind',
    title: 'kind',
    about: 'osd_op: client op; osd_repop: replica write; others are recovery and peering.',
    vocabulary: 'fixed',
    width: 12,
    rank: 1,
    value: ({ op }) => label(op.kind),
  },
  {
    id: 'pg',
    title: 'pg',
    about: 'Placement group.',
    width: 7,
    rank: 2,
    value: ({ op }) => (op.pg === undefined ? undefined : plain(op.pg)),
  },
  {
    id: 'client',
    title: 'client',
    about: 'Client that sent it: its id, and the device, guest or process of this host that it is, by its connections.',
    width: 12,
    widest: 44,
    rank: 3,
    value: ({ op, who }) =>
      op.client === undefined ? undefined : plain(who === undefined ? op.client : `${op.client} ${clientWords(who)}`),
  },
  {
    id: 'what',
    title: 'description',
    about: 'Description as in the dump of the OSD.',
    width: 20,
    grow: true,
    rank: 1,
    value: ({ op }) => plain(op.description),
  },
];

export function opsSection(
  rows: readonly OpRow[],
  empty: NothingWords,
  title = 'Slow ops',
  sources: readonly string[] = ['ceph-ops', 'ceph-slow-ops'],
): TableSection<OpRow> {
  const now = rows.filter(({ inFlight }) => inFlight).length;
  return {
    kind: 'table',
    id: 'ops',
    title,
    note: [...(now > 0 ? [`${now} in flight`] : []), ...(now < rows.length ? [`${rows.length - now} past`] : [])].join(
      ' · ',
    ),
    sources,
    columns,
    rows,
    key: (row) => row.key,
    sort: { column: 'took', descending: true },
    first: (row) => row.inFlight,
    searchText: ({ op }) => plain(`${op.flagPoint ?? ''} ${op.description}`),
    links: (row) => [
      { label: `osd.${row.osd}`, pane: 'ceph', row: `osd.${row.osd}` },
      ...clientLinks(row),
      ...row.op.peers.map((peer) => ({ label: `osd.${peer}, a replica`, pane: 'ceph', row: `osd.${peer}` })),
    ],
    detail: opDetail,
    empty,
    minRows: 3,
  };
}

const STAGES: readonly OpStage[] = ['receive', 'queue', 'pg', 'store', 'peers', 'other'];

const opDetail = (row: OpRow): Detail => ({
  id: `op ${row.key}`,
  title: `Op on osd.${row.osd}`,
  sources: row.op.client?.startsWith('client.')
    ? { session: bindDetail(cephClientSession, { client: row.op.client }) }
    : {},
  everySeconds: 30,
  sections: (samples, missing) => {
    // bindDetail gave it the sample of cephClientSession, or there is none yet.
    const { session } = samples as { readonly session?: ReturnType<typeof cephClientSession.parse> };
    return [stagesSection(row), clientSection(row, session, stateOfDetail(session, missing['session']))];
  },
});

/** Links to the process or the device that the client is. */
function clientLinks({ who }: OpRow): readonly Link[] {
  if (who === undefined) return [];
  return [
    ...who.candidates.map((process) => ({
      label: `${who.id}: ${plain(process.command)}[${process.pid}]${who.candidates.length > 1 ? ', perhaps' : ''}`,
      pane: 'processes',
      row: processKey(process),
    })),
    ...who.devices.map((device) => ({ label: `${who.id}: /dev/${plain(device)}`, pane: 'storage', row: device })),
  ];
}

function clientSection(
  { op, who }: OpRow,
  sample: ReturnType<typeof cephClientSession.parse> | undefined,
  state: ReadingState,
): LinesSection {
  const session = sample?.session;
  const mons = sample?.mons ?? [];
  const unknown =
    mons.length === 0
      ? nothingWords('not present: no monitor on this host', state)
      : `no session with ${mons.join(' ')}: with a monitor of another host, or over`;
  return factsSection(
    { title: 'Client', sources: ['ceph-ops', 'socket-peers', 'rbd-devices', 'ceph-client-session'] },
    [
      { label: 'client', text: op.client ?? 'none: an op between OSDs' },
      ...(op.clientAddress === undefined ? [] : [{ label: 'address', text: op.clientAddress }]),
      ...(op.client?.startsWith('client.')
        ? [
            { label: 'key', text: session === undefined ? unknown : (session.entity ?? '—') },
            ...(session === undefined ? [] : [{ label: 'host', text: session.host ?? '—' }]),
          ]
        : []),
      ...(who === undefined ? [] : [{ label: 'on this host', text: clientWords(who) }]),
      ...(who?.candidates ?? []).map(({ pid, commandLine }) => ({ label: `pid ${pid}`, text: commandLine ?? '—' })),
    ],
  );
}

function stagesSection(row: OpRow): LinesSection {
  const { op } = row;
  const lines = [
    plain(op.description),
    '',
    `${plain(op.flagPoint ?? '')}: ${stageOf(row)}`,
    ...STAGES.filter((stage) => op.stageSeconds[stage] !== undefined).map(
      (stage) => `${stageWords[stage].padEnd(12)} ${seconds(op.stageSeconds[stage]).padStart(7)}`,
    ),
    ...(op.slowestEvent === undefined
      ? []
      : [`${row.inFlight ? 'current event' : 'longest event'}: ${plain(op.slowestEvent)}`]),
  ];
  return {
    kind: 'lines',
    id: 'stages',
    title: 'Time by stage',
    sources: ['ceph-ops', 'ceph-slow-ops'],
    wantRows: (columns) => lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)), 0),
    draw: (columns, rows) => lines.flatMap((line) => wrapped(line, columns)).slice(0, rows),
  };
}

const wrapped = (line: string, columns: number): readonly string[] =>
  line === '' ? [''] : (line.match(new RegExp(`.{1,${Math.max(1, columns)}}`, 'gu')) ?? []);
