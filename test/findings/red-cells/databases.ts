import type { JudgedCells } from './judged-cell.ts';

export const databasesJudged: JudgedCells = {
  'databases/servers/sessions': { rules: ['postgresql-connections', 'mysql-connections'] },
  'databases/servers/xid': { rules: ['postgresql-wraparound'] },
  'databases/locks/waits': { rules: ['postgresql-lock-chain', 'mysql-lock-chain'], anyRow: true },
  'databases/sessions/for': {
    rules: ['postgresql-idle-transaction', 'postgresql-lock-chain', 'mysql-idle-transaction', 'mysql-lock-chain'],
  },
  'databases/sessions/transaction': {
    rules: ['postgresql-long-transaction', 'postgresql-lock-chain', 'mysql-long-transaction', 'mysql-lock-chain'],
  },
  'databases/caches/clients': { rules: ['redis-connections', 'memcached-connections'] },
  'databases/caches/used': { rules: ['redis-memory'] },
  'databases/caches/replication': { rules: ['redis-replication'] },
  'databases/caches/persistence': { rules: ['redis-persistence', 'redis-unresponsive'] },
  'databases/haproxy/status': { rules: ['haproxy-backend'], anyRow: true },
  'databases/haproxy/queue': { rules: ['haproxy-queue'], anyRow: true },
  'databases/haproxy/sessions': { rules: ['haproxy-connections'], anyRow: true },
  'databases/rabbitmq/alarms': { rules: ['rabbitmq-alarm'] },
  'databases/rabbitmq/memory': { rules: ['rabbitmq-node'] },
  'databases/rabbitmq/files': { rules: ['rabbitmq-node'] },
  'databases/queues/consumers': { rules: ['rabbitmq-queue'], anyRow: true },
  'databases/coordination/role': { rules: ['etcd-leader', 'zookeeper-unresponsive'] },
  'databases/coordination/peers': { rules: ['etcd-peer', 'zookeeper-followers'] },
  'databases/coordination/alarms': { rules: ['etcd-space'] },
  'databases/coordination/size': { rules: ['etcd-space'] },
  'databases/coordination/fsync': { rules: ['etcd-disk', 'zookeeper-disk'] },
  'databases/coordination/commit': { rules: ['etcd-disk'] },
  'databases/coordination/waiting': { rules: ['zookeeper-requests'] },
  'databases/replication/state': { rules: ['postgresql-replication', 'mysql-replication', 'mysql-galera'] },
  'databases/replication/lag': { rules: ['postgresql-replication', 'mysql-replication'] },
};
