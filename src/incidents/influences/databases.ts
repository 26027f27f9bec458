import type { InfluenceRow } from '../influence.ts';

/** Influences of findings about databases. */
export const databaseInfluences: readonly InfluenceRow[] = [
  ['cpu-saturated', 'postgresql-unresponsive', 'database-server', ['shares'], 'sometimes', 60, 'its processes wait for a CPU'],
  ['cpu-saturated', 'mysql-unresponsive', 'database-server', ['shares'], 'sometimes', 60, 'its threads wait for a CPU'],
  ['cpu-saturated', 'redis-unresponsive/unresponsive', 'database-server', ['shares'], 'sometimes', 60, 'its one thread waits for a CPU'],
  ['cpu-saturated', 'rabbitmq-unresponsive/unresponsive', 'database-server', ['shares'], 'sometimes', 60, 'its schedulers wait for a CPU'],
  ['process-stopped', 'redis-unresponsive/unresponsive', 'database-server', ['runs-as'], 'always', 60, 'its process is stopped'],
  ['process-stopped', 'memcached-unresponsive/unresponsive', 'database-server', ['runs-as'], 'always', 60, 'its process is stopped'],
  ['process-stopped', 'haproxy-unresponsive/unresponsive', 'database-server', ['runs-as'], 'always', 60, 'its process is stopped'],
  ['process-stopped', 'rabbitmq-unresponsive/unresponsive', 'database-server', ['runs-as'], 'always', 60, 'its process is stopped'],
  ['redis-slow', 'redis-unresponsive/unresponsive', 'database-server', [], 'sometimes', 60, 'its one thread executes the slow command'],
  ['rabbitmq-queue/no-consumers', 'rabbitmq-alarm', 'database-server', [], 'sometimes', 3600, 'messages that no consumer takes fill memory and disk'],
  ['rabbitmq-queue/grows', 'rabbitmq-alarm', 'database-server', [], 'sometimes', 3600, 'messages that consumers are too slow for fill memory and disk'],
  ['cpu-saturated', 'etcd-unresponsive/unresponsive', 'database-server', ['shares'], 'sometimes', 60, 'its threads wait for a CPU'],
  ['process-stopped', 'etcd-unresponsive/unresponsive', 'database-server', ['runs-as'], 'always', 60, 'its process is stopped'],
  ['process-stopped', 'zookeeper-unresponsive/unresponsive', 'database-server', ['runs-as'], 'always', 60, 'its process is stopped'],
  ['etcd-disk', 'etcd-leader', 'database-server', [], 'sometimes', 900, 'a leader that waits for its disk sends no heartbeats'],
  ['etcd-unresponsive', 'kube-api-unresponsive', 'daemon', ['served-by'], 'often', 300, 'the API server gets no reply from etcd'],
  ['etcd-leader/none', 'kube-api-unresponsive', 'daemon', ['served-by'], 'often', 300, 'etcd without a leader refuses its requests'],
  ['etcd-leader/changes', 'kube-api-unresponsive', 'daemon', ['served-by'], 'sometimes', 300, 'its requests fail at each election of etcd'],
  ['etcd-space/alarm-NOSPACE', 'kube-api-unresponsive', 'daemon', ['served-by'], 'sometimes', 300, 'etcd refuses its writes'],
  ['etcd-disk', 'kube-api-unresponsive', 'daemon', ['served-by'], 'sometimes', 300, 'its writes wait for the disk of etcd'],
  ['zookeeper-disk', 'zookeeper-requests', 'database-server', [], 'often', 60, 'each write waits for the fsync of the transaction log'],
]; // prettier-ignore
