import { slowPings } from '../../entities/ceph/slow-pings.ts';
import { label } from '../../lib/plain.ts';
import { grade, limits } from '../../thresholds.ts';
import type { Ping } from '../../sources/ceph/heartbeats.ts';
import type { Role } from '../../theme.ts';
import type { NothingWords } from '../../timeline/reading-state.ts';
import type { Column, TableSection } from '../pane.ts';
import { msColumn, numberColumn } from '../../ui/kit/columns.ts';

interface PingRow {
  readonly ping: Ping;
  /** Role of the mean that the rule judges. */
  readonly role: Role;
}

const time = (
  id: string,
  title: string,
  about: string,
  value: (ping: Ping) => number | undefined,
): Omit<Column<PingRow>, 'role'> =>
  msColumn({ id, title, about, width: 7, rank: 0, value: (row: PingRow) => value(row.ping) });

const columns: readonly Column<PingRow>[] = [
  numberColumn({
    id: 'from',
    title: 'from',
    about: 'OSD of this host.',
    width: 5,
    rank: 0,
    value: ({ ping }) => ping.from,
  }),
  numberColumn({ id: 'to', title: 'to', about: 'Peer OSD.', width: 5, rank: 0, value: ({ ping }) => ping.to }),
  {
    id: 'network',
    title: 'network',
    about: 'front: public network; back: cluster network.',
    vocabulary: 'fixed',
    width: 7,
    rank: 0,
    value: ({ ping: { network } }) => (network === undefined ? undefined : label(network)),
  },
  {
    ...time('one', '1 min', 'Mean round trip of the last minute, ms.', (ping) => ping.oneMinuteMs),
    role: (row) => row.role,
  },
  time('five', '5 min', 'Mean round trip of the last 5 minutes.', (ping) => ping.fiveMinutesMs),
  time('max', 'max', 'Longest round trip of the last minute.', (ping) => ping.maxMs),
  time('last', 'last', 'Last round trip.', (ping) => ping.lastMs),
  {
    id: 'stale',
    title: '',
    about: 'stale: the OSD has no recent ping to this peer.',
    width: 5,
    grow: true,
    rank: 1,
    value: ({ ping: { stale } }) => (stale ? 'stale' : undefined),
    text: ({ ping: { stale } }) => (stale ? 'stale' : ''),
  },
];

export function pingsSection(pings: readonly Ping[], empty: NothingWords): TableSection<PingRow> {
  const slow = new Set(slowPings(pings).slow);
  return {
    kind: 'table',
    id: 'pings',
    title: 'OSD heartbeats',
    note: pings.length === 0 ? '' : `${pings.length}`,
    sources: ['ceph-heartbeats'],
    columns,
    rows: pings.map((ping) => ({ ping, role: slow.has(ping) ? grade(ping.oneMinuteMs, limits.osdPingMs) : 'text' })),
    key: ({ ping: { from, to, network } }) => `${from} ${to} ${network ?? ''}`,
    sort: { column: 'one', descending: true },
    links: ({ ping: { from, to } }) => [
      { label: `osd.${to}`, pane: 'ceph', row: `osd.${to}` },
      { label: `osd.${from}`, pane: 'ceph', row: `osd.${from}` },
    ],
    empty,
    minRows: 2,
  };
}
