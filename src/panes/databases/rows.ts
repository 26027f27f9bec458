import { xidAge } from '../../entities/databases/postgresql-server.ts';
import { clientSessions, lockChains, transactions, waitingForUnknown } from '../../entities/databases/sessions.ts';
import { channelSeverity, galeraSeverity } from '../../entities/databases/mysql.ts';
import { mysqlName, postgresqlName } from '../../findings/entity-ref.ts';
import type { DaemonReply } from '../../host/host.ts';
import type { MysqlServer, mysqlServers } from '../../sources/databases/mysql.ts';
import type { PostgresqlWorkload } from '../../sources/databases/postgresql-workload.ts';
import type { PostgresqlServer, postgresqlServers } from '../../sources/databases/postgresql.ts';
import type { DatabaseActivity, DatabaseSession } from '../../sources/databases/session.ts';
import { delta, type Moment } from '../../timeline/moment.ts';
import { stateOfMissing, stateWords } from '../../timeline/reading-state.ts';

type Unread = { readonly missing: DaemonReply & { readonly ok: false } };

export interface ServerRow {
  /** `postgresql:5432`, `mysql:mysqld.sock`. */
  readonly server: string;
  readonly version: string | undefined;
  readonly role: string | undefined;
  readonly limit: number | undefined;
  /** Reason that it was not read. */
  readonly problem: string | undefined;
  readonly sessions: number | undefined;
  readonly active: number | undefined;
  readonly waiting: number | undefined;
  readonly oldestSeconds: number | undefined;
  readonly commitsPerSec: number | undefined;
  readonly hitPct: number | undefined;
  /** PostgreSQL: transactions since its oldest frozen id. */
  readonly xidAge: number | undefined;
  /** InnoDB: undo records that purge has not removed. */
  readonly history: number | undefined;
}

export interface SessionRow {
  readonly server: string;
  readonly session: DatabaseSession;
}

/** Line of a lock tree: depth 0 is the holder. */
export interface LockRow {
  readonly server: string;
  /** Undefined for a holder that no view has. */
  readonly pid: number | undefined;
  readonly session: DatabaseSession | undefined;
  readonly depth: number;
  readonly behind: number;
  /** Place in the trees. */
  readonly place: number;
}

/** Replica, slot or standby of a server, channel of a replica, node of a cluster. */
export interface ReplicationRow {
  readonly server: string;
  readonly kind: 'replica' | 'slot' | 'standby' | 'channel' | 'galera' | 'member';
  readonly name: string;
  readonly state: string | undefined;
  readonly severity: 'crit' | 'warn' | undefined;
  readonly lagSeconds: number | undefined;
  readonly bytes: number | undefined;
}

/** Sessions of a server that was read. */
export type NamedActivity = readonly [server: string, activity: DatabaseActivity];

export const activitiesOf = (
  servers: ReadonlyMap<string, DatabaseActivity | Unread> | undefined,
  name: (key: string) => string,
): readonly NamedActivity[] =>
  [...(servers ?? [])].flatMap(([key, one]) => ('sessions' in one ? [[name(key), one] as const] : []));

const ofSessions = (own: DatabaseActivity | undefined) => ({
  sessions: own && clientSessions(own),
  active: own && (own.states.get('active') ?? 0),
  waiting: own && own.sessions.filter(({ waitType }) => waitType === 'Lock').length,
  oldestSeconds: own && transactions(own)[0]?.transactionSeconds,
});

/** Share of pages found in memory, by their counters at two moments. */
function hitPctOf(
  now: { readonly hits: number | undefined; readonly reads: number | undefined },
  before: { readonly hits: number | undefined; readonly reads: number | undefined },
): number | undefined {
  const [hits, reads] = [delta(now.hits, before.hits, 1), delta(now.reads, before.reads, 1)];
  return hits === undefined || reads === undefined || hits + reads === 0 ? undefined : (100 * hits) / (hits + reads);
}

type PostgresqlSeen = Moment<{ seen: typeof postgresqlServers }>['seen'];
type MysqlSeen = Moment<{ seen: typeof mysqlServers }>['seen'];

export function postgresqlRow(
  port: string,
  seen: PostgresqlSeen,
  activity: DatabaseActivity | Unread | undefined,
  workload: PostgresqlWorkload | Unread | undefined,
): ServerRow {
  const reply = seen.now?.servers.get(port) ?? activity;
  const server = reply && 'databases' in reply ? reply : undefined;
  const earlier = seen.before?.servers.get(port);
  const before = earlier && 'databases' in earlier ? earlier : undefined;
  const sum = (
    of: PostgresqlServer | undefined,
    pick: (one: PostgresqlServer['databases'][number]) => number | undefined,
  ) => of?.databases.reduce((total, one) => total + (pick(one) ?? 0), 0);
  const pages = (of: PostgresqlServer | undefined) => ({
    hits: sum(of, (one) => one.blocksHit),
    reads: sum(of, (one) => one.blocksRead),
  });
  return {
    server: postgresqlName(port),
    version: server?.version,
    role: server?.inRecovery === undefined ? undefined : server.inRecovery ? 'standby' : 'primary',
    limit: server?.maxConnections,
    problem: reply && 'missing' in reply ? stateWords(stateOfMissing(reply.missing)) : refused(workload),
    ...ofSessions(activity && 'sessions' in activity ? activity : undefined),
    commitsPerSec: delta(
      sum(server, (one) => one.commits),
      sum(before, (one) => one.commits),
      seen.seconds,
    ),
    hitPct: hitPctOf(pages(server), pages(before)),
    xidAge: server && xidAge(server),
    history: undefined,
  };
}

/** Parts of the workload that were not read. */
const refused = (workload: PostgresqlWorkload | Unread | undefined): string | undefined =>
  workload && 'missing' in workload
    ? `workload: ${stateWords(stateOfMissing(workload.missing))}`
    : workload && 'errors' in workload
      ? [...workload.errors].map(([what, message]) => `${what}: ${message}`).join('; ') || undefined
      : undefined;

export function mysqlRow(socket: string, seen: MysqlSeen, activity: DatabaseActivity | Unread | undefined): ServerRow {
  const reply = seen.now?.servers.get(socket) ?? activity;
  const server = reply && 'channels' in reply ? reply : undefined;
  const earlier = seen.before?.servers.get(socket);
  const before = earlier && 'channels' in earlier ? earlier : undefined;
  // Requests are those of both kinds: found in the pool, and read into it.
  const pages = (of: MysqlServer | undefined) => ({
    hits: of?.pageRequests === undefined || of.pageReads === undefined ? undefined : of.pageRequests - of.pageReads,
    reads: of?.pageReads,
  });
  return {
    server: mysqlName(socket),
    version: server?.version,
    role: server && (server.galera ? 'galera' : server.channels.length > 0 ? 'replica' : 'primary'),
    limit: server?.maxConnections,
    problem: reply && 'missing' in reply ? stateWords(stateOfMissing(reply.missing)) : undefined,
    ...ofSessions(activity && 'sessions' in activity ? activity : undefined),
    commitsPerSec: delta(server?.commits, before?.commits, seen.seconds),
    hitPct: hitPctOf(pages(server), pages(before)),
    xidAge: undefined,
    history: server?.historyLength,
  };
}

/** Lock trees of all servers, and below them sessions whose holder no view has. */
export const lockRows = (activities: readonly NamedActivity[]): readonly LockRow[] =>
  activities
    .flatMap(([server, one]) => {
      const unknown = waitingForUnknown(one);
      return [
        ...lockChains(one).flatMap(({ holder, holderPid, waiting }) => [
          { server, pid: holderPid, session: holder, depth: 0, behind: waiting.length },
          ...waiting.map(({ session, depth }) => ({ server, pid: session.pid, session, depth, behind: 0 })),
        ]),
        ...(unknown.length > 0 ? [{ server, pid: undefined, session: undefined, depth: 0, behind: unknown.length }] : []), // prettier-ignore
        ...unknown.map((session) => ({ server, pid: session.pid, session, depth: 1, behind: 0 })),
      ];
    })
    .map((row, place): LockRow => ({ ...row, place }));

export const postgresqlReplicationRows = (server: string, { replicas, slots, standby }: PostgresqlServer): readonly ReplicationRow[] => [
  ...(standby
    ? [{ server, kind: 'standby' as const, severity: undefined, name: 'replay', state: [standby.paused === true ? 'replay paused' : '', standby.receiver ?? 'no WAL receiver'].filter(Boolean).join(', '), lagSeconds: undefined, bytes: standby.replayBytes }]
    : []),
  ...replicas.map((one): ReplicationRow => ({ server, kind: 'replica', severity: undefined, name: one.name, state: [one.state, one.sync].filter(Boolean).join(', '), lagSeconds: one.lagSeconds, bytes: one.lagBytes })),
  ...slots.map((one): ReplicationRow => ({ server, kind: 'slot', severity: /^(?:lost|unreserved)$/.test(one.walStatus ?? '') ? 'crit' : undefined, name: one.name, state: [one.active === true ? 'active' : 'inactive', one.walStatus].filter(Boolean).join(', '), lagSeconds: undefined, bytes: one.retainedBytes })),
]; // prettier-ignore

export const mysqlReplicationRows = (server: string, { channels, galera }: MysqlServer): readonly ReplicationRow[] => [
  ...(galera
    ? [{ server, kind: 'galera' as const, severity: galeraSeverity(galera), name: galera.size === undefined ? 'cluster' : `${galera.size} of its nodes`, state: [galera.status, galera.state].filter(Boolean).join(', '), lagSeconds: undefined, bytes: undefined }]
    : []),
  ...channels.map((one): ReplicationRow => ({ server, kind: 'channel', severity: channelSeverity(one), name: one.name ?? one.source ?? 'default', state: `IO ${one.io ?? '—'}, SQL ${one.sql ?? '—'}`, lagSeconds: one.lagSeconds, bytes: undefined })),
]; // prettier-ignore
