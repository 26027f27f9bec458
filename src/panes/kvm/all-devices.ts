import type { GuestDisk, GuestNic } from '../../entities/kvm/guest.ts';
import { entityRef } from '../../findings/entity-ref.ts';
import { plain } from '../../lib/plain.ts';
import { ownWords } from '../../timeline/reading-state.ts';
import { textColumn } from '../../ui/kit/columns.ts';
import type { Column, Detail, Section, TableSection } from '../pane.ts';
import { diskColumns, nicColumns, poolLinks } from './guest-devices.ts';
import type { GuestRow } from './guest-row.ts';

/** Disk or interface with its guest. */
interface Owned<Device> {
  readonly row: GuestRow;
  readonly device: Device;
}

type DetailOf = (row: GuestRow) => Detail;

const guestColumn: Column<Owned<unknown>> = textColumn({
  id: 'guest',
  title: 'guest',
  about: 'Guest that has it.',
  width: 16,
  rank: 0,
  value: ({ row }) => row.name,
});

/** Columns of devices, for those of all guests; without colour, which the table of guests has. */
const owned = <Device>(columns: readonly Column<Device>[]): readonly Column<Owned<Device>>[] => [
  guestColumn,
  ...columns.map(({ value, text, vocabulary: _vocabulary, role: _role, ...column }) => ({
    ...column,
    value: ({ device }: Owned<Device>) => value(device),
    ...(text && { text: ({ device }: Owned<Device>) => text(device) }),
  })),
];

const ownedDisks = owned<GuestDisk>(diskColumns.filter(({ id }) => id !== 'error' && id !== 'limit'));
const ownedNics = owned<GuestNic>(nicColumns);

/** Disks and interfaces of all guests, the busiest first. */
export function deviceTables(rows: readonly GuestRow[], detailOf: DetailOf): readonly Section[] {
  const disks = rows.flatMap((row) => row.guest.disks.map((device) => ({ row, device })));
  const nics = rows.flatMap((row) => row.guest.nics.map((device) => ({ row, device })));
  return [
    ...(disks.length > 0 ? [disksOf(disks, detailOf)] : []),
    ...(nics.length > 0 ? [nicsOf(nics, detailOf)] : []),
  ];
}

const disksOf = (disks: readonly Owned<GuestDisk>[], detailOf: DetailOf): TableSection<Owned<GuestDisk>> => ({
  kind: 'table',
  id: 'guest-disks',
  title: 'Disks of guests',
  note: `${disks.length}`,
  sources: ['libvirt-monitor', 'libvirt-xml'],
  columns: ownedDisks,
  rows: disks,
  key: ({ row, device }) => `${row.guest.key} ${device.name}`,
  sort: { column: 'w', descending: true },
  entity: ({ row, device }) => entityRef('guest-disk', `${row.guest.key}/${device.name}`),
  name: ({ row, device }) => `${row.name} ${plain(device.name)}`,
  links: ({ device: { source } }) => poolLinks([source]),
  detail: ({ row }) => detailOf(row),
  empty: ownWords('none'),
  minRows: 4,
});

const nicsOf = (nics: readonly Owned<GuestNic>[], detailOf: DetailOf): TableSection<Owned<GuestNic>> => ({
  kind: 'table',
  id: 'guest-nics',
  title: 'Interfaces of guests',
  note: `${nics.length}`,
  sources: ['netdev', 'libvirt-xml'],
  columns: ownedNics,
  rows: nics,
  key: ({ row, device: { mac, tap } }) => `${row.guest.key} ${mac ?? tap}`,
  sort: { column: 'rx', descending: true },
  entity: ({ row, device: { mac, tap } }) => entityRef('guest-nic', `${row.guest.key}/${mac ?? tap}`),
  name: ({ row, device: { mac, tap } }) => `${row.name} ${plain(tap ?? mac ?? '')}`,
  links: ({ device: { tap } }) =>
    tap === undefined ? [] : [{ label: `interface ${plain(tap)}`, pane: 'hardware', row: tap }],
  detail: ({ row }) => detailOf(row),
  empty: ownWords('none'),
  minRows: 4,
});
