import { command, type Standing, type StepTable } from '../next-step.ts';

const pidOf = ({ entity }: Standing): string | undefined => /\/([1-9]\d{0,9})$/.exec(entity.id)?.[1];

/** Pid of the postmaster of a server elsewhere: the pid of a session is one of its namespace. */
const postmasterOf = ({ entity }: Standing): string | undefined => /@([1-9]\d{0,9})\/\d+$/.exec(entity.id)?.[1];

/** State of the backend on the host. */
function backend(found: Standing) {
  const columns = ['-o', 'pid,stat,wchan:32,lstart,args'];
  const postmaster = postmasterOf(found);
  return postmaster === undefined
    ? command(['ps', ...columns, '-p', pidOf(found)], 'its backend process')
    : command(['ps', ...columns, '--ppid', postmaster], 'backends of its server');
}

/** Steps of the rules of an engine that is found by its process: `redis-memory`. */
const stepsOf = (engine: string, commands: string, section: string, rules: readonly string[]): StepTable =>
  Object.fromEntries(
    rules.map((rule) => [
      `${engine}-${rule}`,
      {
        commands: () => [
          command(['ps', '-C', commands, '-o', 'pid,stat,pcpu,rss,wchan:32,lstart,args'], 'its processes'),
          ...(rule === 'connections' ? [command(['ss', '-s'], 'sockets by state')] : []),
        ],
        section,
      },
    ]),
  );

/** Next steps of the rules of databases, caches, queues, proxies and coordination services. */
export const databaseSteps: StepTable = {
  'postgresql-lock-chain': { commands: (found) => [backend(found)], section: 'locks' },
  'postgresql-idle-transaction': { commands: (found) => [backend(found)], section: 'sessions' },
  'postgresql-long-transaction': { commands: (found) => [backend(found)], section: 'sessions' },
  'postgresql-connections': { section: 'sessions' },
  'postgresql-unresponsive': {
    commands: () => [command(['ps', '-C', 'postgres', '-o', 'pid,ppid,stat,wchan:32,args'], 'processes of PostgreSQL')],
    section: 'servers',
  },
  'postgresql-replication': { section: 'replication' },
  'postgresql-archiver': { section: 'servers' },
  'postgresql-wraparound': { section: 'servers' },
  'postgresql-deadlocks': { section: 'servers' },
  'mysql-lock-chain': { section: 'locks' },
  'mysql-idle-transaction': { section: 'sessions' },
  'mysql-long-transaction': { section: 'sessions' },
  'mysql-connections': { section: 'sessions' },
  'mysql-unresponsive': {
    commands: () => [
      command(['ps', '-C', 'mariadbd,mysqld', '-o', 'pid,ppid,stat,wchan:32,args'], 'processes of MySQL'),
    ],
    section: 'servers',
  },
  ...stepsOf('redis', 'redis-server,valkey-server', 'caches', ['unresponsive', 'memory', 'connections', 'replication', 'persistence', 'slow', 'cluster']),
  ...stepsOf('memcached', 'memcached', 'caches', ['unresponsive', 'connections', 'evictions']),
  ...stepsOf('haproxy', 'haproxy', 'haproxy', ['unresponsive', 'backend', 'queue', 'connections', 'errors']),
  ...stepsOf('rabbitmq', 'beam.smp', 'rabbitmq', ['unresponsive', 'alarm', 'node']),
  'rabbitmq-queue': { section: 'queues' },
  ...stepsOf('etcd', 'etcd', 'coordination', ['unresponsive', 'leader', 'disk', 'space', 'peer']),
  ...stepsOf('zookeeper', 'java', 'coordination', ['unresponsive', 'requests', 'disk', 'followers', 'connections']),
  ...stepsOf('mongodb', 'mongod,mongos,ferretdb', 'mongodb', ['unresponsive', 'connections', 'cache', 'tickets', 'flow-control']),
  ...stepsOf('mongodb', 'mongod,mongos,ferretdb', 'replication', ['replica-set', 'replication']),
  ...stepsOf('mongodb', 'mongod,mongos,ferretdb', 'operations', ['lock-wait', 'long-operation', 'idle-transaction']),
  'mongodb-slow-query': { section: 'slow-queries' },
  'mysql-replication': { section: 'replication' },
  'mysql-galera': { section: 'replication' },
}; // prettier-ignore
