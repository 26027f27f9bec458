import { label } from '../../lib/plain.ts';
import { ms } from '../../lib/units.ts';
import { grade, limits } from '../../thresholds.ts';
import type { Ping } from '../../sources/ceph/heartbeats.ts';
import type { Column, TableSection } from '../pane.ts';

const time = (id: string, title: string, about: string, pick: (ping: Ping) => number | undefined): Column<Ping> => ({
  id,
  title,
  about,
  width: 7,
  align: 'right',
  rank: 0,
  value: pick,
  text: (ping) => ms(pick(ping)),
  role: (ping) => grade(pick(ping), limits.osdPingMs),
});

const columns: readonly Column<Ping>[] = [
  {
    id: 'from',
    title: 'from',
    about: 'OSD of this host.',
    width: 5,
    align: 'right',
    rank: 0,
    value: ({ from }) => from,
  },
  { id: 'to', title: 'to', about: 'Peer OSD.', width: 5, align: 'right', rank: 0, value: ({ to }) => to },
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
