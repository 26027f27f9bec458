import { label, plain } from '../../lib/plain.ts';
import { ms, NONE } from '../../lib/units.ts';
import { dominantStage, type CephOp, type OpStage } from '../../sources/ceph/op.ts';
import { cephOps, cephSlowOps } from '../../sources/ceph/ops.ts';
import type { Moment } from '../../timeline/moment.ts';
import type { NothingWords } from '../../timeline/reading-state.ts';
import type { Column, Detail, LinesSection, TableSection } from '../pane.ts';
import { numberColumn, secondsColumn } from '../../ui/kit/columns.ts';

export const opsNeeds = { cephOps, cephSlowOps };

export interface OpRow {
  readonly key: string;
  readonly osd: number;
  readonly op: CephOp;
  readonly inFlight: boolean;
}

/** Age from which an op in flight gets a row; a fast cluster has hundreds of younger ones. */
const LEAST_SECONDS = 0.5;
const MAX_ROWS = 500;

/** Slow ops in flight, then the recent historic ones. */
export function opRows(moment: Moment<typeof opsNeeds>): readonly OpRow[] {
  const rowsOf = (osd: number, ops: readonly CephOp[], inFlight: boolean): OpRow[] =>
    ops.map((op, at) => ({
      key: `${inFlight ? 'now' : 'past'} ${osd} ${at} ${op.description.slice(0, 60)}`,
      osd,
      op,
      inFlight,
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
    about: 'Client that sent it.',
    width: 12,
    rank: 3,
    value: ({ op }) => (op.client === undefined ? undefined : plain(op.client)),
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
  sources: {},
  everySeconds: 0,
  sections: () => [stagesSection(row)],
});

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
