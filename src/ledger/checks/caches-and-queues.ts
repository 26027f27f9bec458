import { shareOf } from '../../entities/databases/connections.ts';
import { backendsOf } from '../../entities/databases/haproxy.ts';
import { withoutConsumers } from '../../entities/databases/rabbitmq.ts';
import { masterSeverity, persistenceFailure } from '../../entities/databases/redis.ts';
import { binaryBytes, count, ms, percent } from '../../lib/units.ts';
import { haproxyProcesses } from '../../sources/databases/haproxy.ts';
import { memcachedServers } from '../../sources/databases/memcached.ts';
import { rabbitmqNodes, rabbitmqQueues } from '../../sources/databases/rabbitmq.ts';
import { redisServers } from '../../sources/databases/redis.ts';
import { delta } from '../../timeline/moment.ts';
import { defineChecks, type Check } from '../check.ts';
import { linesOf, ofLimit, yes } from './server-lines.ts';

/** Servers of Redis and Valkey by rule. */
export const redisChecks = defineChecks({
  id: 'redis',
  needs: { redisServers },
  rules: ['redis-unresponsive', 'redis-memory', 'redis-connections', 'redis-replication', 'redis-persistence', 'redis-slow', 'redis-cluster'],
  of: ({ redisServers: seen }): readonly Check[] =>
    linesOf('redisServers', seen, (one) => {
      const of = one?.state;
      const slowestUs = of && Math.max(0, ...of.slow.map(({ us }) => us));
      return [
        ['redis-unresponsive', 'errors', 'replies', yes(of)],
        ['redis-memory', 'utilisation', 'memory', of?.usedBytes === undefined ? undefined : `${binaryBytes(of.usedBytes)} of ${of.maxBytes === undefined ? 'no limit' : binaryBytes(of.maxBytes)}`, shareOf(of?.usedBytes, of?.maxBytes)],
        ['redis-connections', 'utilisation', 'clients', ofLimit(of?.clients, of?.maxClients), shareOf(of?.clients, of?.maxClients)],
        ['redis-replication', 'errors', 'replication', of && (of.link === undefined ? `${of.replicas.length} replicas` : of.link.isUp === false ? 'link down' : 'link up')],
        ['redis-persistence', 'errors', 'persistence', of && (persistenceFailure(of) ?? 'ok')],
        ['redis-slow', 'saturation', 'slowest command', slowestUs === undefined ? undefined : ms(slowestUs / 1000), slowestUs],
        ['redis-cluster', 'errors', 'cluster', of && (of.clusterState ?? (of.masters.some((master) => masterSeverity(master)) ? 'master down' : 'none'))],
      ];
    }),
}); // prettier-ignore

/** Servers of memcached by rule. */
export const memcachedChecks = defineChecks({
  id: 'memcached',
  needs: { memcachedServers },
  rules: ['memcached-unresponsive', 'memcached-connections', 'memcached-evictions'],
  of: ({ memcachedServers: seen }): readonly Check[] =>
    linesOf('memcachedServers', seen, (one) => {
      const of = one?.state;
      const evicted = delta(of?.evictions, one?.before?.evictions, one?.seconds);
      return [
        ['memcached-unresponsive', 'errors', 'replies', yes(of)],
        ['memcached-connections', 'utilisation', 'connections', ofLimit(of?.connections, of?.maxConnections), shareOf(of?.connections, of?.maxConnections)],
        ['memcached-evictions', 'saturation', 'evictions/s', evicted === undefined ? undefined : count(evicted), evicted],
      ];
    }),
}); // prettier-ignore

/** HAProxy by rule. */
export const haproxyChecks = defineChecks({
  id: 'haproxy',
  needs: { haproxyProcesses },
  rules: ['haproxy-unresponsive', 'haproxy-backend', 'haproxy-queue', 'haproxy-connections', 'haproxy-errors'],
  of: ({ haproxyProcesses: seen }): readonly Check[] =>
    linesOf('haproxyProcesses', seen, (one) => {
      const of = one?.state;
      const backends = of && backendsOf(of);
      const up = backends?.filter(({ severity }) => severity !== 'crit').length;
      const queued = of?.lines.reduce((sum, { queue }) => sum + (queue ?? 0), 0);
      const total = (state: typeof of) => state?.lines.reduce((sum, { kind, serverErrors, connectErrors }) => sum + (kind === 'backend' ? (serverErrors ?? 0) + (connectErrors ?? 0) : 0), 0);
      const errors = delta(total(of), total(one?.before), one?.seconds);
      return [
        ['haproxy-unresponsive', 'errors', 'replies', yes(of)],
        ['haproxy-backend', 'errors', 'backends up', ofLimit(up, backends?.length), backends && backends.length - (up ?? 0)],
        ['haproxy-queue', 'saturation', 'queued requests', queued === undefined ? undefined : count(queued), queued],
        ['haproxy-connections', 'utilisation', 'connections', ofLimit(of?.connections, of?.maxConnections), shareOf(of?.connections, of?.maxConnections)],
        ['haproxy-errors', 'errors', 'errors/s', errors === undefined ? undefined : count(errors), errors],
      ];
    }),
}); // prettier-ignore

/** Nodes of RabbitMQ by rule. */
export const rabbitmqChecks = defineChecks({
  id: 'rabbitmq',
  needs: { rabbitmqNodes, rabbitmqQueues },
  rules: ['rabbitmq-unresponsive', 'rabbitmq-alarm', 'rabbitmq-node', 'rabbitmq-queue'],
  of: ({ rabbitmqNodes: nodes, rabbitmqQueues: queues }): readonly Check[] => [
    ...linesOf('rabbitmqNodes', nodes, (one) => {
      const of = one?.state;
      const memory = shareOf(of?.memoryBytes, of?.memoryLimitBytes);
      return [
        ['rabbitmq-unresponsive', 'errors', 'replies', yes(of)],
        ['rabbitmq-alarm', 'saturation', 'alarms', of?.reportsAlarms === true ? of.alarms.join(', ') || 'none' : undefined, of?.alarms.length],
        ['rabbitmq-node', 'utilisation', 'memory of the watermark', memory === undefined ? undefined : percent(memory), memory],
      ];
    }),
    ...linesOf('rabbitmqQueues', queues, (one) => {
      const alone = one && withoutConsumers(one.state.queues).length;
      return [['rabbitmq-queue', 'saturation', 'queues without consumers', ofLimit(alone, one?.state.queues.size), alone]];
    }),
  ],
}); // prettier-ignore
