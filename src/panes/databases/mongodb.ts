import { connectionsSeverity } from '../../entities/databases/connections.ts';
import { gradeOf, IDLE_IN_TRANSACTION_SECONDS, LOCK_WAIT_SECONDS, OPERATION_SECONDS } from '../../entities/databases/limits.ts'; // prettier-ignore
import {
  cacheOf,
  cacheSeverity,
  connectionLimit,
  lagSeconds,
  latencyMs,
  memberSeverity,
  replicaSets,
  roleSeverity,
  stateOfMember,
  ticketsSeverity,
} from '../../entities/databases/mongodb.ts';
import { serversRead, type SeenServers } from '../../entities/databases/seen-servers.ts';
import { databaseRef } from '../../findings/entity-ref.ts';
import { label, plain } from '../../lib/plain.ts';
import { count } from '../../lib/units.ts';
import type { MongodbActivity, MongodbOperation } from '../../sources/databases/mongodb-operations.ts';
import type { MongodbOplog } from '../../sources/databases/mongodb-oplog.ts';
import type { MongodbServer } from '../../sources/databases/mongodb.ts';
import { delta } from '../../timeline/moment.ts';
import type { NothingWords } from '../../timeline/reading-state.ts';
import { ageColumn, bytesColumn, countColumn, msColumn, percentColumn, textColumn, totalColumn } from '../../ui/kit/columns.ts'; // prettier-ignore
import type { Column, TableSection } from '../pane.ts';
import type { ReplicationRow } from './rows.ts';
import { problemColumn, serverColumn, serverTable, unreadServers } from './server-table.ts';
import { versionOf } from './server-version.ts';

type Severity = 'crit' | 'warn' | undefined;

export interface MongodbRow {
  readonly server: string;
  readonly version?: string | undefined;
  readonly role?: string | undefined;
  readonly roleSeverity?: Severity;
  readonly set?: string | undefined;
  readonly connections?: number | undefined;
  readonly limit?: number | undefined;
  readonly operationsPerSec?: number | undefined;
  readonly readMs?: number | undefined;
  readonly writeMs?: number | undefined;
  readonly queued?: number | undefined;
  readonly ticketsSeverity?: Severity;
  readonly cacheBytes?: number | undefined;
  readonly cachePct?: number | undefined;
  readonly dirtyPct?: number | undefined;
  readonly cacheSeverity?: Severity;
  readonly evictionsPerSec?: number | undefined;
  readonly windowSeconds?: number | undefined;
  /** Reason that it, or a part of it, was not read. */
  readonly problem?: string | undefined;
}

export function mongodbRows(
  seen: SeenServers<MongodbServer>,
  oplogs: SeenServers<MongodbOplog>,
): readonly MongodbRow[] {
  const windows = new Map(serversRead(oplogs).map(({ server, state }) => [server, state.windowSeconds]));
  const rows = serversRead(seen).map((one): MongodbRow => {
    const { server, state, before, seconds } = one;
    const cache = cacheOf(one);
    return {
      server,
      version: state.version,
      role: state.role,
      roleSeverity: roleSeverity(state),
      set: state.set,
      connections: state.connections,
      limit: connectionLimit(state),
      operationsPerSec: delta(state.operations, before?.operations, seconds),
      readMs: latencyMs('reads', one),
      writeMs: latencyMs('writes', one),
      queued: state.queued,
      ticketsSeverity: ticketsSeverity(one),
      cacheBytes: state.cache.maxBytes,
      cachePct: cache.usedPct,
      dirtyPct: cache.dirtyPct,
      cacheSeverity: cacheSeverity(cache),
      evictionsPerSec: cache.evictionsPerSec,
      windowSeconds: windows.get(server),
      problem: [...new Set(state.errors.values())].join('; ') || undefined,
    };
  });
  return [...rows, ...unreadServers(seen)];
}

/** Members of the replica sets, for the table of replication. */
export const mongodbReplicationRows = (seen: SeenServers<MongodbServer>): readonly ReplicationRow[] =>
  replicaSets(serversRead(seen)).flatMap(({ server, set }) =>
    set.members.map((member): ReplicationRow => ({
      server,
      kind: 'member',
      name: member.name,
      state: stateOfMember(member),
      severity: memberSeverity(member, set),
      lagSeconds: lagSeconds(member, set),
      bytes: undefined,
    })),
  );

const columns: readonly Column<MongodbRow>[] = [
  serverColumn('Engine and port, and pid where two have the same.', 15),
  textColumn({ id: 'version', title: 'VERSION', about: 'Version of the server, of FerretDB its own.', width: 8, rank: 2, value: ({ version }) => versionOf(version) }),
  textColumn({ id: 'role', title: 'ROLE', about: 'primary, secondary, arbiter; router of a sharded cluster; standalone; no data: recovering or in its start.', vocabulary: 'fixed', width: 10, rank: 0, role: ({ roleSeverity }) => roleSeverity ?? 'text', value: ({ role }) => role }),
  textColumn({ id: 'set', title: 'SET', about: 'Name of its replica set.', width: 8, rank: 2, value: ({ set }) => set && plain(set) }),
  totalColumn({ id: 'connections', title: 'CONNS', about: 'Client connections.', width: 6, rank: 0, role: ({ connections, limit }) => connectionsSeverity(connections, limit) ?? 'text', value: ({ connections }) => connections }),
  totalColumn({ id: 'limit', title: 'LIMIT', about: 'Connections in use and free.', width: 6, rank: 2, value: ({ limit }) => limit }),
  countColumn({ id: 'operations', title: 'OPS/s', about: 'Operations per second.', width: 6, rank: 0, value: ({ operationsPerSec }) => operationsPerSec }),
  msColumn({ id: 'read', title: 'READ', about: 'Mean time of a read since the reading before.', width: 7, rank: 1, value: ({ readMs }) => readMs }),
  msColumn({ id: 'write', title: 'WRITE', about: 'Mean time of a write since the reading before.', width: 7, rank: 1, value: ({ writeMs }) => writeMs }),
  totalColumn({ id: 'queued', title: 'QUEUED', about: 'Operations that wait for a ticket or a lock.', width: 6, rank: 0, role: ({ ticketsSeverity: severity }) => severity ?? 'text', value: ({ queued }) => queued }),
  bytesColumn({ id: 'cache', title: 'CACHE', about: 'Configured size of the cache of WiredTiger.', width: 6, rank: 2, missing: '', value: ({ cacheBytes }) => cacheBytes }),
  percentColumn({ id: 'used', title: 'USED%', about: 'Cache in use; 80 % is normal, from 95 % operations evict pages themselves.', width: 6, rank: 0, missing: '', role: ({ cacheSeverity: severity }) => severity ?? 'text', value: ({ cachePct }) => cachePct }),
  percentColumn({ id: 'dirty', title: 'DIRTY%', about: 'Cache with changes not yet written; from 20 % operations evict pages themselves.', width: 6, rank: 1, missing: '', role: ({ cacheSeverity: severity }) => severity ?? 'text', value: ({ dirtyPct }) => dirtyPct }),
  countColumn({ id: 'evicted', title: 'EVICT/s', about: 'Pages per second that client operations had to evict themselves.', width: 7, rank: 1, missing: '', zero: '·', role: ({ cacheSeverity: severity }) => severity ?? 'text', value: ({ evictionsPerSec }) => evictionsPerSec }),
  ageColumn({ id: 'window', title: 'OPLOG', about: 'Oplog window: time for which a member may be away without copying all data again.', width: 6, rank: 2, missing: '', value: ({ windowSeconds }) => windowSeconds }),
  problemColumn('Why it, or a part of it, was not read.', 0),
]; // prettier-ignore

export const mongodbSection = (rows: readonly MongodbRow[], empty: NothingWords): TableSection<MongodbRow> =>
  serverTable(
    { id: 'mongodb', title: 'MongoDB', sources: ['mongodb-servers', 'mongodb-oplogs'], columns },
    rows,
    empty,
  );

export interface OperationRow {
  readonly server: string;
  readonly operation: MongodbOperation;
  /** Place in the reply: sessions without an operation have no other name. */
  readonly place: number;
}

export const operationRows = (seen: SeenServers<MongodbActivity>): readonly OperationRow[] =>
  serversRead(seen).flatMap(({ server, state }) => state.operations.map((operation, place) => ({ server, operation, place }))); // prettier-ignore

/** Of one that waits for a lock by the limits of that, of others by those of its kind; an index build has none. */
function secondsSeverity({ operation }: OperationRow): Severity {
  if (operation.waitsForLock) return gradeOf(operation.seconds, LOCK_WAIT_SECONDS);
  return operation.message === undefined ? gradeOf(operation.seconds, OPERATION_SECONDS) : undefined;
}

const waits = ({ waitsForLock, waitsForFlowControl, lock }: MongodbOperation): string =>
  waitsForLock ? `lock${lock === undefined ? '' : ` ${lock}`}` : waitsForFlowControl ? 'flow control' : '';

const operationColumns: readonly Column<OperationRow>[] = [
  textColumn({ id: 'opid', title: 'OPID', about: 'Number for db.killOp(); a session without an operation has none.', width: 9, rank: 0, value: ({ operation }) => operation.id && plain(operation.id) }),
  textColumn({ id: 'kind', title: 'OP', about: 'query, command, update, getmore; idle xact: left open by its client.', vocabulary: 'fixed', width: 9, widest: 16, rank: 0, value: ({ operation }) => operation.kind && label(operation.kind) }),
  textColumn({ id: 'namespace', title: 'COLLECTION', about: 'Database and collection.', width: 16, widest: 40, rank: 0, value: ({ operation }) => operation.namespace && plain(operation.namespace) }),
  ageColumn({ id: 'seconds', title: 'RUNS', about: 'Time for which it runs.', width: 6, rank: 0, role: (row) => secondsSeverity(row) ?? 'text', value: ({ operation }) => operation.seconds }),
  ageColumn({ id: 'transaction', title: 'XACT', about: 'Age of its transaction.', width: 6, rank: 1, missing: '', role: ({ operation }) => (operation.kind === 'idle xact' ? (gradeOf(operation.inactiveSeconds ?? operation.transactionSeconds, IDLE_IN_TRANSACTION_SECONDS) ?? 'text') : 'text'), value: ({ operation }) => operation.transactionSeconds }),
  textColumn({ id: 'waits', title: 'WAITS FOR', about: 'Lock that it waits for, with its mode, or flow control.', vocabulary: 'fixed', width: 9, rank: 0, value: ({ operation }) => waits(operation) }),
  textColumn({ id: 'lock', title: 'LOCK', about: 'Strongest lock that it has: W exclusive, R shared, w and r of an intent.', vocabulary: 'fixed', width: 4, rank: 1, value: ({ operation }) => (operation.waitsForLock ? '' : (operation.lock ?? '')) }),
  textColumn({ id: 'plan', title: 'PLAN', about: 'COLLSCAN reads the whole collection, IXSCAN an index.', width: 10, widest: 30, rank: 1, value: ({ operation }) => operation.plan && plain(operation.plan) }),
  textColumn({ id: 'application', title: 'APPLICATION', about: 'appName, else the address of its client.', width: 14, widest: 30, rank: 1, value: ({ operation }) => plain(operation.application ?? operation.client ?? '') }),
  textColumn({ id: 'server', title: 'SERVER', about: 'Its server.', vocabulary: 'fixed', width: 15, rank: 3, value: ({ server }) => server }),
  textColumn({ id: 'message', title: 'PROGRESS', about: 'Progress of an index build.', width: 10, grow: true, rank: 2, value: ({ operation }) => operation.message && plain(operation.message) }),
]; // prettier-ignore

export const operationsSection = (rows: readonly OperationRow[], empty: NothingWords): TableSection<OperationRow> => ({
  kind: 'table',
  id: 'operations',
  title: 'Operations',
  ...(rows.length > 0 && { note: count(rows.length) }),
  sources: ['mongodb-operations'],
  columns: operationColumns,
  rows,
  key: ({ server, operation, place }) => `${server} ${operation.id ?? `session ${place}`}`,
  sort: { column: 'seconds', descending: true },
  entity: ({ server }) => databaseRef(server),
  name: ({ operation }) => plain(operation.namespace ?? operation.id ?? 'operation'),
  empty,
});
