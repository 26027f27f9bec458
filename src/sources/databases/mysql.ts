import type { DaemonGlobRead, DaemonReply } from '../../host/host.ts';
import { fields, items, json, textOf, type Fields } from '../../lib/json.ts';
import { listenerOf } from '../../lib/listener-name.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';
import { listeningUnix } from './listeners.ts';
import type { DatabaseActivity, DatabaseSession } from './session.ts';

const socket = (pattern: string, request: string): DaemonGlobRead => ({
  kind: 'talks',
  dialect: 'mysql',
  pattern,
  request,
  as: 'root',
  timeoutMs: 4000,
});
/** Sockets of Debian (also of several instances) and of Red Hat; elsewhere, in a container, pod or snap, by their processes. */
const reads = (request: string) => ({
  run: socket('/var/run/mysqld/mysqld*.sock', request),
  lib: socket('/var/lib/mysql/mysql.sock', request),
  mariadbd: listeningUnix('mysql', 'mariadbd', request),
  mysqld: listeningUnix('mysql', 'mysqld', request),
});

/** Server by the name of its socket: `mysqld.sock`; of one elsewhere with its pid on the host: `mysqld.sock@812`. */
export type MysqlSocket = string;

type Unread = { readonly missing: DaemonReply & { readonly ok: false } };
type Replies<Of> = ReadonlyMap<MysqlSocket, Of | Unread>;

/**
 * Sessions of each server with the row and metadata locks that they wait for.
 * https://mariadb.com/kb/en/information-schema-processlist-table/
 */
export const mysqlActivity = defineSource({
  id: 'mysql-activity',
  title: 'MySQL sessions',
  why: 'Shows sessions of MariaDB and MySQL by state, and which session blocks which.',
  everySeconds: 2,
  reads: reads('activity'),
  weightKiB: (sample: MysqlActivitySample | undefined) =>
    [...(sample?.servers.values() ?? [])].reduce((sum, one) => sum + ('sessions' in one ? one.sessions.length * 0.5 : 0), 0), // prettier-ignore
  parse: (values): MysqlActivitySample | undefined => {
    const servers = parsed(values, activityOf);
    return servers && { servers };
  },
  identifiers: (sample) =>
    [...(sample?.servers.values() ?? [])].flatMap((one) =>
      'sessions' in one
        ? one.sessions.flatMap(({ database, user, client }) => [
            ...named('database', [database]),
            ...named('user', user === 'root' || user === 'system user' ? [] : [user]),
            ...named('host', client === 'localhost' || /^[\d.:]*$/.test(client ?? '') ? [] : [client]),
          ])
        : [],
    ),
});

export interface MysqlActivitySample {
  readonly servers: Replies<DatabaseActivity>;
}

/** Replication from one source, which MariaDB calls a connection and MySQL a channel. */
export interface MysqlChannel {
  readonly name: string | undefined;
  readonly source: string | undefined;
  /** `Yes`, `No`, `Connecting`, `Preparing`. */
  readonly io: string | undefined;
  readonly sql: string | undefined;
  readonly lagSeconds: number | undefined;
  /** Number of the last error of either thread; undefined without one. */
  readonly error: number | undefined;
}

/** Galera state of a node. https://galeracluster.com/library/documentation/galera-status-variables.html */
export interface MysqlGalera {
  /** wsrep_cluster_name: a node joins no cluster of another name. */
  readonly name: string | undefined;
  /** wsrep_cluster_state_uuid: the history of its data; a cluster that was split by a bootstrap has two. */
  readonly uuid: string | undefined;
  /** `Primary`, `non-Primary`, `Disconnected`. */
  readonly status: string | undefined;
  readonly size: number | undefined;
  readonly isReady: boolean | undefined;
  /** `Synced`, `Donor/Desynced`, `Joiner`, `Initialized`. */
  readonly state: string | undefined;
  readonly receiveQueue: number | undefined;
}

export interface MysqlServer {
  readonly version: string | undefined;
  readonly port: number | undefined;
  readonly isReadOnly: boolean | undefined;
  readonly upSeconds: number | undefined;
  readonly maxConnections: number | undefined;
  readonly threadsConnected: number | undefined;
  readonly abortedConnects: number | undefined;
  readonly abortedClients: number | undefined;
  /** Connections refused because of max_connections, since its start. */
  readonly refused: number | undefined;
  readonly commits: number | undefined;
  readonly rowLockWaits: number | undefined;
  readonly deadlocks: number | undefined;
  /** Undo records that purge has not removed. */
  readonly historyLength: number | undefined;
  readonly pageRequests: number | undefined;
  readonly pageReads: number | undefined;
  readonly channels: readonly MysqlChannel[];
  /** Undefined on a server outside a Galera cluster. */
  readonly galera: MysqlGalera | undefined;
  readonly errors: ReadonlyMap<string, string>;
  readonly at: number | undefined;
}

/** Limits, InnoDB counters, replication and Galera state of each server. */
export const mysqlServers = defineSource({
  id: 'mysql-servers',
  title: 'MySQL servers',
  why: 'Shows connections against the limit, InnoDB history, replication and Galera state of MariaDB and MySQL.',
  everySeconds: 5,
  reads: reads('server'),
  parse: (values): MysqlServersSample | undefined => {
    const servers = parsed(values, serverOf);
    return servers && { servers };
  },
  identifiers: (sample) =>
    [...(sample?.servers.values() ?? [])].flatMap((one) =>
      'channels' in one ? named('host', one.channels.flatMap(({ name, source }) => [name, source])) : [],
    ), // prettier-ignore
});

export interface MysqlServersSample {
  readonly servers: Replies<MysqlServer>;
}

/** Pid of a server elsewhere; undefined for one of the host. */
export function mysqlPid(socket: MysqlSocket): number | undefined {
  const pid = /@([1-9]\d{0,9})$/.exec(socket)?.[1];
  return pid === undefined ? undefined : Number(pid);
}

function socketOf(path: string): MysqlSocket {
  const listener = listenerOf(path);
  const name = (address: string): string => address.slice(address.lastIndexOf('/') + 1);
  return listener ? `${name(listener.address)}@${listener.pid}` : name(path);
}

type Values = Readonly<Record<'run' | 'lib' | 'mariadbd' | 'mysqld', ReadonlyMap<string, DaemonReply> | undefined>>;

function parsed<Of>(
  replies: Values,
  of: (reply: Fields, at: number | undefined) => Of,
): Map<MysqlSocket, Of | Unread> | undefined {
  const all = Object.values(replies);
  if (all.every((one) => one === undefined)) return undefined;
  return new Map(
    all
      .flatMap((one) => [...(one ?? [])])
      .map(([path, reply]) => [socketOf(path), reply.ok ? of(fields(json(reply.text)), reply.at) : { missing: reply }]),
  );
}

const rowsOf = (reply: Fields, name: string): readonly Fields[] => items(reply[name]).map((row) => fields(row));

/** All values of the protocol are texts. */
function numberIn(value: unknown): number | undefined {
  const number = Number(textOf(value) ?? Number.NaN);
  return Number.isFinite(number) && number >= 0 ? number : undefined;
}

const errorsOf = (reply: Fields): ReadonlyMap<string, string> =>
  new Map(Object.entries(fields(reply['errors'])).map(([name, message]) => [name, textOf(message) ?? '']));

function activityOf(reply: Fields, at: number | undefined): DatabaseActivity {
  const blockers = new Map<number, number[]>();
  for (const row of [...rowsOf(reply, 'row_locks'), ...rowsOf(reply, 'metadata_locks')]) {
    const [waiting, blocking] = [numberIn(row['waiting']), numberIn(row['blocking'])];
    if (waiting === undefined || blocking === undefined) continue;
    const known = blockers.get(waiting);
    if (known) known.push(blocking);
    else blockers.set(waiting, [blocking]);
  }
  const states = new Map<string, number>();
  for (const row of rowsOf(reply, 'commands')) {
    const [command, number] = [textOf(row['command']), numberIn(row['number'])];
    if (command === undefined || number === undefined) continue;
    const state = stateOf(command);
    states.set(state, (states.get(state) ?? 0) + number);
  }
  return {
    sessions: rowsOf(reply, 'sessions').flatMap((row) => sessionOf(row, blockers) ?? []),
    states,
    errors: errorsOf(reply),
    at,
  };
}

/** State of a session by the command of its thread. */
const stateOf = (command: string): string =>
  command === 'Sleep' ? 'idle' : command === 'Query' || command === 'Execute' ? 'active' : command.toLowerCase();

function sessionOf(row: Fields, blockers: ReadonlyMap<number, readonly number[]>): DatabaseSession | undefined {
  const pid = numberIn(row['id']);
  if (pid === undefined) return undefined;
  const [user, command, doing] = [textOf(row['user']), textOf(row['command']), textOf(row['state'])];
  const seconds = numberIn(row['seconds']);
  const transactionSeconds = numberIn(row['transaction_seconds']);
  const waitSeconds = numberIn(row['wait_seconds']);
  const blockedBy = blockers.get(pid) ?? [];
  const state = command === undefined ? undefined : stateOf(command);
  const lock = /^Waiting for (.*\block)\b/i.exec(doing ?? '')?.[1];
  const waits = blockedBy.length > 0 || waitSeconds !== undefined || lock !== undefined;
  return {
    pid,
    database: textOf(row['db']),
    user,
    application: undefined,
    client: textOf(row['client']),
    kind: user === 'system user' ? 'system thread' : command?.startsWith('Binlog Dump') === true ? 'binlog dump' : 'client backend', // prettier-ignore
    state: state === 'idle' && transactionSeconds !== undefined ? 'idle in transaction' : state,
    waitType: waits ? 'Lock' : undefined,
    wait: waits ? (lock ?? 'row lock') : undefined,
    transactionSeconds,
    querySeconds: state === 'idle' ? undefined : seconds,
    stateSeconds: seconds,
    waitSeconds,
    blockedBy,
    query: textOf(row['statement']),
  };
}

function serverOf(reply: Fields, at: number | undefined): MysqlServer {
  const values = new Map<string, string>();
  for (const [statement, key, column] of [
    ['variables', 'variable_name', 'value'],
    ['status', 'variable_name', 'value'],
    ['metrics', 'name', 'count'],
  ] as const)
    for (const row of rowsOf(reply, statement)) {
      const [name, value] = [textOf(row[key]), textOf(row[column])];
      if (name !== undefined && value !== undefined) values.set(name.toLowerCase(), value);
    }
  const number = (name: string): number | undefined => numberIn(values.get(name));
  return {
    version: values.get('version'),
    port: number('port') || undefined,
    isReadOnly: onOff(values.get('read_only')),
    upSeconds: number('uptime'),
    maxConnections: number('max_connections'),
    threadsConnected: number('threads_connected'),
    abortedConnects: number('aborted_connects'),
    abortedClients: number('aborted_clients'),
    refused: number('connection_errors_max_connections'),
    commits: number('com_commit'),
    rowLockWaits: number('innodb_row_lock_waits'),
    deadlocks: number('innodb_deadlocks') ?? number('lock_deadlocks'),
    historyLength: number('innodb_history_list_length') ?? number('trx_rseg_history_len'),
    pageRequests: number('innodb_buffer_pool_read_requests'),
    pageReads: number('innodb_buffer_pool_reads'),
    channels: rowsOf(reply, 'replication').map((row) => channelOf(row)),
    galera:
      onOff(values.get('wsrep_on')) === true
        ? {
            name: values.get('wsrep_cluster_name'),
            uuid: values.get('wsrep_cluster_state_uuid'),
            status: values.get('wsrep_cluster_status'),
            size: number('wsrep_cluster_size'),
            isReady: onOff(values.get('wsrep_ready')),
            state: values.get('wsrep_local_state_comment'),
            receiveQueue: number('wsrep_local_recv_queue'),
          }
        : undefined,
    errors: errorsOf(reply),
    at,
  };
}

const onOff = (value: string | undefined): boolean | undefined => (value === undefined ? undefined : value === 'ON');

const channelOf = (row: Fields): MysqlChannel => ({
  name: textOf(row['connection_name']) ?? textOf(row['channel_name']),
  source: textOf(row['source_host']) ?? textOf(row['master_host']),
  io: textOf(row['replica_io_running']) ?? textOf(row['slave_io_running']),
  sql: textOf(row['replica_sql_running']) ?? textOf(row['slave_sql_running']),
  lagSeconds: numberIn(row['seconds_behind_source']) ?? numberIn(row['seconds_behind_master']),
  error: (numberIn(row['last_sql_errno']) || numberIn(row['last_io_errno'])) || undefined,
}); // prettier-ignore
