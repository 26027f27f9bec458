import { etcdDisk, etcdLeader, etcdPeer, etcdSpace, etcdUnresponsive } from '../findings/databases/etcd.ts';
import { haproxyBackend, haproxyConnections, haproxyErrors, haproxyQueue, haproxyUnresponsive } from '../findings/databases/haproxy.ts'; // prettier-ignore
import { memcachedConnections, memcachedEvictions, memcachedUnresponsive } from '../findings/databases/memcached.ts'; // prettier-ignore
import { mongodbIdleTransaction, mongodbLockWait, mongodbLongOperation } from '../findings/databases/mongodb-operations.ts'; // prettier-ignore
import {
  mongodbCache,
  mongodbConnections,
  mongodbFlowControl,
  mongodbReplicaSet,
  mongodbReplication,
  mongodbTickets,
  mongodbUnresponsive,
} from '../findings/databases/mongodb-servers.ts';
import { mongodbSlowQuery } from '../findings/databases/mongodb-slow-queries.ts';
import {
  mysqlConnections,
  mysqlGalera,
  mysqlReplication,
  mysqlUnresponsive,
} from '../findings/databases/mysql-servers.ts';
import { mysqlIdleTransaction, mysqlLockChain, mysqlLongTransaction } from '../findings/databases/mysql-sessions.ts';
import {
  postgresqlArchiver,
  postgresqlDeadlocks,
  postgresqlReplication,
  postgresqlUnresponsive,
  postgresqlWraparound,
} from '../findings/databases/postgresql-servers.ts';
import {
  postgresqlConnections,
  postgresqlIdleTransaction,
  postgresqlLockChain,
  postgresqlLongTransaction,
} from '../findings/databases/postgresql-sessions.ts';
import { rabbitmqAlarm, rabbitmqNode, rabbitmqQueue, rabbitmqUnresponsive } from '../findings/databases/rabbitmq.ts'; // prettier-ignore
import {
  redisCluster,
  redisConnections,
  redisMemory,
  redisPersistence,
  redisReplication,
  redisSlow,
  redisUnresponsive,
} from '../findings/databases/redis.ts';
import {
  zookeeperConnections,
  zookeeperDisk,
  zookeeperFollowers,
  zookeeperRequests,
  zookeeperUnresponsive,
} from '../findings/databases/zookeeper.ts';
import { databaseSteps } from '../findings/databases/steps.ts';
import { haproxy } from '../host/protocols/haproxy/haproxy.ts';
import { memcached } from '../host/protocols/memcached/memcached.ts';
import { mongodb } from '../host/protocols/mongodb/mongodb.ts';
import { mysql } from '../host/protocols/mysql/mysql.ts';
import { postgresql } from '../host/protocols/postgresql/postgresql.ts';
import { redis } from '../host/protocols/redis/redis.ts';
import { zookeeper } from '../host/protocols/zookeeper/zookeeper.ts';
import { databaseDependencies, listenerDependencies } from '../incidents/dependencies/databases.ts';
import { mysqlChecks, postgresqlChecks } from '../ledger/checks/databases.ts';
import { mongodbChecks } from '../ledger/checks/mongodb.ts';
import { etcdChecks, zookeeperChecks } from '../ledger/checks/coordination.ts';
import { haproxyChecks, memcachedChecks, rabbitmqChecks, redisChecks } from '../ledger/checks/caches-and-queues.ts';
import { databasesPane } from '../panes/databases/pane.ts';
import { etcdMembers } from '../sources/databases/etcd.ts';
import { haproxyProcesses } from '../sources/databases/haproxy.ts';
import { memcachedServers } from '../sources/databases/memcached.ts';
import { mongodbOperations } from '../sources/databases/mongodb-operations.ts';
import { mongodbOplogs } from '../sources/databases/mongodb-oplog.ts';
import { MONGODB_LOGS, mongodbSlowQueries } from '../sources/databases/mongodb-slow-queries.ts';
import { mongodbServers } from '../sources/databases/mongodb.ts';
import { mysqlActivity, mysqlServers } from '../sources/databases/mysql.ts';
import { postgresqlActivity, postgresqlServers } from '../sources/databases/postgresql.ts';
import { postgresqlWorkload } from '../sources/databases/postgresql-workload.ts';
import { rabbitmqNodes, rabbitmqQueues } from '../sources/databases/rabbitmq.ts';
import { redisServers } from '../sources/databases/redis.ts';
import { zookeeperServers } from '../sources/databases/zookeeper.ts';
import type { Subsystem } from './subsystem.ts';

/** Manifest of databases, caches, queues, proxies and coordination services: by their unix sockets, and by what their processes listen on. */
export const databasesSubsystem: Subsystem = {
  id: 'databases',
  sources: [postgresqlActivity, postgresqlServers, postgresqlWorkload, mysqlActivity, mysqlServers, redisServers, memcachedServers, haproxyProcesses, rabbitmqNodes, rabbitmqQueues, etcdMembers, zookeeperServers, mongodbServers, mongodbOperations, mongodbOplogs, mongodbSlowQueries], // prettier-ignore
  findings: [
    postgresqlLockChain,
    postgresqlIdleTransaction,
    postgresqlLongTransaction,
    postgresqlConnections,
    postgresqlUnresponsive,
    postgresqlReplication,
    postgresqlArchiver,
    postgresqlWraparound,
    postgresqlDeadlocks,
    mysqlLockChain,
    mysqlIdleTransaction,
    mysqlLongTransaction,
    mysqlConnections,
    mysqlUnresponsive,
    mysqlReplication,
    mysqlGalera,
    redisUnresponsive,
    redisMemory,
    redisConnections,
    redisReplication,
    redisPersistence,
    redisSlow,
    redisCluster,
    memcachedUnresponsive,
    memcachedConnections,
    memcachedEvictions,
    haproxyUnresponsive,
    haproxyBackend,
    haproxyQueue,
    haproxyConnections,
    haproxyErrors,
    rabbitmqUnresponsive,
    rabbitmqAlarm,
    rabbitmqNode,
    rabbitmqQueue,
    etcdUnresponsive,
    etcdLeader,
    etcdDisk,
    etcdSpace,
    etcdPeer,
    zookeeperUnresponsive,
    zookeeperRequests,
    zookeeperDisk,
    zookeeperFollowers,
    zookeeperConnections,
    mongodbUnresponsive,
    mongodbReplicaSet,
    mongodbReplication,
    mongodbConnections,
    mongodbCache,
    mongodbTickets,
    mongodbFlowControl,
    mongodbLockWait,
    mongodbLongOperation,
    mongodbIdleTransaction,
    mongodbSlowQuery,
  ],
  steps: databaseSteps,
  dependencies: [databaseDependencies, listenerDependencies],
  checks: [
    postgresqlChecks,
    mysqlChecks,
    redisChecks,
    memcachedChecks,
    haproxyChecks,
    rabbitmqChecks,
    etcdChecks,
    zookeeperChecks,
    mongodbChecks,
  ],
  policy: { globs: [{ pattern: MONGODB_LOGS, links: false }] },
  pane: databasesPane,
  protocols: [postgresql, mysql, redis, memcached, haproxy, zookeeper, mongodb],
};
