import { label } from '../../lib/plain.ts';
import { grade, limits } from '../../thresholds.ts';
import type { Ping } from '../../sources/ceph/heartbeats.ts';
import type { Column, TableSection } from '../pane.ts';
import { msColumn, numberColumn } from '../../ui/kit/columns.ts';

const time = (id: string, title: string, about: string, value: (ping: Ping) => number | undefined): Column<Ping> =>
  msColumn({
    id,
    title,
    about,
    width: 7,
    rank: 0,
    value,
    role: (ping) => grade(value(ping), limits.osdPingMs),
  });

const columns: readonly Column<Ping>[] = [
  numberColumn({
    id: 'from',
    title: 'from',
    about: 'OSD of this host.',
    width: 5,
    rank: 0,
    value: ({ from }) => from,
  }),
  numberColumn({ id: 'to', title: 'to', about: 'Peer OSD.', width: 5, rank: 0, value: ({ to }) => to }),
  {
    id: 'network',
    title: 'network',
    about: 'front: public network; back: cluster network.',
    vocabulary: 'fixed',
    width: 7,
    rank: 0,
    value: ({ network }) => (network === undefined ? undefined : label(network)),
  },
  time('one', '1 min', 'Mean round trip of the last minute, ms.', (ping) => ping.oneMinuteMs),
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
    value: ({ stale }) => (stale ? 'stale' : undefined),
    text: ({ stale }) => (stale ? 'stale' : ''),
  },
];

export const pingsSection = (pings: readonly Ping[], empty: string): TableSection<Ping> => ({
  kind: 'table',
  id: 'pings',
  title: 'OSD heartbeats',
  note: pings.length === 0 ? '' : `${pings.length}`,
  sources: ['ceph-heartbeats'],
  columns,
  rows: pings,
  key: ({ from, to, network }) => `${from} ${to} ${network ?? ''}`,
  sort: { column: 'one', descending: true },
  links: ({ from, to }) => [
    { label: `osd.${to}`, pane: 'ceph', row: `osd.${to}` },
    { label: `osd.${from}`, pane: 'ceph', row: `osd.${from}` },
  ],
  empty,
  minRows: 2,
});
