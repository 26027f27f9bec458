import { plain } from '../../lib/plain.ts';
import { ovsAllFlows } from '../../sources/ovs/port-flows.ts';
import { bindDetail } from '../../sources/source.ts';
import type { NothingWords } from '../../timeline/reading-state.ts';
import type { Column, Detail, TableSection } from '../pane.ts';
import { slow, type FlowRow, type Owners } from './flow-rows.ts';
import { flowsOfDetail } from './flow-detail-rows.ts';
import { countColumn, percentColumn } from '../../ui/kit/columns.ts';

/** Keys that flows are grouped by. */
export type GroupKey = 'path' | 'service' | 'in' | 'source' | 'destination' | 'segment';

/** Sums of the flows with one value of a key. */
export interface FlowGroup {
  readonly by: GroupKey;
  readonly name: string;
  readonly flows: number;
  /** New since the last dump; a scan makes many. */
  readonly fresh: number;
  readonly packetsPerSec: number | undefined;
  readonly bytesPerSec: number | undefined;
  readonly sharePct: number | undefined;
  /** Packets/s that are dropped, or take the slow path. */
  readonly dropsPerSec: number | undefined;
  readonly slowPerSec: number | undefined;
}

/** Value of each key; '' for flows without one, as those that match any source. */
const KEYS: Readonly<Record<GroupKey, (row: FlowRow) => string>> = {
  path: (row) => `${row.from} ${row.actions}`,
  service: ({ protocol, count: { flow } }) =>
    `${protocol || 'any'}${flow.destinationPort === undefined ? '' : ` :${plain(flow.destinationPort)}`}`,
  in: (row) => row.from,
  source: ({ source, count: { flow } }) => withoutPort(source, flow.sourcePort),
  destination: ({ destination, count: { flow } }) => withoutPort(destination, flow.destinationPort),
  segment: (row) => row.segment,
};

/** Address without its port: connections to one server differ in ports only. */
function withoutPort(address: string, port: string | undefined): string {
  if (address === '*') return '';
  return port !== undefined && address.endsWith(`:${port}`) ? address.slice(0, -port.length - 1).trim() : address;
}

const isIn = (row: FlowRow, { by, name }: Pick<FlowGroup, 'by' | 'name'>): boolean => KEYS[by](row) === name;
/** Groups listed per key. */
const MAX_GROUPS = 200;

const sum = (rows: readonly FlowRow[], pick: (row: FlowRow) => number | undefined): number | undefined => {
  let total: number | undefined;
  for (const row of rows) {
    const value = pick(row);
    if (value !== undefined) total = (total ?? 0) + value;
  }
  return total;
};

export function groupsOf(rows: readonly FlowRow[]): readonly FlowGroup[] {
  const total = sum(rows, (row) => row.packetsPerSec);
  return (Object.keys(KEYS) as GroupKey[]).flatMap((by) => {
    const groups = Map.groupBy(rows, KEYS[by]);
    return [...groups]
      .filter(([name]) => name !== '')
      .map(([name, own]): FlowGroup => {
        const packetsPerSec = sum(own, (row) => row.packetsPerSec);
        const share =
          packetsPerSec === undefined || total === undefined || total === 0 ? undefined : (100 * packetsPerSec) / total;
        return {
          by,
          name,
          flows: own.length,
          fresh: own.filter(({ fresh }) => fresh).length,
          packetsPerSec,
          bytesPerSec: sum(own, (row) => row.bytesPerSec),
          sharePct: share,
          dropsPerSec: sum(own, (row) => (row.count.flow.drops ? row.packetsPerSec : undefined)),
          slowPerSec: sum(own, (row) => (slow(row) ? row.packetsPerSec : undefined)),
        };
      })
      .toSorted((a, b) => (b.packetsPerSec ?? 0) - (a.packetsPerSec ?? 0) || b.flows - a.flows)
      .slice(0, MAX_GROUPS);
  });
}

const columns: readonly Column<FlowGroup>[] = [
  {
    id: 'by',
    title: 'BY',
    about:
      'Key: path (in port and actions), service (protocol and port), in (in port), source and destination (address), segment (VLAN, tunnel, ct_zone). `/` with a key shows that one only.',
    vocabulary: 'fixed',
    width: 11,
    rank: 0,
    value: (row) => row.by,
  },
  {
    id: 'name',
    title: 'VALUE',
    about: 'Value of the key; `↵` shows its flows.',
    width: 28,
    grow: true,
    rank: 0,
    value: (row) => row.name,
  },
  countColumn({
    id: 'pps',
    title: 'PKT/S',
    about: 'Packets/s of its flows.',
    width: 6,
    rank: 0,
    value: (row) => row.packetsPerSec,
  }),
  percentColumn({
    id: 'share',
    title: '%PKT',
    about: 'Share of all packets/s.',
    width: 5,
    rank: 2,
    value: (row) => row.sharePct,
  }),
  countColumn({
    id: 'bps',
    title: 'BIT/S',
    about: 'Bits/s of its flows.',
    width: 6,
    rank: 0,
    value: (row) => (row.bytesPerSec === undefined ? undefined : row.bytesPerSec * 8),
  }),
  countColumn({
    id: 'flows',
    title: 'FLOWS',
    about: 'Number of datapath flows.',
    width: 6,
    rank: 0,
    value: (row) => row.flows,
  }),
  countColumn({
    id: 'new',
    title: 'NEW',
    about: 'Flows that were not in the last dump.',
    width: 5,
    rank: 1,
    value: (row) => row.fresh,
  }),
  countColumn({
    id: 'drops',
    title: 'DROP/S',
    about: 'Dropped packets/s.',
    width: 6,
    rank: 1,
    value: (row) => row.dropsPerSec,
    missing: '',
    role: (row) => ((row.dropsPerSec ?? 0) > 0 ? 'info' : 'text'),
  }),
  countColumn({
    id: 'slow',
    title: 'SLOW/S',
    about: 'Packets/s on the slow path (userspace action).',
    width: 6,
    rank: 1,
    value: (row) => row.slowPerSec,
    missing: '',
    role: (row) => ((row.slowPerSec ?? 0) > 0 ? 'info' : 'text'),
  }),
];

export const groupsSection = (
  groups: readonly FlowGroup[],
  owners: Owners,
  empty: NothingWords,
): TableSection<FlowGroup> => ({
  kind: 'table',
  id: 'groups',
  title: 'Flows by …',
  note: Object.keys(KEYS).join(', '),
  sources: ['ovs-flows'],
  columns,
  rows: groups,
  key: (row) => `${row.by} ${row.name}`,
  sort: { column: 'pps', descending: true },
  detail: (row) => groupDetail(row, owners),
  empty,
  minRows: 4,
});

/** Detail of a group: its flows. */
function groupDetail(group: FlowGroup, owners: Owners): Detail {
  const section = flowsOfDetail(owners, (row) => isIn(row, group));
  return {
    id: 'ovs-group',
    title: `flows by ${group.by}: ${plain(group.name)}`,
    sources: { flows: bindDetail(ovsAllFlows, { all: true as const }) },
    everySeconds: 4,
    sections: (samples, missing) => [section(samples, missing, 'no flows left')],
  };
}
