import { count, percent } from '../../lib/units.ts';
import type { Column, TableSection } from '../pane.ts';
import { slow, type FlowRow } from './flow-rows.ts';

/** Flows that have something in common, added up. */
export interface FlowGroup {
  readonly by: 'path' | 'service' | 'source';
  readonly name: string;
  readonly flows: number;
  /** New since the dump before: a scan makes many. */
  readonly fresh: number;
  readonly packetsPerSec: number | undefined;
  readonly bytesPerSec: number | undefined;
  readonly sharePct: number | undefined;
  /** Packets a second that are dropped, or go up to ovs-vswitchd one by one. */
  readonly dropsPerSec: number | undefined;
  readonly slowPerSec: number | undefined;
}

const KEYS: readonly { readonly by: FlowGroup['by']; readonly key: (row: FlowRow) => string }[] = [
  { by: 'path', key: (row) => `${row.from} ${row.does}` },
  {
    by: 'service',
    key: (row) => `${row.protocol || 'any'} ${/:\d+$/.exec(row.destination)?.[0] ?? ''}`.trim(),
  },
  // Flows that match any source have none in common.
  { by: 'source', key: (row) => (row.source === '*' ? '' : row.source) },
];
/** What makes more groups than this tells nobody anything. */
const MOST = 200;

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
  return KEYS.flatMap(({ by, key }) => {
    const groups = Map.groupBy(rows, key);
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
      .slice(0, MOST);
  });
}

const columns: readonly Column<FlowGroup>[] = [
  {
    id: 'by',
    title: 'BY',
    about: 'What its flows have in common: path (from whom, to whom), service (protocol and port), source (address).',
    width: 7,
    rank: 0,
    value: (row) => row.by,
  },
  {
    id: 'name',
    title: 'WHAT',
    about: 'The path, the service or the source.',
    width: 28,
    grow: true,
    rank: 0,
    value: (row) => row.name,
  },
  {
    id: 'pps',
    title: 'PKT/S',
    about: 'Packets a second of all its flows.',
    width: 6,
    align: 'right',
    rank: 0,
    value: (row) => row.packetsPerSec,
    text: (row) => count(row.packetsPerSec),
  },
  {
    id: 'share',
    title: '%PKT',
    about: 'Share of all packets a second.',
    width: 5,
    align: 'right',
    rank: 2,
    value: (row) => row.sharePct,
    text: (row) => percent(row.sharePct),
  },
  {
    id: 'bps',
    title: 'BIT/S',
    about: 'Bits a second of all its flows.',
    width: 6,
    align: 'right',
    rank: 0,
    value: (row) => (row.bytesPerSec === undefined ? undefined : row.bytesPerSec * 8),
    text: (row) => count(row.bytesPerSec === undefined ? undefined : row.bytesPerSec * 8),
  },
  {
    id: 'flows',
    title: 'FLOWS',
    about: 'How many datapath flows.',
    width: 6,
    align: 'right',
    rank: 0,
    value: (row) => row.flows,
    text: (row) => count(row.flows),
  },
  {
    id: 'new',
    title: 'NEW',
    about: 'Flows that were not in the dump before.',
    width: 5,
    align: 'right',
    rank: 1,
    value: (row) => row.fresh,
    text: (row) => count(row.fresh),
  },
  {
    id: 'drops',
    title: 'DROP/S',
    about: 'Packets a second that are dropped.',
    width: 6,
    align: 'right',
    rank: 1,
    value: (row) => row.dropsPerSec,
    text: (row) => (row.dropsPerSec === undefined ? '' : count(row.dropsPerSec)),
    role: (row) => ((row.dropsPerSec ?? 0) > 0 ? 'warn' : 'text'),
  },
  {
    id: 'slow',
    title: 'SLOW/S',
    about: 'Packets a second that go up to ovs-vswitchd one by one.',
    width: 6,
    align: 'right',
    rank: 1,
    value: (row) => row.slowPerSec,
    text: (row) => (row.slowPerSec === undefined ? '' : count(row.slowPerSec)),
    role: (row) => ((row.slowPerSec ?? 0) > 0 ? 'warn' : 'text'),
  },
];

export const groupsSection = (groups: readonly FlowGroup[], empty: string): TableSection<FlowGroup> => ({
  kind: 'table',
  id: 'groups',
  title: 'Flows added up',
  note: 'by path, service, source',
  sources: ['ovs-flows'],
  columns,
  rows: groups,
  key: (row) => `${row.by} ${row.name}`,
  sort: { column: 'pps', descending: true },
  empty,
  minRows: 4,
});
