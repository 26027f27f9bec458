import type { BtrfsSpaceRow } from '../../entities/storage/btrfs-space.ts';
import { entityRef } from '../../findings/entity-ref.ts';
import { plain } from '../../lib/plain.ts';
import { count } from '../../lib/units.ts';
import type { NothingWords } from '../../timeline/reading-state.ts';
import { bytesColumn, percentColumn, textColumn } from '../../ui/kit/columns.ts';
import type { Column, TableSection } from '../pane.ts';

const usedPct = ({ totalBytes, usedBytes }: BtrfsSpaceRow): number | undefined =>
  usedBytes === undefined || !totalBytes ? undefined : (100 * usedBytes) / totalBytes;

const columns: readonly Column<BtrfsSpaceRow>[] = [
  { id: 'devices', title: 'DEVICES', about: 'Devices of the filesystem.', width: 12, widest: 24, rank: 0, value: ({ devices }) => plain(devices) },
  textColumn({ id: 'kind', title: 'KIND', about: 'data, metadata, system; global reserve lies in the metadata; unallocated is of the devices, for any kind.', width: 14, rank: 0, value: ({ kind }) => plain(kind) }),
  textColumn({ id: 'profile', title: 'PROFILE', about: 'Copies and stripes: single, dup, raid1…; two of one kind: a conversion that did not end.', width: 8, grow: true, rank: 0, value: ({ profile }) => plain(profile) }),
  bytesColumn({ id: 'total', title: 'SIZE', about: 'Size of its chunks, of one copy.', width: 6, rank: 0, value: ({ totalBytes }) => totalBytes }),
  bytesColumn({ id: 'used', title: 'USED', about: 'Used of it; a reserve in use is a filesystem near ENOSPC.', width: 6, rank: 0, zero: '·', missing: ({ kind }) => (kind === 'unallocated' ? '' : '—'), value: ({ usedBytes }) => usedBytes }),
  percentColumn({ id: 'use', title: 'USE%', about: 'Share in use.', width: 5, rank: 0, missing: ({ kind }) => (kind === 'unallocated' ? '' : '—'), value: usedPct }),
]; // prettier-ignore

export const btrfsSpaceSection = (rows: readonly BtrfsSpaceRow[], empty: NothingWords): TableSection<BtrfsSpaceRow> => ({
  kind: 'table',
  id: 'btrfs-space',
  title: 'btrfs space',
  note: count(new Set(rows.map(({ devices }) => devices)).size),
  sources: ['filesystem-errors'],
  columns,
  rows,
  key: ({ key }) => key,
  sort: { column: 'devices', descending: false },
  entity: ({ disk }) => entityRef('disk', disk),
  name: ({ devices, kind, profile }) => plain([devices, kind, profile].filter(Boolean).join(' ')),
  empty,
}); // prettier-ignore
