import type { NfsRate } from '../../entities/storage/nfs-rates.ts';
import { storageLinkRef } from '../../entities/storage/link-ref.ts';
import { entityRef } from '../../findings/entity-ref.ts';
import { plain } from '../../lib/plain.ts';
import { count } from '../../lib/units.ts';
import type { StorageLink } from '../../sources/storage/storage-links.ts';
import type { SwapArea } from '../../sources/storage/swaps.ts';
import { grade, limits } from '../../thresholds.ts';
import type { NothingWords } from '../../timeline/reading-state.ts';
import {
  bytesColumn,
  countColumn,
  figureColumn,
  msColumn,
  numberColumn,
  percentColumn,
  textColumn,
} from '../../ui/kit/columns.ts';
import type { Column, TableSection } from '../pane.ts';

const nfsColumns: readonly Column<NfsRate>[] = [
  { id: 'mount', title: 'MOUNT', about: 'Mount point.', width: 18, widest: 32, rank: 0, value: ({ target }) => plain(target) },
  textColumn({ id: 'server', title: 'SERVER', about: 'Server and export.', width: 16, widest: 32, rank: 1, value: ({ source }) => plain(source) }),
  countColumn({ id: 'ops', title: 'OPS/s', about: 'Requests per second.', width: 6, rank: 0, value: (row) => row.requestsPerSec }),
  percentColumn({ id: 'retrans', title: 'RETRANS', about: 'Requests that were sent again, of all.', width: 7, rank: 0, value: (row) => row.retransmitPct, role: (row) => grade(row.retransmitPct, limits.nfsRetransmitPct) }),
  msColumn({ id: 'rtt', title: 'RTT', about: 'From sending a request to its reply, mean.', width: 7, rank: 0, value: (row) => row.rttMs }),
  msColumn({ id: 'exe', title: 'EXE', about: 'Execution of a request: queue of the client, RTT and the rest, mean.', width: 7, rank: 0, value: (row) => row.executeMs }),
  figureColumn((value) => value.toFixed(1), 0.5)<NfsRate>({ id: 'backlog', title: 'BACKLOG', about: 'Requests in the queue of the client when one was sent, mean.', width: 7, rank: 1, value: (row) => row.backlog }),
  countColumn({ id: 'timeouts', title: 'TMO/s', about: 'Major timeouts per second.', width: 6, rank: 1, zero: '·', value: (row) => row.timeoutsPerSec }),
  countColumn({ id: 'errors', title: 'ERR/s', about: 'Requests that ended with an error, per second (v5.3).', width: 6, rank: 2, zero: '·', value: (row) => row.errorsPerSec }),
  textColumn({ id: 'most', title: 'MOST', about: 'Operation that took most of the time.', width: 10, grow: true, rank: 2, value: (row) => row.most && plain(row.most) }),
]; // prettier-ignore

export const nfsSection = (rows: readonly NfsRate[], empty: NothingWords): TableSection<NfsRate> => ({
  kind: 'table',
  id: 'nfs',
  title: 'NFS mounts',
  note: count(rows.length),
  sources: ['nfs-mounts'],
  columns: nfsColumns,
  rows,
  key: ({ target }) => target,
  sort: { column: 'ops', descending: true },
  entity: ({ target }) => entityRef('mount', target),
  name: ({ target }) => plain(target),
  empty,
});

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

const linkColumns: readonly Column<StorageLink>[] = [
  { id: 'link', title: 'LINK', about: 'Session, port, controller or path.', width: 14, widest: 20, rank: 0, value: ({ name }) => plain(name) },
  textColumn({ id: 'kind', title: 'KIND', about: 'iSCSI session, FC port, FC remote port, NVMe controller, NVMe path.', vocabulary: 'fixed', width: 15, rank: 0, value: ({ kind }) => kind }),
  textColumn({ id: 'state', title: 'STATE', about: 'As the driver has it: LOGGED_IN, Online, live, optimized.', width: 12, widest: 18, rank: 0, value: ({ state }) => plain(state) }),
  textColumn({ id: 'target', title: 'TARGET', about: 'iSCSI target, or PCI function of the port.', width: 20, grow: true, rank: 1, value: ({ target, pci }) => plain(target ?? pci ?? '') }),
]; // prettier-ignore

export const linksSection = (rows: readonly StorageLink[], empty: NothingWords): TableSection<StorageLink> => ({
  kind: 'table',
  id: 'links',
  title: 'Storage links',
  note: count(rows.length),
  sources: ['storage-links'],
  columns: linkColumns,
  rows,
  key: ({ kind, name }) => `${kind} ${name}`,
  sort: { column: 'link', descending: false },
  entity: (row) => storageLinkRef(row),
  name: ({ name }) => plain(name),
  empty,
});
