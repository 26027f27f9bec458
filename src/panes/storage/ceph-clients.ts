import type { CephClientUse } from '../../entities/storage/ceph-requests.ts';
import { plain } from '../../lib/plain.ts';
import { count } from '../../lib/units.ts';
import type { NothingWords } from '../../timeline/reading-state.ts';
import { ageColumn, textColumn, totalColumn } from '../../ui/kit/columns.ts';
import type { Column, TableSection } from '../pane.ts';

const stateOf = ({ client }: CephClientUse): string =>
  client.isBlocklisted ? 'blocklisted' : client.awaitsMap ? 'waits for OSD map' : 'ok';

const columns: readonly Column<CephClientUse>[] = [
  { id: 'client', title: 'CLIENT', about: 'RBD device or mount point, else the name of the client.', width: 14, widest: 32, rank: 0, value: ({ subject }) => plain(subject) },
  textColumn({ id: 'kind', title: 'KIND', about: 'RBD or CephFS.', vocabulary: 'fixed', width: 6, rank: 0, value: ({ client }) => client.kind }),
  totalColumn({ id: 'requests', title: 'INFL', about: 'Requests in flight.', width: 4, rank: 0, value: ({ client }) => client.requests.length + client.left }),
  ageColumn({ id: 'oldest', title: 'OLDEST', about: 'Time for which its oldest request was seen in flight.', width: 7, rank: 0, missing: '', value: ({ oldest, oldestSeconds }) => (oldest === undefined ? undefined : oldestSeconds) }),
  textColumn({ id: 'daemon', title: 'WAITS FOR', about: 'OSD or MDS of the oldest request.', width: 9, rank: 0, value: ({ oldest }) => oldest && (oldest.daemon ?? 'no up OSD') }),
  textColumn({ id: 'operation', title: 'OPERATION', about: 'Operation of the oldest request.', width: 10, rank: 1, value: ({ oldest }) => oldest && plain(oldest.operation) }),
  totalColumn({ id: 'homeless', title: 'HOMELESS', about: 'Requests whose PG has no OSD that is up.', width: 8, rank: 1, value: ({ client }) => client.homeless }),
  textColumn({ id: 'state', title: 'STATE', about: 'blocklisted: the cluster evicted it, all I/O fails.', vocabulary: 'fixed', width: 11, grow: true, rank: 0, role: ({ client }) => (client.isBlocklisted ? 'crit' : 'text'), value: stateOf }),
]; // prettier-ignore

/** Clients of Ceph in the kernel, with their requests in flight. */
export const cephClientsSection = (rows: readonly CephClientUse[], empty: NothingWords): TableSection<CephClientUse> => ({
  kind: 'table',
  id: 'ceph-clients',
  title: 'Ceph clients',
  note: count(rows.length),
  sources: ['ceph-clients', 'filesystems'],
  columns,
  rows,
  key: ({ client }) => client.name,
  sort: { column: 'oldest', descending: true },
  entity: ({ entity }) => entity,
  name: ({ subject }) => plain(subject),
  empty,
}); // prettier-ignore
