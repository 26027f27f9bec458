import type { DaemonGlobRead, DaemonReply } from '../../host/host.ts';
import { countOf, fields, flagOf, items, json, textOf, type Fields } from '../../lib/json.ts';
import { listenerOf } from '../../lib/listener-name.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';
import { listeningUnix } from './listeners.ts';
import type { DatabaseActivity, DatabaseSession } from './session.ts';

const socket = (digits: string, request: string): DaemonGlobRead => ({
  kind: 'talks',
  dialect: 'postgresql',
  pattern: `/var/run/postgresql/.s.PGSQL.${digits}`,
  request,
  as: 'root',
  timeoutMs: 4000,
});
/**
 * Ports of four and of five digits; without them the lock file beside a socket would match. `elsewhere`: servers that are found by their
 * processes because their socket is not in that folder of the host, in a container, pod or snap.
 */
export const postgresqlReads = (request: string) => ({
  four: socket('[0-9][0-9][0-9][0-9]', request),
  five: socket('[0-9][0-9][0-9][0-9][0-9]', request),
  elsewhere: listeningUnix('postgresql', 'postgres', request),
});

/** Server by the port in the name of its socket: `5432`; of one elsewhere with the pid of its postmaster on the host: `5432@812`. */
export type PostgresqlPort = string;

export type PostgresqlReplies<Of> = ReadonlyMap<
  PostgresqlPort,
  Of | { readonly missing: DaemonReply & { readonly ok: false } }
>;

/**
 * Sessions of each server with what they wait for: a history of active sessions on the timeline.
 * https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW
 */
export const postgresqlActivity = defineSource({
  id: 'postgresql-activity',
  title: 'PostgreSQL sessions',
  why: 'Shows sessions of PostgreSQL by state and wait, and which session blocks which.',
  everySeconds: 2,
  reads: postgresqlReads('activity'),
  weightKiB: (sample: PostgresqlActivitySample | undefined) =>
    [...(sample?.servers.values() ?? [])].reduce((sum, one) => sum + ('sessions' in one ? one.sessions.length * 0.5 : 0), 0), // prettier-ignore
  parse: (values): PostgresqlActivitySample | undefined => {
    const servers = postgresqlReplies(values, (reply, at): DatabaseActivity => ({
      sessions: items(reply['sessions']).flatMap((row) => sessionOf(fields(row)) ?? []),
      states: new Map(
        items(reply['states']).flatMap((row) => {
          const { state, number } = fields(row);
          const [name, of] = [textOf(state), countOf(number)];
          return name === undefined || of === undefined ? [] : [[name, of] as const];
        }),
      ),
      errors: errorsOf(reply),
      at,
    }));
    return servers && { servers };
  },
  identifiers: (sample) =>
    [...(sample?.servers.values() ?? [])].flatMap((one) =>
      'sessions' in one
        ? one.sessions.flatMap(({ database, user }) => [...named('database', [database]), ...named('user', [user])])
        : [],
    ),
});

export interface PostgresqlActivitySample {
  readonly servers: PostgresqlReplies<DatabaseActivity>;
}

export interface PostgresqlDatabase {
  readonly name: string;
  readonly commits: number | undefined;
  readonly rollbacks: number | undefined;
  readonly blocksRead: number | undefined;
  readonly blocksHit: number | undefined;
  readonly temporaryBytes: number | undefined;
  readonly deadlocks: number | undefined;
  /** Transactions since its oldest frozen one; at 2³¹ writes stop. */
  readonly xidAge: number | undefined;
  readonly multixactAge: number | undefined;
}

export interface PostgresqlReplica {
  readonly pid: number | undefined;
  readonly name: string;
  readonly client: string | undefined;
  readonly state: string | undefined;
  readonly sync: string | undefined;
  readonly lagBytes: number | undefined;
  readonly lagSeconds: number | undefined;
}

export interface PostgresqlSlot {
  readonly name: string;
  readonly kind: string | undefined;
  readonly active: boolean | undefined;
  /** PostgreSQL 13 and later: `reserved`, `extended`, `unreserved`, `lost`. */
  readonly walStatus: string | undefined;
  /** WAL kept for it. */
  readonly retainedBytes: number | undefined;
}

export interface PostgresqlStandby {
  readonly paused: boolean | undefined;
  /** WAL received and not replayed. */
  readonly replayBytes: number | undefined;
  /** Age of the last transaction that was replayed; it grows on an idle primary, too. */
  readonly replaySeconds: number | undefined;
  /** State of the WAL receiver: `streaming`; undefined where none runs. */
  readonly receiver: string | undefined;
}

export interface PostgresqlServer {
  readonly version: string | undefined;
  readonly clusterName: string | undefined;
  readonly dataDirectory: string | undefined;
  readonly upSeconds: number | undefined;
  readonly inRecovery: boolean | undefined;
  readonly maxConnections: number | undefined;
  /** Of these, for superusers alone. */
  readonly reservedConnections: number | undefined;
  readonly databases: readonly PostgresqlDatabase[];
  readonly replicas: readonly PostgresqlReplica[];
  readonly slots: readonly PostgresqlSlot[];
  readonly standby: PostgresqlStandby | undefined;
  readonly archiver:
    | { readonly failed: number | undefined; readonly failedSeconds: number | undefined; readonly archivedSeconds: number | undefined; readonly failedWal: string | undefined }
    | undefined; // prettier-ignore
  readonly archiveMode: string | undefined;
  /** Oldest prepared transaction, seconds. */
  readonly preparedSeconds: number | undefined;
  readonly errors: ReadonlyMap<string, string>;
  readonly at: number | undefined;
}

/** Settings, databases, replication and archiver of each server. */
export const postgresqlServers = defineSource({
  id: 'postgresql-servers',
  title: 'PostgreSQL servers',
  why: 'Shows limits, replication, retained WAL, archiver and transaction id age of PostgreSQL.',
  everySeconds: 5,
  reads: postgresqlReads('server'),
  parse: (values): PostgresqlServersSample | undefined => {
    const servers = postgresqlReplies(values, serverOf);
    return servers && { servers };
  },
  identifiers: (sample) =>
    [...(sample?.servers.values() ?? [])].flatMap((one) =>
      'databases' in one
        ? [
            ...named(
              'database',
              one.databases.map(({ name }) => name),
            ),
            ...named('host', [one.clusterName, ...one.replicas.map(({ name }) => name), ...one.slots.map(({ name }) => name)]), // prettier-ignore
          ]
        : [],
    ),
});

export interface PostgresqlServersSample {
  readonly servers: PostgresqlReplies<PostgresqlServer>;
}

/** Pid of the postmaster of a server elsewhere, whose sessions have pids of its namespace; undefined for one of the host. */
export const postmasterPid = (port: PostgresqlPort): number | undefined => countOf(Number(port.split('@')[1]));

type Values = Readonly<Record<'four' | 'five' | 'elsewhere', ReadonlyMap<string, DaemonReply> | undefined>>;

/** Servers by their replies; undefined where nothing was read. */
export function postgresqlReplies<Of>(
  { four, five, elsewhere }: Values,
  of: (reply: Fields, at: number | undefined) => Of,
): Map<PostgresqlPort, Of | { readonly missing: DaemonReply & { readonly ok: false } }> | undefined {
  if (four === undefined && five === undefined && elsewhere === undefined) return undefined;
  return new Map(
    [...(four ?? []), ...(five ?? []), ...(elsewhere ?? [])].map(([path, reply]) => [
      portOf(path),
      reply.ok ? of(fields(json(reply.text)), reply.at) : { missing: reply },
    ]),
  );
}

function portOf(path: string): PostgresqlPort {
  const port = path.slice(path.lastIndexOf('.') + 1);
  const listener = listenerOf(path);
  return listener ? `${port}@${listener.pid}` : port;
}

/** Statements that the server refused, with its message. */
export const errorsOf = (reply: Fields): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(fields(reply['errors'])).flatMap(([name, message]) => {
      const text = textOf(message);
      return text === undefined ? [] : [[name, text] as const];
    }),
  );

function sessionOf(row: Fields): DatabaseSession | undefined {
  const pid = countOf(row['pid']);
  if (pid === undefined) return undefined;
  return {
    pid,
    database: textOf(row['datname']),
    user: textOf(row['usename']),
    application: textOf(row['application_name']) || undefined,
    client: textOf(row['client']),
    kind: textOf(row['backend_type']),
    state: textOf(row['state']),
    waitType: textOf(row['wait_event_type']),
    wait: textOf(row['wait_event']),
    transactionSeconds: secondsOf(row['transaction_seconds']),
    querySeconds: secondsOf(row['query_seconds']),
    stateSeconds: secondsOf(row['state_seconds']),
    waitSeconds: secondsOf(row['wait_seconds']),
    blockedBy: items(row['blocked_by']).flatMap((one) => countOf(one) ?? []),
    query: textOf(row['query']) || undefined,
  };
}

/** An age; the clock of a statement may be a millisecond behind that of the view. */
export const secondsOf = (value: unknown): number | undefined => {
  const seconds = typeof value === 'number' && Number.isFinite(value) ? value : undefined;
  return seconds === undefined ? undefined : Math.max(0, seconds);
};

function serverOf(reply: Fields, at: number | undefined): PostgresqlServer {
  const first = (name: string): Fields | undefined => {
    const [row] = items(reply[name]);
    return row === undefined ? undefined : fields(row);
  };
  const server = first('server') ?? {};
  const standby = first('standby');
  const archiver = first('archiver');
  return {
    version: textOf(server['version']),
    clusterName: textOf(server['cluster_name']) || undefined,
    dataDirectory: textOf(server['data_directory']),
    upSeconds: secondsOf(server['up_seconds']),
    inRecovery: flagOf(server['in_recovery']),
    maxConnections: countOf(server['max_connections']),
    reservedConnections: countOf(server['reserved_connections']),
    databases: items(reply['databases']).flatMap((item) => databaseOf(fields(item)) ?? []),
    replicas: items(reply['replication']).map((item) => replicaOf(fields(item))),
    slots: items(reply['slots']).flatMap((item) => slotOf(fields(item)) ?? []),
    standby: standby && {
      paused: flagOf(standby['paused']),
      replayBytes: secondsOf(standby['replay_bytes']),
      replaySeconds: secondsOf(standby['replay_seconds']),
      receiver: textOf(standby['receiver']),
    },
    archiver: archiver && {
      failed: countOf(archiver['failed_count']),
      failedSeconds: secondsOf(archiver['failed_seconds']),
      archivedSeconds: secondsOf(archiver['archived_seconds']),
      failedWal: textOf(archiver['last_failed_wal']),
    },
    archiveMode: textOf(server['archive_mode']),
    preparedSeconds: secondsOf(first('prepared')?.['oldest_seconds']),
    errors: errorsOf(reply),
    at,
  };
}

function databaseOf(row: Fields): PostgresqlDatabase | undefined {
  const name = textOf(row['datname']);
  if (name === undefined) return undefined;
  return {
    name,
    commits: countOf(row['xact_commit']),
    rollbacks: countOf(row['xact_rollback']),
    blocksRead: countOf(row['blks_read']),
    blocksHit: countOf(row['blks_hit']),
    temporaryBytes: countOf(row['temp_bytes']),
    deadlocks: countOf(row['deadlocks']),
    xidAge: countOf(row['xid_age']),
    multixactAge: countOf(row['mxid_age']),
  };
}

const replicaOf = (row: Fields): PostgresqlReplica => ({
  pid: countOf(row['pid']),
  name: textOf(row['application_name']) || 'replica',
  client: textOf(row['client']),
  state: textOf(row['state']),
  sync: textOf(row['sync_state']),
  lagBytes: secondsOf(row['lag_bytes']),
  lagSeconds: secondsOf(row['lag_seconds']),
});

function slotOf(row: Fields): PostgresqlSlot | undefined {
  const slot = fields(row['slot']);
  const name = textOf(slot['slot_name']);
  if (name === undefined) return undefined;
  return {
    name,
    kind: textOf(slot['slot_type']),
    active: flagOf(slot['active']),
    walStatus: textOf(slot['wal_status']),
    retainedBytes: secondsOf(row['retained_bytes']),
  };
}
