import type { NfsOperationRate, NfsRate } from '../../entities/storage/nfs-rates.ts';
import { entityRef } from '../../findings/entity-ref.ts';
import { plain } from '../../lib/plain.ts';
import { count } from '../../lib/units.ts';
import { grade, limits } from '../../thresholds.ts';
import type { NothingWords } from '../../timeline/reading-state.ts';
import { countColumn, figureColumn, msColumn, percentColumn, textColumn } from '../../ui/kit/columns.ts';
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

interface OperationRow extends NfsOperationRate {
  readonly target: string;
}

const operationColumns: readonly Column<OperationRow>[] = [
  { id: 'operation', title: 'OPERATION', about: 'Operation of NFS.', width: 14, widest: 22, rank: 0, value: ({ name }) => plain(name) },
  textColumn({ id: 'mount', title: 'MOUNT', about: 'Mount point.', width: 14, widest: 32, grow: true, rank: 0, value: ({ target }) => plain(target) }),
  countColumn({ id: 'ops', title: 'OPS/s', about: 'Requests per second.', width: 6, rank: 0, value: (row) => row.requestsPerSec }),
  percentColumn({ id: 'retrans', title: 'RETRANS', about: 'Requests that were sent again, of all.', width: 7, rank: 0, value: (row) => row.retransmitPct }),
  msColumn({ id: 'queue', title: 'QUEUE', about: 'In the queue of the client, mean.', width: 7, rank: 1, value: (row) => row.queueMs }),
  msColumn({ id: 'rtt', title: 'RTT', about: 'From sending a request to its reply, mean.', width: 7, rank: 0, value: (row) => row.rttMs }),
  msColumn({ id: 'exe', title: 'EXE', about: 'Execution of a request, from first to last, mean.', width: 7, rank: 0, value: (row) => row.executeMs }),
  countColumn({ id: 'timeouts', title: 'TMO/s', about: 'Major timeouts per second.', width: 6, rank: 1, zero: '·', value: (row) => row.timeoutsPerSec }),
  countColumn({ id: 'errors', title: 'ERR/s', about: 'Requests that ended with an error, per second (v5.3).', width: 6, rank: 2, zero: '·', value: (row) => row.errorsPerSec }),
]; // prettier-ignore

/** Operations of all NFS mounts over the last half minute. */
export const nfsOperationsSection = (mounts: readonly NfsRate[], empty: NothingWords): TableSection<OperationRow> => {
  const rows = mounts.flatMap(({ target, operations }) => operations.map((one) => ({ ...one, target })));
  return {
    kind: 'table',
    id: 'nfs-operations',
    title: 'NFS operations',
    note: count(rows.length),
    sources: ['nfs-mounts'],
    columns: operationColumns,
    rows,
    key: ({ target, name }) => `${target} ${name}`,
    sort: { column: 'ops', descending: true },
    entity: ({ target }) => entityRef('mount', target),
    name: ({ target }) => plain(target),
    empty,
  };
};
