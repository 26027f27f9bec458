import { storageLinkRef } from '../../entities/storage/link-ref.ts';
import { plain } from '../../lib/plain.ts';
import { count } from '../../lib/units.ts';
import type { LinkCounts } from '../../sources/storage/link-counters.ts';
import type { StorageLink } from '../../sources/storage/storage-links.ts';
import type { SwapArea } from '../../sources/storage/swaps.ts';
import type { NothingWords } from '../../timeline/reading-state.ts';
import { bytesColumn, numberColumn, percentColumn, textColumn } from '../../ui/kit/columns.ts';
import type { Column, TableSection } from '../pane.ts';

const usePct = ({ sizeBytes, usedBytes }: SwapArea): number | undefined =>
  sizeBytes === undefined || usedBytes === undefined || sizeBytes === 0 ? undefined : (100 * usedBytes) / sizeBytes;

const swapColumns: readonly Column<SwapArea>[] = [
  { id: 'area', title: 'SWAP', about: 'Swap area.', width: 18, widest: 40, rank: 0, value: ({ name }) => plain(name) },
  textColumn({ id: 'kind', title: 'KIND', about: 'zram is compressed memory, not a disk.', vocabulary: 'fixed', width: 5, rank: 0, value: ({ kind }) => kind }),
  bytesColumn({ id: 'used', title: 'USED', about: 'Pages in it.', width: 6, rank: 0, value: ({ usedBytes }) => usedBytes }),
  bytesColumn({ id: 'size', title: 'SIZE', about: 'Size of the area.', width: 6, rank: 0, value: ({ sizeBytes }) => sizeBytes }),
  percentColumn({ id: 'use', title: 'USE%', about: 'Share in use.', width: 5, rank: 0, value: usePct }),
  numberColumn({ id: 'priority', title: 'PRIO', about: 'Areas of higher priority are filled first.', width: 5, rank: 2, value: ({ priority }) => priority }),
]; // prettier-ignore

export const swapSection = (rows: readonly SwapArea[], empty: NothingWords): TableSection<SwapArea> => ({
  kind: 'table',
  id: 'swap',
  title: 'Swap areas',
  note: count(rows.length),
  sources: ['swaps'],
  columns: swapColumns,
  rows,
  key: ({ name }) => name,
  sort: { column: 'used', descending: true },
  empty,
});

export interface LinkRow extends StorageLink {
  /** Undefined where it counts nothing, or was not read. */
  readonly counts: LinkCounts | undefined;
}

/** `2 invalid CRC, 1 link failure`: those above 0. */
const countsText = (counts: LinkCounts | undefined): string =>
  [...(counts ?? [])].flatMap(([counter, total]) => (total === 0 ? [] : [`${count(total)} ${counter}`])).join(', ');

const linkColumns: readonly Column<LinkRow>[] = [
  { id: 'link', title: 'LINK', about: 'Session, port, controller or path.', width: 14, widest: 20, rank: 0, value: ({ name }) => plain(name) },
  textColumn({ id: 'kind', title: 'KIND', about: 'iSCSI session, FC port, FC remote port, SAS phy, NVMe controller, NVMe path.', vocabulary: 'fixed', width: 15, rank: 0, value: ({ kind }) => kind }),
  textColumn({ id: 'state', title: 'STATE', about: 'As the driver has it: LOGGED_IN, Online, 12.0 Gbit, live, optimized.', width: 12, widest: 18, rank: 0, value: ({ state }) => plain(state) }),
  textColumn({ id: 'target', title: 'TARGET', about: 'iSCSI target, transport and address of an NVMe controller, or PCI function of the port.', width: 20, grow: true, rank: 1, value: ({ target, pci }) => plain(target ?? pci ?? '') }),
  textColumn({ id: 'speed', title: 'SPEED', about: 'Speed of an FC port.', width: 8, rank: 2, value: ({ speed }) => speed && plain(speed) }),
  numberColumn({ id: 'loss', title: 'LOSS_TMO', about: 'Seconds after which the disks of a lost FC remote port fail their I/O (dev_loss_tmo).', width: 8, rank: 3, missing: '', value: ({ lossTimeoutSeconds }) => lossTimeoutSeconds }),
  textColumn({ id: 'errors', title: 'ERRORS', about: 'Errors that the port or phy counted since its driver was loaded.', width: 14, grow: true, rank: 1, value: ({ counts }) => plain(countsText(counts)) }),
]; // prettier-ignore

export const linksSection = (rows: readonly LinkRow[], empty: NothingWords): TableSection<LinkRow> => ({
  kind: 'table',
  id: 'links',
  title: 'Storage links',
  note: count(rows.length),
  sources: ['storage-links', 'link-counters'],
  columns: linkColumns,
  rows,
  key: ({ kind, name }) => `${kind} ${name}`,
  sort: { column: 'link', descending: false },
  entity: (row) => storageLinkRef(row),
  name: ({ name }) => plain(name),
  empty,
});
