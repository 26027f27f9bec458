import {
  CONNECTIONS_PCT,
  gradeOf,
  IDLE_IN_TRANSACTION_SECONDS,
  LOCK_WAIT_SECONDS,
  REPLICATION_LAG_SECONDS,
  TRANSACTION_SECONDS,
  XID_AGE,
} from '../../entities/databases/limits.ts';
import { isIdleInTransaction, lockWaitSeconds } from '../../entities/databases/sessions.ts';
import { databaseRef, sessionRef } from '../../findings/entity-ref.ts';
import { label, plain } from '../../lib/plain.ts';
import { count, NONE } from '../../lib/units.ts';
import type { DatabaseSession } from '../../sources/databases/session.ts';
import { ageColumn, bytesColumn, countColumn, numberColumn, percentColumn, textColumn, totalColumn } from '../../ui/kit/columns.ts'; // prettier-ignore
import type { Column, TableSection } from '../pane.ts';
import { problemColumn, serverColumn, serverTable } from './server-table.ts';
import { versionOf } from './server-version.ts';
import type { DatabasesModel } from './pane.ts';
import type { LockRow, ReplicationRow, ServerRow, SessionRow } from './rows.ts';

const wait = ({ waitType, wait: event }: DatabaseSession): string =>
  waitType === undefined ? '' : label(plain(`${waitType}:${event ?? ''}`));
const query = (session: DatabaseSession | undefined): string => plain(session?.query ?? '').replaceAll(/\s+/g, ' ');

const serverColumns: readonly Column<ServerRow>[] = [
  { ...serverColumn('PostgreSQL by the port of its socket, in a container also by the pid of its postmaster; MySQL by the name of its socket.', 17), widest: 24 },
  textColumn({ id: 'version', title: 'VERSION', about: 'Version of the server.', width: 9, rank: 2, value: ({ version }) => versionOf(version) }),
  textColumn({ id: 'role', title: 'ROLE', about: 'primary, standby in recovery, replica, node of Galera.', vocabulary: 'fixed', width: 8, rank: 1, value: ({ role }) => role }),
  totalColumn({ id: 'sessions', title: 'SESSIONS', about: 'Client sessions.', width: 8, rank: 0, role: ({ sessions, limit }) => (sessions !== undefined && limit ? (gradeOf((100 * sessions) / limit, CONNECTIONS_PCT) ?? 'text') : 'text'), value: ({ sessions }) => sessions }),
  totalColumn({ id: 'limit', title: 'LIMIT', about: 'max_connections.', width: 6, rank: 1, value: ({ limit }) => limit }),
  totalColumn({ id: 'active', title: 'ACTIVE', about: 'Sessions that execute a statement.', width: 6, rank: 0, value: ({ active }) => active }),
  totalColumn({ id: 'blocked', title: 'BLOCKED', about: 'Sessions that wait for a lock.', width: 7, rank: 0, value: ({ waiting }) => waiting }),
  ageColumn({ id: 'oldest', title: 'OLDEST', about: 'Age of the oldest transaction.', width: 7, rank: 0, value: ({ oldestSeconds }) => oldestSeconds }),
  countColumn({ id: 'commits', title: 'COMMIT/s', about: 'Commits per second, all databases.', width: 8, rank: 1, value: ({ commitsPerSec }) => commitsPerSec }),
  percentColumn({ id: 'hit', title: 'HIT%', about: 'Blocks found in shared buffers, of those requested since the reading before.', width: 6, rank: 2, value: ({ hitPct }) => hitPct }),
  countColumn({ id: 'history', title: 'HISTORY', about: 'InnoDB: undo records that purge has not removed.', width: 7, rank: 3, missing: '', value: ({ history }) => history }),
  countColumn({ id: 'xid', title: 'XID AGE', about: 'PostgreSQL: transactions since the oldest frozen id; writes stop at 2.1G.', width: 7, rank: 2, missing: '', role: ({ xidAge }) => gradeOf(xidAge, XID_AGE) ?? 'text', value: ({ xidAge }) => xidAge }),
  problemColumn('Why it was not read.', 1),
]; // prettier-ignore

export const serversSection = ({ servers, serversEmpty, unreadElsewhere }: DatabasesModel): TableSection<ServerRow> => ({
  ...serverTable({ id: 'servers', title: 'Servers', sources: ['postgresql-servers', 'postgresql-activity', 'mysql-servers', 'mysql-activity'], columns: serverColumns }, servers, serversEmpty),
  ...(unreadElsewhere !== undefined && servers.length > 0 && { note: `${count(servers.length)}, in containers ${unreadElsewhere}` }),
}); // prettier-ignore

const lockColumns: readonly Column<LockRow>[] = [
  { id: 'session', title: 'SESSION', about: 'Holder, and below it the sessions that wait for it.', width: 14, widest: 26, rank: 0, value: ({ place }) => place, text: ({ depth, session, pid }) => `${'  '.repeat(depth)}${plain(session?.application ?? session?.user ?? (pid === 0 ? 'prepared transaction' : pid === undefined ? 'holder unknown' : NONE))}` },
  numberColumn({ id: 'pid', title: 'PID', about: 'pid of its backend; connection id of MySQL.', width: 7, rank: 0, missing: '', value: ({ pid }) => (pid === 0 ? undefined : pid) }),
  totalColumn({ id: 'behind', title: 'BLOCKS', about: 'Sessions that wait for it, directly or through others.', width: 6, rank: 0, missing: '', value: ({ depth, behind }) => (depth === 0 ? behind : undefined) }),
  ageColumn({ id: 'waits', title: 'WAITS', about: 'Time for which it waits for the lock; where the server does not measure it, time of its statement.', width: 6, rank: 0, missing: '', role: ({ depth, session }) => (depth === 0 ? 'text' : (gradeOf(session && lockWaitSeconds(session), LOCK_WAIT_SECONDS) ?? 'text')), value: ({ depth, session }) => (depth === 0 ? undefined : session && lockWaitSeconds(session)) }),
  ageColumn({ id: 'transaction', title: 'XACT', about: 'Age of its transaction.', width: 7, rank: 3, value: ({ session }) => session?.transactionSeconds }),
  textColumn({ id: 'state', title: 'STATE', about: 'State of the session.', vocabulary: 'fixed', width: 19, rank: 1, value: ({ session }) => session?.state && label(session.state) }),
  textColumn({ id: 'database', title: 'DATABASE', about: 'Its database.', width: 10, rank: 4, value: ({ session }) => session?.database && plain(session.database) }),
  textColumn({ id: 'server', title: 'SERVER', about: 'Server of the session.', vocabulary: 'fixed', width: 17, rank: 4, value: ({ server }) => server }),
  textColumn({ id: 'query', title: 'STATEMENT', about: 'Start of its last statement, without literals.', width: 20, grow: true, rank: 1, value: ({ session }) => query(session) }),
]; // prettier-ignore

export const locksSection = ({ locks, empty }: DatabasesModel): TableSection<LockRow> => ({
  kind: 'table',
  id: 'locks',
  title: 'Locks',
  ...(locks.length > 0 && { note: `${locks.filter(({ depth }) => depth > 0).length} waiting` }),
  sources: ['postgresql-activity', 'mysql-activity'],
  columns: lockColumns,
  rows: locks,
  key: ({ server, pid, place }) => `${server}/${pid ?? ''} ${place}`,
  sort: { column: 'session', descending: false },
  entity: ({ server, pid }) => (pid === undefined ? databaseRef(server) : sessionRef(server, pid)),
  name: ({ session, pid }) =>
    plain(session?.application ?? session?.user ?? (pid === undefined ? 'holder unknown' : `backend ${pid}`)),
  empty,
});

const sessionColumns: readonly Column<SessionRow>[] = [
  numberColumn({ id: 'pid', title: 'PID', about: 'pid of its backend; connection id of MySQL.', width: 7, rank: 0, value: ({ session }) => session.pid }),
  textColumn({ id: 'application', title: 'APPLICATION', about: 'application_name, else its kind.', width: 14, widest: 30, rank: 0, value: ({ session }) => plain(session.application ?? session.kind ?? '') }),
  textColumn({ id: 'user', title: 'USER', about: 'Role.', width: 10, rank: 2, value: ({ session }) => session.user && plain(session.user) }),
  textColumn({ id: 'database', title: 'DATABASE', about: 'Its database.', width: 10, rank: 2, value: ({ session }) => session.database && plain(session.database) }),
  textColumn({ id: 'client', title: 'CLIENT', about: 'Address; blank for the socket of this host.', width: 15, rank: 3, value: ({ session }) => session.client && plain(session.client) }),
  textColumn({ id: 'state', title: 'STATE', about: 'active, idle, idle in transaction.', vocabulary: 'fixed', width: 19, rank: 0, value: ({ session }) => session.state && label(session.state) }),
  ageColumn({ id: 'for', title: 'FOR', about: 'Time in that state.', width: 6, rank: 0, role: ({ session }) => (isIdleInTransaction(session) ? (gradeOf(session.stateSeconds, IDLE_IN_TRANSACTION_SECONDS) ?? 'text') : 'text'), value: ({ session }) => session.stateSeconds }),
  ageColumn({ id: 'transaction', title: 'XACT', about: 'Age of its transaction.', width: 6, rank: 0, role: ({ session }) => (session.kind === 'client backend' && !isIdleInTransaction(session) ? (gradeOf(session.transactionSeconds, TRANSACTION_SECONDS) ?? 'text') : 'text'), value: ({ session }) => session.transactionSeconds }),
  textColumn({ id: 'wait', title: 'WAIT', about: 'What it waits for: type and event.', width: 20, widest: 28, rank: 1, value: ({ session }) => wait(session) }),
  textColumn({ id: 'server', title: 'SERVER', about: 'Server of the session.', vocabulary: 'fixed', width: 17, rank: 3, value: ({ server }) => server }),
  textColumn({ id: 'query', title: 'STATEMENT', about: 'Start of its last statement, without literals.', width: 20, grow: true, rank: 3, value: ({ session }) => query(session) }),
]; // prettier-ignore

export const sessionsSection = ({ sessions, empty }: DatabasesModel): TableSection<SessionRow> => ({
  kind: 'table',
  id: 'sessions',
  title: 'Sessions',
  ...(sessions.length > 0 && { note: count(sessions.length) }),
  sources: ['postgresql-activity', 'mysql-activity'],
  columns: sessionColumns,
  rows: sessions,
  key: ({ server, session }) => sessionRef(server, session.pid).id,
  sort: { column: 'transaction', descending: true },
  entity: ({ server, session }) => sessionRef(server, session.pid),
  name: ({ session }) => plain(session.application ?? `backend ${session.pid}`),
  rowRole: ({ session }) => (session.state === 'idle' || session.state === undefined ? 'dim' : undefined),
  empty,
});

const replicationColumns: readonly Column<ReplicationRow>[] = [
  { id: 'server', title: 'SERVER', about: 'PostgreSQL and MongoDB by port, MySQL by the name of its socket.', vocabulary: 'fixed', width: 17, rank: 1, value: ({ server }) => server },
  { id: 'kind', title: 'KIND', about: 'replica of it, slot, itself as a standby, channel from its source, node of Galera, or member of a replica set.', vocabulary: 'fixed', width: 8, rank: 0, value: ({ kind }) => kind },
  { id: 'name', title: 'NAME', about: 'Name of the replica, slot, channel or member.', width: 20, widest: 40, rank: 0, value: ({ name }) => plain(name) },
  ageColumn({ id: 'lag', title: 'LAG', about: 'Time that a replica is behind.', width: 7, rank: 0, missing: '', role: ({ lagSeconds }) => gradeOf(lagSeconds, REPLICATION_LAG_SECONDS) ?? 'text', value: ({ lagSeconds }) => lagSeconds }),
  bytesColumn({ id: 'bytes', title: 'WAL', about: 'WAL not replayed there, or kept for a slot.', width: 8, rank: 0, value: ({ bytes }) => bytes }),
  textColumn({ id: 'state', title: 'STATE', about: 'State, of slots wal_status, of MySQL both threads, of MongoDB that of the member.', vocabulary: 'fixed', width: 20, grow: true, rank: 0, role: ({ severity }) => severity ?? 'text', value: ({ state }) => state && label(state) }),
]; // prettier-ignore

export const replicationSection = ({ replication, serversEmpty }: DatabasesModel): TableSection<ReplicationRow> => ({
  kind: 'table',
  id: 'replication',
  title: 'Replication',
  ...(replication.length > 0 && { note: count(replication.length) }),
  sources: ['postgresql-servers', 'mysql-servers', 'mongodb-servers'],
  columns: replicationColumns,
  rows: replication,
  key: ({ server, kind, name }) => `${server} ${kind} ${name}`,
  sort: { column: 'bytes', descending: true },
  name: ({ name }) => plain(name),
  empty: serversEmpty,
});
