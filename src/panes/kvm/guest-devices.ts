import { grade, limits } from '../../thresholds.ts';
import type { GuestDisk, GuestNic } from '../../entities/kvm/guest.ts';
import { plain } from '../../lib/plain.ts';
import { bytes, count, ms } from '../../lib/units.ts';
import { portLinks } from '../../ui/kit/links.ts';
import type { Column, TableSection, Link } from '../pane.ts';
import { sizeText } from './guest-threads-live.ts';

const text = <Row>(
  id: string,
  title: string,
  about: string,
  width: number,
  rank: number,
  pick: (row: Row) => string | undefined,
): Column<Row> => {
  const value = (row: Row): string | undefined => {
    const raw = pick(row);
    return raw === undefined ? undefined : plain(raw);
  };
  return { id, title, about, width, rank, value, text: (row) => value(row) ?? '' };
};

const figure = <Row>(
  id: string,
  title: string,
  about: string,
  rank: number,
  value: (row: Row) => number | undefined,
  words: (value: number | undefined) => string,
  role?: Column<Row>['role'],
): Column<Row> => ({
  id,
  title,
  about,
  width: 6,
  align: 'right',
  rank,
  value,
  text: (row) => words(value(row)),
  ...(role && { role }),
});

const latency = (title: string, pick: (disk: GuestDisk) => number | undefined): Column<GuestDisk> =>
  figure(title, title, `Mean ${title} latency since the last reading; a dash without requests.`, 0, pick, ms, (disk) =>
    grade(pick(disk), limits.guestDiskMs),
  );

const diskColumns: readonly Column<GuestDisk>[] = [
  text('disk', 'disk', 'Target of the disk in the domain XML.', 5, 0, (disk) => disk.name),
  latency('read', (disk) => disk.readMs),
  latency('write', (disk) => disk.writeMs),
  latency('flush', (disk) => disk.flushMs),
  figure('r', 'r/s', 'Reads per second.', 1, (disk) => disk.readsPerSec, count),
  figure('w', 'w/s', 'Writes per second.', 1, (disk) => disk.writesPerSec, count),
  figure('f', 'f/s', 'Flushes per second.', 3, (disk) => disk.flushesPerSec, count),
  figure('rb', 'rB/s', 'Bytes read per second.', 2, (disk) => disk.readBytesPerSec, bytes),
  figure('wb', 'wB/s', 'Bytes written per second.', 2, (disk) => disk.writeBytesPerSec, bytes),
  figure(
    'limit',
    'limit',
    'IOPS limit (iotune total_iops_sec).',
    4,
    (disk) => disk.iopsLimit,
    (value) => (value === undefined ? '' : count(value)),
  ),
  {
    id: 'size',
    title: 'size',
    about: 'Allocation of its image, and its capacity.',
    width: 10,
    align: 'right',
    rank: 4,
    value: (disk) => disk.allocatedBytes,
    text: (disk) => sizeText(disk.allocatedBytes, disk.capacityBytes),
  },
  {
    ...text<GuestDisk>(
      'error',
      'error',
      'Error that paused the guest (virsh domblkerror).',
      10,
      1,
      (disk) => disk.error,
    ),
    role: () => 'crit',
  },
  {
    ...text<GuestDisk>('source', 'source', 'File, device or pool of the image.', 16, 0, (disk) => disk.source),
    grow: true,
  },
];

export function diskTable(disks: readonly GuestDisk[], empty: string): TableSection<GuestDisk> {
  const shown = diskColumns.filter(
    ({ id }) =>
      (id !== 'error' || disks.some(({ error }) => error !== undefined)) &&
      (id !== 'limit' || disks.some(({ iopsLimit }) => iopsLimit !== undefined)),
  );
  return {
    kind: 'table',
    id: 'disks',
    title: 'Disks',
    sources: ['guest-monitor', 'libvirt-xml'],
    columns: shown,
    rows: disks,
    key: (disk) => disk.name,
    sort: { column: 'disk', descending: false },
    links: ({ source }) => poolLinks([source]),
    empty,
    minRows: 2,
  };
}

const nicColumns: readonly Column<GuestNic>[] = [
  text('tap', 'tap', 'Tap device on the host.', 15, 0, (nic) => nic.tap ?? 'no tap device'),
  text('source', 'source', 'Bridge, network or socket, as in virsh domiflist.', 12, 1, (nic) => nic.source),
  text('model', 'model', 'Device model (virtio, e1000).', 7, 3, (nic) => nic.model),
  text('mac', 'mac', 'MAC address in the guest.', 17, 2, (nic) => nic.mac),
  figure('rx', 'rx/s', 'Bytes per second received, when this page was opened.', 0, (nic) => nic.rxBytesPerSec, bytes),
  figure('tx', 'tx/s', 'Bytes per second sent, when this page was opened.', 0, (nic) => nic.txBytesPerSec, bytes),
  figure(
    'drop',
    'drop/s',
    'RX drops per second (tap tx_dropped), when this page was opened.',
    0,
    (nic) => nic.rxDroppedPerSec,
    count,
    (nic) => grade(nic.rxDroppedPerSec, limits.guestDropsPerSec),
  ),
  {
    ...text<GuestNic>('port', 'port', 'Port in Open vSwitch or OVN (interfaceid).', 12, 2, (nic) => nic.interfaceId),
    grow: true,
  },
];

/** Links to the Ceph pools of disks, by `rbd:pool/image`. */
export const poolLinks = (disks: readonly (string | undefined)[]): readonly Link[] =>
  [...new Set(disks.flatMap((source) => /^rbd:([^/]+)\//.exec(source ?? '')?.[1] ?? []))].map((pool) => ({
    label: `pool ${plain(pool)}`,
    pane: 'ceph',
    row: `pool ${pool}`,
  }));

const linksOf = ({ tap }: GuestNic, ports: readonly string[]): readonly Link[] =>
  tap === undefined
    ? portLinks(ports)
    : [
        { label: `interface ${plain(tap)}`, pane: 'hardware', row: tap },
        ...portLinks(ports.filter((port) => port === tap)),
      ];

export const nicTable = (
  nics: readonly GuestNic[],
  ports: readonly string[],
  empty: string,
): TableSection<GuestNic> => ({
  kind: 'table',
  id: 'nics',
  title: 'Interfaces',
  sources: ['netdev', 'libvirt-xml', 'guest-taps'],
  columns: nicColumns,
  rows: nics,
  key: (nic) => nic.tap ?? nic.mac ?? '',
  sort: { column: 'tap', descending: false },
  links: (nic) => linksOf(nic, ports),
  empty,
  minRows: 2,
});
