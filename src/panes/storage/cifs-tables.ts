import { isCifsDown, isOutOfCredits, type CifsShareRate } from '../../entities/storage/cifs-rates.ts';
import { entityRef } from '../../findings/entity-ref.ts';
import { plain } from '../../lib/plain.ts';
import { count } from '../../lib/units.ts';
import type { CifsServer } from '../../sources/storage/cifs.ts';
import type { NothingWords } from '../../timeline/reading-state.ts';
import { countColumn, rateColumn, textColumn, totalColumn } from '../../ui/kit/columns.ts';
import type { Column, TableSection } from '../pane.ts';

const serverColumns: readonly Column<CifsServer>[] = [
  { id: 'server', title: 'SERVER', about: 'SMB server.', width: 16, widest: 32, grow: true, rank: 0, value: ({ name }) => plain(name) },
  textColumn({ id: 'address', title: 'ADDRESS', about: 'Address of its first session.', width: 15, rank: 2, value: ({ address }) => address && plain(address) }),
  textColumn({ id: 'state', title: 'TCP', about: 'State of its connection: good, need reconnect, need negotiate, in negotiate.', width: 14, rank: 0, value: ({ state }) => state }),
  textColumn({ id: 'dialect', title: 'DIALECT', about: 'Version of SMB: 0x311 is 3.1.1.', width: 7, rank: 2, value: ({ dialect }) => dialect && plain(dialect) }),
  totalColumn({ id: 'credits', title: 'CREDITS', about: 'Requests that the server lets the client send.', width: 7, rank: 0, value: ({ credits }) => credits }),
  totalColumn({ id: 'wire', title: 'WIRE', about: 'Requests without a reply yet.', width: 5, rank: 0, value: ({ inFlight }) => inFlight }),
  totalColumn({ id: 'wait', title: 'WAIT', about: 'Threads that wait for credits.', width: 5, rank: 1, zero: '·', value: ({ waiting }) => waiting }),
  totalColumn({ id: 'reconnects', title: 'RECONN', about: 'Reconnects since it was mounted.', width: 6, rank: 1, zero: '·', value: ({ instance }) => (instance === undefined ? undefined : Math.max(0, instance - 1)) }),
]; // prettier-ignore

export const cifsServersSection = (rows: readonly CifsServer[], empty: NothingWords): TableSection<CifsServer> => ({
  kind: 'table',
  id: 'cifs-servers',
  title: 'SMB servers',
  note: count(rows.length),
  sources: ['cifs'],
  columns: serverColumns,
  rows,
  key: ({ connection, name }) => `${connection} ${name}`,
  sort: { column: 'server', descending: false },
  first: (server) => isCifsDown(server) || isOutOfCredits(server),
  entity: ({ name }) => entityRef('daemon', name),
  name: ({ name }) => plain(name),
  empty,
});

/** Share with its place in the list, which distinguishes sessions of one share. */
type ShareRow = CifsShareRate & { readonly key: string };

const shareColumns: readonly Column<ShareRow>[] = [
  { id: 'share', title: 'SHARE', about: 'Server and share.', width: 20, widest: 40, grow: true, rank: 0, value: ({ name }) => plain(name) },
  textColumn({ id: 'state', title: 'STATE', about: 'DISCONNECTED until the share is reconnected.', vocabulary: 'fixed', width: 12, rank: 0, value: ({ isDisconnected }) => (isDisconnected ? 'DISCONNECTED' : 'connected') }),
  countColumn({ id: 'requests', title: 'SMB/s', about: 'Requests per second.', width: 6, rank: 0, value: ({ requestsPerSec }) => requestsPerSec }),
  rateColumn({ id: 'read', title: 'READ/s', about: 'Bytes read per second.', width: 6, rank: 0, value: ({ readBytesPerSec }) => readBytesPerSec }),
  rateColumn({ id: 'written', title: 'WRITE/s', about: 'Bytes written per second.', width: 7, rank: 0, value: ({ writtenBytesPerSec }) => writtenBytesPerSec }),
  countColumn({ id: 'failed', title: 'FAIL/s', about: 'Failed requests per second; many of them are lookups of files that do not exist.', width: 6, rank: 1, zero: '·', value: ({ failedPerSec }) => failedPerSec }),
]; // prettier-ignore

export const cifsSharesSection = (shares: readonly CifsShareRate[], empty: NothingWords): TableSection<ShareRow> => ({
  kind: 'table',
  id: 'cifs-shares',
  title: 'SMB shares',
  note: count(shares.length),
  sources: ['cifs'],
  columns: shareColumns,
  rows: shares.map((share, i) => ({ ...share, key: `${i} ${share.name}` })),
  key: ({ key }) => key,
  sort: { column: 'requests', descending: true },
  name: ({ name }) => plain(name),
  empty,
});
