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

/** Faults of PostgreSQL, as versions 13 to 17 show them. */
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
]; // prettier-ignore
