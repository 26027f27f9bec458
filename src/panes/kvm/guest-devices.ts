import { grade, limits } from '../../thresholds.ts';
import type { GuestDisk, GuestNic } from '../../entities/kvm/guest.ts';
import { plain } from '../../lib/plain.ts';
import { portLinks } from '../../ui/kit/links.ts';
import type { NothingWords } from '../../timeline/reading-state.ts';
import type { Column, TableSection, Link } from '../pane.ts';
import { sizeText } from './guest-threads-live.ts';
import { bytesColumn, countColumn, msColumn, textColumn } from '../../ui/kit/columns.ts';

const text = <Row>(
  id: string,
  title: string,
  about: string,
  width: number,
  rank: number,
  value: (row: Row) => string | undefined,
): Column<Row> => textColumn({ id, title, about, width, rank, value: (row) => plain(value(row) ?? '') });

const latency = (title: string, value: (disk: GuestDisk) => number | undefined): Column<GuestDisk> =>
  msColumn({
    id: title,
    title,
    about: `Mean ${title} latency since the last reading; a dash without requests.`,
    width: 6,
    rank: 0,
    value,
    role: (disk) => grade(value(disk), limits.guestDiskMs),
  });

export const diskColumns: readonly Column<GuestDisk>[] = [
  text('disk', 'disk', 'Target of the disk in the domain XML.', 5, 0, (disk) => disk.name),
  latency('read', (disk) => disk.readMs),
  latency('write', (disk) => disk.writeMs),
  latency('flush', (disk) => disk.flushMs),
  countColumn({
    id: 'r',
    title: 'r/s',
    about: 'Reads per second.',
    width: 6,
    rank: 1,
    value: (disk) => disk.readsPerSec,
  }),
  countColumn({
    id: 'w',
    title: 'w/s',
    about: 'Writes per second.',
    width: 6,
    rank: 1,
    value: (disk) => disk.writesPerSec,
  }),
  countColumn({
    id: 'f',
    title: 'f/s',
    about: 'Flushes per second.',
    width: 6,
    rank: 3,
    value: (disk) => disk.flushesPerSec,
  }),
  bytesColumn({
    id: 'rb',
    title: 'rB/s',
    about: 'Bytes read per second.',
    width: 6,
    rank: 2,
    value: (disk) => disk.readBytesPerSec,
  }),
  bytesColumn({
    id: 'wb',
    title: 'wB/s',
    about: 'Bytes written per second.',
    width: 6,
    rank: 2,
    value: (disk) => disk.writeBytesPerSec,
  }),
  countColumn({
    id: 'limit',
    title: 'limit',
    about: 'IOPS limit (iotune total_iops_sec).',
    width: 6,
    rank: 4,
    value: (disk) => disk.iopsLimit,
    missing: '',
  }),
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

export function diskTable(disks: readonly GuestDisk[], empty: NothingWords): TableSection<GuestDisk> {
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

export const nicColumns: readonly Column<GuestNic>[] = [
  text('tap', 'tap', 'Tap device on the host.', 15, 0, (nic) => nic.tap ?? 'no tap device'),
  text('source', 'source', 'Bridge, network or socket, as in virsh domiflist.', 12, 1, (nic) => nic.source),
  text('model', 'model', 'Device model (virtio, e1000).', 7, 3, (nic) => nic.model),
  text('mac', 'mac', 'MAC address in the guest.', 17, 2, (nic) => nic.mac),
  bytesColumn({
    id: 'rx',
    title: 'rx/s',
    about: 'Bytes per second received, when this page was opened.',
    width: 6,
    rank: 0,
    value: (nic) => nic.rxBytesPerSec,
  }),
  bytesColumn({
    id: 'tx',
    title: 'tx/s',
    about: 'Bytes per second sent, when this page was opened.',
    width: 6,
    rank: 0,
    value: (nic) => nic.txBytesPerSec,
  }),
  countColumn({
    id: 'drop',
    title: 'drop/s',
    about: 'RX drops per second (tap tx_dropped), when this page was opened.',
    width: 6,
    rank: 0,
    value: (nic) => nic.rxDroppedPerSec,
    role: (nic) => grade(nic.rxDroppedPerSec, limits.guestDropsPerSec),
  }),
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
  empty: NothingWords,
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
