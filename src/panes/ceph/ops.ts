import { label, plain } from '../../lib/plain.ts';
import { ms, NONE } from '../../lib/units.ts';
import { dominantStage, type CephOp, type OpStage } from '../../sources/ceph/op.ts';
import { cephOps, cephSlowOps } from '../../sources/ceph/ops.ts';
import type { Moment } from '../../timeline/moment.ts';
import type { Column, Detail, LinesSection, TableSection } from '../pane.ts';

export const opsNeeds = { cephOps, cephSlowOps };

export interface OpRow {
  readonly key: string;
  readonly osd: number;
  readonly op: CephOp;
  readonly inFlight: boolean;
}

/** Older than this an operation in flight is worth a line; a fast cluster has hundreds that are not. */
const LEAST_SECONDS = 0.5;
const MAX_ROWS = 500;

/** Operations in flight that take long, then those that were slow lately. */
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

/** What the OSD calls so. */
const STANDS_AT: ReadonlyMap<string, string> = new Map([
  ['started', 'waits for its own device'],
  ['queued for pg', 'in the queue'],
  ['waiting for rw locks', 'waits for another on its object'],
]);

/** In flight: whom it waits for now. Over: where most of its time went. */
function whereOf({ op, inFlight }: OpRow): string {
  if (!inFlight) {
    const most = dominantStage([op]);
    return most ? `${stageWords[most.stage]} ${Math.round(most.sharePct)}%` : NONE;
  }
  if (op.flagPoint !== 'waiting for sub ops') return STANDS_AT.get(op.flagPoint ?? '') ?? plain(op.flagPoint ?? NONE);
  const missing = op.peers.length - op.peerAnswers;
  const who = `${missing} of osd.${op.peers.join(' ')}`;
  return missing > 0 ? `waits for ${who}${op.committed ? '' : ' and its own device'}` : 'waits for its own device';
}

const columns: readonly Column<OpRow>[] = [
  { id: 'osd', title: 'osd', about: 'OSD that it is on.', width: 4, align: 'right', rank: 0, value: (row) => row.osd },
  {
    id: 'when',
    title: 'when',
    about: 'now: in flight; past: of the slow ones that the OSD remembers.',
    vocabulary: 'fixed',
    width: 4,
    rank: 0,
    value: (row) => (row.inFlight ? 'now' : 'past'),
    role: (row) => (row.inFlight ? 'warn' : 'dim'),
  },
  {
    id: 'took',
    title: 'took',
    about: 'How long it took, or has taken so far.',
    width: 6,
    align: 'right',
    rank: 0,
    value: ({ op }) => op.durationSeconds,
    text: ({ op }) => seconds(op.durationSeconds),
  },
  {
    id: 'where',
    title: 'where its time went',
    about:
      'In flight: whom it waits for (who of the replicas has answered is not told). Past: the stage with most of it.',
    vocabulary: 'fixed',
    width: 30,
    rank: 0,
    value: whereOf,
  },
  {
    id: 'kind',
    title: 'kind',
    about: "osd_op: a client's; osd_repop: a write as replica; others are recovery and peering.",
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
    about: 'Who asked for it.',
    width: 12,
    rank: 3,
    value: ({ op }) => (op.client === undefined ? undefined : plain(op.client)),
  },
  {
    id: 'what',
    title: 'operation',
    about: "In the OSD's words.",
    width: 20,
    grow: true,
    rank: 1,
    value: ({ op }) => plain(op.description),
  },
];

export function opsSection(
  rows: readonly OpRow[],
  empty: string,
  title = 'Slow operations',
  sources: readonly string[] = ['ceph-ops', 'ceph-slow-ops'],
): TableSection<OpRow> {
  const now = rows.filter(({ inFlight }) => inFlight).length;
  return {
    kind: 'table',
    id: 'ops',
    title,
    note: rows.length === 0 ? '' : `${now} in flight · ${rows.length - now} past`,
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
  title: `Operation on osd.${row.osd}`,
  sources: {},
  everySeconds: 0,
  sections: () => [stagesSection(row)],
});

function stagesSection(row: OpRow): LinesSection {
  const { op } = row;
  const lines = [
    plain(op.description),
    '',
    `${plain(op.flagPoint ?? '')}: ${whereOf(row)}`,
    ...STAGES.filter((stage) => op.stageSeconds[stage] !== undefined).map(
      (stage) => `${stageWords[stage].padEnd(12)} ${seconds(op.stageSeconds[stage]).padStart(7)}`,
    ),
    ...(op.slowestEvent === undefined ? [] : [`${row.inFlight ? 'stands at' : 'longest'}: ${plain(op.slowestEvent)}`]),
  ];
  return {
    kind: 'lines',
    id: 'stages',
    title: 'Where its time went',
    sources: ['ceph-ops', 'ceph-slow-ops'],
    wantRows: (columns) => lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)), 0),
    draw: (columns, rows) => lines.flatMap((line) => wrapped(line, columns)).slice(0, rows),
  };
}

const wrapped = (line: string, columns: number): readonly string[] =>
  line === '' ? [''] : (line.match(new RegExp(`.{1,${Math.max(1, columns)}}`, 'gu')) ?? []);
