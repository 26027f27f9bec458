import {
  mysqlConnections,
  mysqlGalera,
  mysqlReplication,
  mysqlUnresponsive,
} from '../../../src/findings/databases/mysql-servers.ts';
import { mysqlIdleTransaction, mysqlLongTransaction } from '../../../src/findings/databases/mysql-sessions.ts';
import {
  postgresqlArchiver,
  postgresqlDeadlocks,
  postgresqlReplication,
  postgresqlUnresponsive,
  postgresqlWraparound,
} from '../../../src/findings/databases/postgresql-servers.ts';
import {
  postgresqlConnections,
  postgresqlIdleTransaction,
  postgresqlLongTransaction,
} from '../../../src/findings/databases/postgresql-sessions.ts';
import type { DaemonReply } from '../../../src/host/host.ts';
import { faultOn, type Fault } from '../../helpers/found-on.ts';

const vm = faultOn('cloud-vm', 10);
const SOCKET = '/var/run/postgresql/.s.PGSQL.5432';
const replies = (request: string, reply: DaemonReply) => ({
  [`/var/run/postgresql/.s.PGSQL.[0-9][0-9][0-9][0-9] < ${request}`]: () => new Map([[SOCKET, reply]]),
});
const answer = (request: string, value: unknown) => replies(request, { ok: true, text: JSON.stringify(value), tookMs: 1, at: 1000 }); // prettier-ignore
const activity = (session: object, idle = 0) =>
  answer('activity', { sessions: [{ pid: 77, application_name: 'shop', backend_type: 'client backend', ...session }], states: [{ state: 'idle', number: idle }] }); // prettier-ignore
const server = (more: object) => answer('server', { server: [{ version: '15.18', max_connections: 100, archive_mode: 'on' }], ...more }); // prettier-ignore

const mysqlReplies = (request: string, reply: DaemonReply) => ({
  [`/var/run/mysqld/mysqld*.sock < ${request}`]: () => new Map([['/var/run/mysqld/mysqld.sock', reply]]),
});
const mysqlAnswer = (request: string, value: unknown) => mysqlReplies(request, { ok: true, text: JSON.stringify(value), tookMs: 1, at: 1000 }); // prettier-ignore
const mysqlSession = (session: object) =>
  mysqlAnswer('activity', { sessions: [{ id: '77', user: 'shop', ...session }] });
const variables = (values: Readonly<Record<string, string>>) => Object.entries(values).map(([variable_name, value]) => ({ variable_name, value })); // prettier-ignore
const mysqlServer = (status: Readonly<Record<string, string>>, replication: readonly object[] = []) =>
  mysqlAnswer('server', { variables: variables({ max_connections: '100', wsrep_on: 'OFF', ...status }), replication }); // prettier-ignore

/** Faults of PostgreSQL, as versions 13 to 17 show them, and of MariaDB 10.11 (Galera as its node of a lab wrote it). */
export const databasesFaults: readonly Fault[] = [
  vm(postgresqlIdleTransaction, [activity({ state: 'idle in transaction', state_seconds: 90, transaction_seconds: 91 })], ['warn', 'shop[77]', 'idle in transaction for 1m30s, postgresql:5432']),
  vm(postgresqlLongTransaction, [activity({ state: 'active', transaction_seconds: 30_000 })], ['warn', 'shop[77]', 'transaction runs for 8h20m, vacuum is held back, postgresql:5432']),
  vm(postgresqlConnections, [{ ...activity({ state: 'active' }, 96), ...server({}) }], ['crit', 'postgresql:5432', '96 of 100 connections, 96%, 96 idle']),
  vm(postgresqlUnresponsive, [replies('server', { ok: false, why: 'failed', detail: 'too many connections: sorry, too many clients already' })], ['crit', 'postgresql:5432', 'refuses sessions, too many connections']),
  vm(postgresqlReplication, [server({ replication: [{ pid: 8, application_name: 'standby1', state: 'streaming', lag_seconds: 400, lag_bytes: 1_073_741_824 }] })], ['crit', 'postgresql:5432', 'replica standby1 is 6m40s behind, 1.0G']),
  vm(postgresqlReplication, [server({ slots: [{ slot: { slot_name: 'old', slot_type: 'physical', active: false, wal_status: 'lost' }, retained_bytes: 0 }] })], ['crit', 'postgresql:5432', 'slot old lost, keeps 0B of WAL']),
  vm(postgresqlArchiver, [server({ archiver: [{ archived_count: 3, failed_count: 9, last_failed_wal: '000000010000000000000007', archived_seconds: 600, failed_seconds: 12 }] })], ['warn', 'postgresql:5432', 'archiver fails, 9 failures, last 12 s ago']),
  vm(postgresqlWraparound, [server({ databases: [{ datname: 'shop', xid_age: 1_200_000_000, mxid_age: 5 }] })], ['crit', 'postgresql:5432', 'transaction ids of shop are 1.2G old, writes stop at 2.1G']),
  vm(postgresqlDeadlocks, [0, 9].map((deadlocks) => server({ databases: [{ datname: 'shop', deadlocks }] })), ['warn', 'postgresql:5432', '54 deadlocks/min in shop']),
  vm(mysqlIdleTransaction, [mysqlSession({ command: 'Sleep', seconds: '90', transaction_seconds: '91' })], ['warn', 'shop[77]', 'idle in transaction for 1m30s, mysql:mysqld.sock']),
  vm(mysqlLongTransaction, [mysqlSession({ command: 'Query', seconds: '3', transaction_seconds: '30000' })], ['warn', 'shop[77]', 'transaction runs for 8h20m, purge is held back, mysql:mysqld.sock']),
  vm(mysqlConnections, [mysqlServer({ Threads_connected: '85', Connection_errors_max_connections: '3' })], ['warn', 'mysql:mysqld.sock', '85 of 100 connections, 85%']),
  vm(mysqlConnections, ['3', '8'].map((refused) => mysqlServer({ Threads_connected: '70', Connection_errors_max_connections: refused })), ['crit', 'mysql:mysqld.sock', '70 of 100 connections, 70%, 5 refused (error 1040)']),
  vm(mysqlUnresponsive, [mysqlReplies('server', { ok: false, why: 'failed', detail: 'too many connections: Too many connections' })], ['crit', 'mysql:mysqld.sock', 'refuses sessions, too many connections']),
  vm(mysqlReplication, [mysqlServer({}, [{ master_host: '192.0.2.7', slave_io_running: 'Yes', slave_sql_running: 'No', seconds_behind_master: null, last_io_errno: '0', last_sql_errno: '1062' }])], ['crit', 'mysql:mysqld.sock', 'replication stopped (SQL thread), error 1062, source 192.0.2.7']),
  vm(mysqlReplication, [mysqlServer({}, [{ channel_name: 'shop', source_host: '192.0.2.7', replica_io_running: 'Yes', replica_sql_running: 'Yes', seconds_behind_source: '400' }])], ['crit', 'mysql:mysqld.sock', 'replica is 6m40s behind, source 192.0.2.7']),
  vm(mysqlGalera, [mysqlServer({ wsrep_on: 'ON', wsrep_cluster_status: 'non-Primary', wsrep_ready: 'OFF', wsrep_cluster_size: '1', wsrep_connected: 'ON', wsrep_local_state_comment: 'Initialized' })], ['crit', 'mysql:mysqld.sock', 'Galera: non-Primary, statements refused, 1 node']),
  vm(mysqlGalera, [mysqlServer({ wsrep_on: 'ON', wsrep_cluster_status: 'Primary', wsrep_ready: 'ON', wsrep_cluster_size: '3', wsrep_local_state_comment: 'Donor/Desynced' })], ['warn', 'mysql:mysqld.sock', 'Galera: Donor/Desynced, 3 nodes']),
]; // prettier-ignore
