import { mysqlName, postgresqlName } from '../../findings/entity-ref.ts';
import { plain } from '../../lib/plain.ts';
import { bytes, count, NONE, percent, plural, span } from '../../lib/units.ts';
import { etcdMembers } from '../../sources/databases/etcd.ts';
import { haproxyProcesses } from '../../sources/databases/haproxy.ts';
import { postgresqlWorkload } from '../../sources/databases/postgresql-workload.ts';
import { ioRates, statementRates, vacuumWork, type IoRate, type StatementRate, type VacuumWork } from '../../entities/databases/postgresql-workload.ts'; // prettier-ignore
import { memcachedServers } from '../../sources/databases/memcached.ts';
import { slowCollections, type SlowCollection } from '../../entities/databases/mongodb-slow-queries.ts';
import { mongodbOperations } from '../../sources/databases/mongodb-operations.ts';
import { mongodbOplogs } from '../../sources/databases/mongodb-oplog.ts';
import { mongodbSlowQueries } from '../../sources/databases/mongodb-slow-queries.ts';
import { mongodbServers } from '../../sources/databases/mongodb.ts';
import { mysqlActivity, mysqlServers } from '../../sources/databases/mysql.ts';
import { postgresqlActivity, postgresqlServers } from '../../sources/databases/postgresql.ts';
import { rabbitmqNodes, rabbitmqQueues } from '../../sources/databases/rabbitmq.ts';
import { redisServers } from '../../sources/databases/redis.ts';
import { zookeeperServers } from '../../sources/databases/zookeeper.ts';
import { processes } from '../../sources/processes/processes.ts';
import type { Moment } from '../../timeline/moment.ts';
import {
  nothingWords,
  stateOf,
  stateOfAll,
  stateWords,
  type NothingWords,
  type ReadingState,
} from '../../timeline/reading-state.ts';
import { presenceOf } from '../../ui/kit/presence.ts';
import { definePane, type Presence, type Section, type Tile } from '../pane.ts';
import { cacheRows, cachesSection, type CacheRow } from './caches.ts';
import { coordinationRows, coordinationSection, type CoordinationRow } from './coordination.ts';
import { haproxyRows, haproxySection, linesLeft, type HaproxyRow } from './haproxy.ts';
import { mongodbReplicationRows, mongodbRows, mongodbSection, operationRows, operationsSection, type MongodbRow, type OperationRow } from './mongodb.ts'; // prettier-ignore
import { slowQueriesSection } from './mongodb-slow-queries.ts';
import { ioSection, statementsSection, vacuumSection } from './postgresql-workload.ts';
import { queueRows, queuesLeft, queuesSection, rabbitmqRows, rabbitmqSection, type QueueRow, type RabbitmqRow } from './rabbitmq.ts'; // prettier-ignore
import {
  activitiesOf,
  lockRows,
  mysqlReplicationRows,
  mysqlRow,
  postgresqlReplicationRows,
  postgresqlRow,
  type LockRow,
  type ReplicationRow,
  type ServerRow,
  type SessionRow,
} from './rows.ts';
import { versionOf } from './server-version.ts';
import { locksSection, replicationSection, serversSection, sessionsSection } from './tables.ts';

const needs = {
  postgresqlActivity,
  postgresqlServers,
  postgresqlWorkload,
  mysqlActivity,
  mysqlServers,
  redisServers,
  memcachedServers,
  haproxyProcesses,
  rabbitmqNodes,
  rabbitmqQueues,
  etcdMembers,
  zookeeperServers,
  mongodbServers,
  mongodbOperations,
  mongodbOplogs,
  mongodbSlowQueries,
  processes,
};

export interface DatabasesModel {
  readonly presence: Presence;
  readonly servers: readonly ServerRow[];
  readonly sessions: readonly SessionRow[];
  readonly locks: readonly LockRow[];
  readonly replication: readonly ReplicationRow[];
  readonly caches: readonly CacheRow[];
  readonly haproxy: readonly HaproxyRow[];
  readonly rabbitmq: readonly RabbitmqRow[];
  readonly queues: readonly QueueRow[];
  readonly coordination: readonly CoordinationRow[];
  readonly mongodb: readonly MongodbRow[];
  /** Of MongoDB. */
  readonly operations: readonly OperationRow[];
  readonly slowQueries: readonly SlowCollection[];
  /** Of PostgreSQL, since the reading before. */
  readonly statements: readonly StatementRate[];
  readonly vacuum: readonly VacuumWork[];
  readonly io: readonly IoRate[];
  /** What is not listed. */
  readonly left: { readonly lines: number; readonly queues: number };
  readonly empty: NothingWords;
  readonly serversEmpty: NothingWords;
  /** Reason that servers of PostgreSQL in containers were not read; undefined where they were. */
  readonly unreadElsewhere: string | undefined;
  readonly operationsEmpty: NothingWords;
  readonly workloadEmpty: NothingWords;
  /** PostgreSQL is there, and its workload was not read. */
  readonly isWorkloadUnread: boolean;
  /** Of all engines. */
  readonly nothing: NothingWords;
}

/** Pane of databases (servers, their sessions, lock trees, replication), and of caches, proxies, queues and coordination services where there are any. */
export const databasesPane = definePane({
  id: 'databases',
  title: 'Databases',
  aliases: [
    'database',
    'db',
    'pg',
    'postgres',
    'postgresql',
    'mysql',
    'mariadb',
    'galera',
    'sql',
    'locks',
    'replication',
    'redis',
    'valkey',
    'memcached',
    'cache',
    'haproxy',
    'proxy',
    'rabbitmq',
    'amqp',
    'queues',
    'etcd',
    'zookeeper',
    'zk',
    'mongodb',
    'mongo',
  ],
  needs,
  model: databasesModel,
  presence: ({ presence }) => presence,
  sections,
  tile,
});

const keysOf = (...of: readonly (ReadonlyMap<string, unknown> | undefined)[]): readonly string[] =>
  [...new Set(of.flatMap((servers) => [...(servers?.keys() ?? [])]))].toSorted();

export function databasesModel({
  postgresqlActivity: activity,
  postgresqlServers: seen,
  postgresqlWorkload: workload,
  mysqlActivity: threads,
  mysqlServers: mysql,
  redisServers: redis,
  memcachedServers: memcached,
  haproxyProcesses: proxies,
  rabbitmqNodes: nodes,
  rabbitmqQueues: queues,
  etcdMembers: etcd,
  zookeeperServers: zookeeper,
  mongodbServers: mongo,
  mongodbOperations: mongoOperations,
  mongodbOplogs: oplogs,
  mongodbSlowQueries: slow,
  processes: table,
}: Moment<typeof needs>): DatabasesModel {
  const servers = [
    ...keysOf(activity.now?.servers, seen.now?.servers).map((port) => postgresqlRow(port, seen, activity.now?.servers.get(port), workload.now?.servers.get(port))), // prettier-ignore
    ...keysOf(threads.now?.servers, mysql.now?.servers).map((socket) => mysqlRow(socket, mysql, threads.now?.servers.get(socket))), // prettier-ignore
  ];
  const activities = [
    ...activitiesOf(activity.now?.servers, postgresqlName),
    ...activitiesOf(threads.now?.servers, mysqlName),
  ];
  const others = {
    caches: cacheRows(redis, memcached),
    haproxy: haproxyRows(proxies),
    rabbitmq: rabbitmqRows(nodes, table.now?.processes),
    queues: queueRows(queues),
    coordination: coordinationRows(etcd, zookeeper),
    mongodb: mongodbRows(mongo, oplogs),
    operations: operationRows(mongoOperations),
    slowQueries: slowCollections(slow),
  };
  const left = { lines: linesLeft(proxies), queues: queuesLeft(queues) };
  const isThere = servers.length > 0 || Object.values(others).some((rows) => rows.length > 0);
  return {
    presence: presenceOf(isThere, 'no database, cache, queue, proxy or coordination service on this host', activity, seen, threads, mysql, redis, memcached, proxies, nodes, etcd, zookeeper, mongo, table), // prettier-ignore
    servers,
    ...others,
    left,
    statements: statementRates(workload),
    vacuum: vacuumWork(workload),
    io: ioRates(workload),
    workloadEmpty: nothingWords('none', stateOf(workload)),
    isWorkloadUnread: (seen.now?.servers.size ?? 0) > 0 && !['read', 'not present'].includes(stateOf(workload).state),
    sessions: activities.flatMap(([server, { sessions }]) =>
      sessions.map((session): SessionRow => ({ server, session })),
    ),
    locks: lockRows(activities),
    replication: [
      ...[...(seen.now?.servers ?? [])].flatMap(([port, one]) => ('databases' in one ? postgresqlReplicationRows(postgresqlName(port), one) : [])), // prettier-ignore
      ...[...(mysql.now?.servers ?? [])].flatMap(([socket, one]) => ('channels' in one ? mysqlReplicationRows(mysqlName(socket), one) : [])), // prettier-ignore
      ...mongodbReplicationRows(mongo),
    ],
    empty: nothingWords('none', stateOfAll(stateOf(activity), stateOf(threads))),
    nothing: nothingWords('none', stateOfAll(...[activity, seen, threads, mysql, redis, memcached, proxies, nodes, etcd, zookeeper, mongo].map((one) => stateOf(one)))), // prettier-ignore
    operationsEmpty: nothingWords('none', stateOf(mongoOperations)),
    serversEmpty: nothingWords('none', stateOfAll(stateOf(seen), stateOf(mysql))),
    unreadElsewhere: unreadWords(stateOf(seen, 'elsewhere')),
  };
}

/** Only where it is not readable: a recording of before has not tried. */
const unreadWords = (one: ReadingState): string | undefined =>
  one.state === 'not readable' ? stateWords(one) : undefined;

/** Tables of what there is; those of databases also where there is nothing. */
function sections(model: DatabasesModel): readonly Section[] {
  const {
    servers,
    caches,
    haproxy,
    rabbitmq,
    queues,
    coordination,
    mongodb,
    operations,
    slowQueries,
    statements,
    vacuum,
    io,
    left,
    serversEmpty,
    workloadEmpty,
    isWorkloadUnread,
  } = model;
  const others = [
    ...(mongodb.length > 0
      ? [mongodbSection(mongodb, serversEmpty), operationsSection(operations, model.operationsEmpty)]
      : []),
    ...(slowQueries.length > 0 ? [slowQueriesSection(slowQueries, serversEmpty)] : []),
    ...(servers.length === 0 && model.replication.length > 0 ? [replicationSection(model)] : []),
    ...(caches.length > 0 ? [cachesSection(caches, serversEmpty)] : []),
    ...(haproxy.length > 0 ? [haproxySection(haproxy, left.lines, serversEmpty)] : []),
    ...(rabbitmq.length > 0 ? [rabbitmqSection(rabbitmq, serversEmpty)] : []),
    ...(queues.length > 0 ? [queuesSection(queues, left.queues, serversEmpty)] : []),
    ...(coordination.length > 0 ? [coordinationSection(coordination, serversEmpty)] : []),
  ];
  const ofDatabases = [
    serversSection(model),
    locksSection(model),
    sessionsSection(model),
    replicationSection(model),
    ...(statements.length > 0 || isWorkloadUnread ? [statementsSection(statements, workloadEmpty)] : []),
    ...(vacuum.length > 0 || isWorkloadUnread ? [vacuumSection(vacuum, workloadEmpty)] : []),
    ...(io.length > 0 ? [ioSection(io, workloadEmpty)] : []),
  ];
  return servers.length > 0 || others.length === 0 ? [...ofDatabases, ...others] : others;
}

/** Servers, then the worst figures of all of them: a tile has 4 lines. */
function tile({ servers, locks, caches, haproxy, rabbitmq, coordination, mongodb, nothing }: DatabasesModel): Tile {
  if (servers.length + caches.length + haproxy.length + rabbitmq.length + coordination.length + mongodb.length === 0)
    return { figures: [{ label: 'servers', value: nothing, role: 'dim' }] };
  const blocked = locks.filter(({ depth }) => depth > 0).length;
  const known = (pick: (row: ServerRow) => number | undefined): readonly number[] =>
    servers.map((row) => pick(row)).filter((value) => value !== undefined);
  const oldest = known(({ oldestSeconds }) => oldestSeconds);
  const backends = haproxy.filter(({ kind }) => kind === 'backend');
  const down = backends.filter(({ severity }) => severity === 'crit').length;
  const hits = known(({ hitPct }) => hitPct);
  return {
    figures: [
      ...servers.slice(0, 2).map(({ server, version, limit, problem, sessions }) => ({
        label: server.replace(/^postgresql:/, 'PG ').replace(/^mysql:/, 'MySQL '),
        value: problem === undefined ? `${versionOf(version) ?? NONE}, ${sessions === undefined ? NONE : count(sessions)} of ${limit ?? NONE} sessions` : plain(problem),
      })),
      ...caches.slice(0, 2).map(({ server, version, clients, usedBytes, maxBytes, problem }) => ({
        label: server,
        value: problem === undefined ? `${versionOf(version) ?? NONE}, ${clients === undefined ? NONE : plural(clients, 'client')}, ${bytes(usedBytes)} of ${maxBytes === undefined ? 'no limit' : bytes(maxBytes)}` : plain(problem),
      })),
      ...mongodb.slice(0, 2).map(({ server, version, role, set, connections, problem }) => ({
        label: server,
        value: role === undefined ? plain(problem ?? NONE) : [versionOf(version), role, set && plain(set), connections === undefined ? problem && plain(problem) : plural(connections, 'connection')].filter(Boolean).join(', '),
      })),
      ...(backends.length > 0 ? [{ label: 'HAProxy', value: `${backends.length - down} of ${plural(backends.length, 'backend')} up` }] : []),
      ...rabbitmq.slice(0, 1).map(({ state, problem }) => ({
        label: 'RabbitMQ',
        value: state === undefined ? plain(problem ?? NONE) : state.alarms.length > 0 ? `${state.alarms.join(', ')} alarm` : `${count(state.ready)} ready, ${state.connections === undefined ? NONE : plural(state.connections, 'connection')}`,
      })),
      ...coordination.slice(0, 2).map(({ server, role, dataBytes, peers, problem }) => ({
        label: server,
        value: role === undefined ? plain(problem ?? NONE) : `${role}${dataBytes === undefined ? '' : `, ${bytes(dataBytes)}`}${peers === undefined ? '' : `, ${peers} peers`}`,
      })),
      ...(blocked > 0 ? [{ label: 'blocked', value: plural(blocked, 'session') }] : []),
      ...(oldest.length > 0 ? [{ label: 'oldest xact', value: span(Math.max(...oldest)) }] : []),
      ...(hits.length > 0 ? [{ label: 'cache hit', value: percent(Math.min(...hits)) }] : []),
    ],
  }; // prettier-ignore
}
