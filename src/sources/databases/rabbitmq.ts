import { metricSamples } from '../../lib/prometheus-text.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';
import { listenerServers, listening, type ListenerServers } from './listeners.ts';

export interface RabbitmqNode {
  /** `rabbit@ctl1`. */
  readonly node: string | undefined;
  /** Name of its cluster (3.8.2 and later): all nodes have the same one. */
  readonly cluster: string | undefined;
  readonly version: string | undefined;
  readonly upSeconds: number | undefined;
  /** Alarms in force: any of them blocks the publishers of the whole cluster. */
  readonly alarms: readonly RabbitmqAlarm[];
  /** Whether the node reports its alarms (3.8.2 and later). */
  readonly reportsAlarms: boolean;
  readonly memoryBytes: number | undefined;
  readonly memoryLimitBytes: number | undefined;
  readonly diskFreeBytes: number | undefined;
  readonly diskLimitBytes: number | undefined;
  readonly files: number | undefined;
  readonly filesLimit: number | undefined;
  readonly connections: number | undefined;
  readonly channels: number | undefined;
  readonly queues: number | undefined;
  readonly consumers: number | undefined;
  readonly ready: number | undefined;
  readonly unacked: number | undefined;
  /** Counters since its start. */
  readonly published: number | undefined;
  readonly delivered: number | undefined;
  readonly connectionsOpened: number | undefined;
  readonly unreachablePeers: number | undefined;
}

export type RabbitmqAlarm = 'memory' | 'disk' | 'file descriptors';

const ALARMS: readonly (readonly [metric: string, alarm: RabbitmqAlarm])[] = [
  ['rabbitmq_alarms_memory_used_watermark', 'memory'],
  ['rabbitmq_alarms_free_disk_space_watermark', 'disk'],
  ['rabbitmq_alarms_file_descriptor_limit', 'file descriptors'],
];

/** Port of the plugin rabbitmq_prometheus, which needs no password. */
const PORT = 15_692;

/**
 * Figures of each node on this host, sums over its queues:
 *
 *     rabbitmq_alarms_memory_used_watermark 1
 *     rabbitmq_process_resident_memory_bytes 159461376
 *
 * https://www.rabbitmq.com/docs/prometheus
 */
export const rabbitmqNodes = defineSource({
  id: 'rabbitmq-nodes',
  title: 'RabbitMQ nodes',
  why: 'Shows alarms, memory, disk, connections and messages of RabbitMQ.',
  everySeconds: 10,
  reads: { metrics: listening('http', 'beam.smp', 'GET /metrics', PORT) },
  parse: ({ metrics }): RabbitmqNodesSample | undefined => {
    const servers = listenerServers('rabbitmq', [metrics], nodeOf);
    return servers && { servers };
  },
  identifiers: (sample) =>
    [...(sample?.servers.values() ?? [])].flatMap((one) =>
      'state' in one
        ? named(
            'host',
            [one.state.node, one.state.cluster].map((name) => name?.replace(/^[^@]*@/, '')),
          )
        : [],
    ),
});

export interface RabbitmqNodesSample {
  readonly servers: ListenerServers<RabbitmqNode>;
}

function nodeOf(text: string): RabbitmqNode | undefined {
  const sums = new Map<string, number>();
  let [node, version, cluster]: (string | undefined)[] = [];
  for (const { name, labels, value } of metricSamples(text, 'rabbitmq_')) {
    sums.set(name, (sums.get(name) ?? 0) + value);
    node ??= labels.get('rabbitmq_node');
    version ??= labels.get('rabbitmq_version');
    cluster ??= labels.get('rabbitmq_cluster');
  }
  if (sums.size === 0) return undefined;
  for (const { name, value } of metricSamples(text, 'erlang_uptime_seconds')) sums.set(name, value);
  const sum = (name: string): number | undefined => sums.get(name);
  return {
    node,
    cluster,
    version,
    upSeconds: sum('erlang_uptime_seconds'),
    alarms: ALARMS.flatMap(([metric, alarm]) => ((sum(metric) ?? 0) > 0 ? [alarm] : [])),
    reportsAlarms: ALARMS.some(([metric]) => sums.has(metric)),
    memoryBytes: sum('rabbitmq_process_resident_memory_bytes'),
    memoryLimitBytes: sum('rabbitmq_resident_memory_limit_bytes'),
    diskFreeBytes: sum('rabbitmq_disk_space_available_bytes'),
    diskLimitBytes: sum('rabbitmq_disk_space_available_limit_bytes'),
    files: sum('rabbitmq_process_open_fds'),
    filesLimit: sum('rabbitmq_process_max_fds'),
    connections: sum('rabbitmq_connections'),
    channels: sum('rabbitmq_channels'),
    queues: sum('rabbitmq_queues'),
    consumers: sum('rabbitmq_consumers'),
    ready: sum('rabbitmq_queue_messages_ready'),
    unacked: sum('rabbitmq_queue_messages_unacked'),
    published: sum('rabbitmq_global_messages_received_total') ?? sum('rabbitmq_channel_messages_published_total'),
    delivered: sum('rabbitmq_global_messages_delivered_total') ?? sum('rabbitmq_channel_messages_delivered_total'),
    connectionsOpened: sum('rabbitmq_connections_opened_total'),
    unreachablePeers: sum('rabbitmq_unreachable_cluster_peers_count'),
  };
}

export interface RabbitmqQueue {
  readonly vhost: string;
  readonly name: string;
  readonly ready: number | undefined;
  readonly unacked: number | undefined;
  readonly consumers: number | undefined;
}

/**
 * Messages and consumers of each queue (RabbitMQ 3.10 and later):
 *
 *     rabbitmq_detailed_queue_messages_ready{vhost="/",queue="orders"} 12
 *     rabbitmq_detailed_queue_consumers{vhost="/",queue="orders"} 0
 *
 * 2 ms of the broker for 76 queues. https://www.rabbitmq.com/docs/prometheus#detailed-endpoint
 */
export const rabbitmqQueues = defineSource({
  id: 'rabbitmq-queues',
  title: 'RabbitMQ queues',
  why: 'Shows queues of RabbitMQ without consumers, and those that grow.',
  everySeconds: 10,
  reads: {
    metrics: listening(
      'http',
      'beam.smp',
      'GET /metrics/detailed?family=queue_coarse_metrics&family=queue_consumer_count',
      PORT,
    ),
  },
  weightKiB: (sample: RabbitmqQueuesSample | undefined) =>
    [...(sample?.servers.values() ?? [])].reduce((sum, one) => sum + ('state' in one ? one.state.queues.size * 0.3 : 0), 0), // prettier-ignore
  parse: ({ metrics }): RabbitmqQueuesSample | undefined => {
    const servers = listenerServers('rabbitmq', [metrics], queuesOf);
    return servers && { servers };
  },
  identifiers: (sample) =>
    [...(sample?.servers.values() ?? [])].flatMap((one) =>
      'state' in one
        ? [...one.state.queues.values()].flatMap(({ vhost }) => (vhost === '/' ? [] : named('database', [vhost])))
        : [],
    ),
});

export interface RabbitmqQueues {
  /** By `vhost/name`. */
  readonly queues: ReadonlyMap<string, RabbitmqQueue>;
  /** Figures of queues beyond the limit. */
  readonly left: number;
}

export interface RabbitmqQueuesSample {
  readonly servers: ListenerServers<RabbitmqQueues>;
}

const MOST_QUEUES = 10_000;
const FIELDS: Readonly<Record<string, 'ready' | 'unacked' | 'consumers'>> = {
  rabbitmq_detailed_queue_messages_ready: 'ready',
  rabbitmq_detailed_queue_messages_unacked: 'unacked',
  rabbitmq_detailed_queue_consumers: 'consumers',
};

function queuesOf(text: string): RabbitmqQueues {
  const queues = new Map<string, { -readonly [Key in keyof RabbitmqQueue]: RabbitmqQueue[Key] }>();
  let left = 0;
  for (const { name, labels, value } of metricSamples(text, 'rabbitmq_detailed_queue_')) {
    const [field, vhost, queue] = [FIELDS[name], labels.get('vhost'), labels.get('queue')];
    if (field === undefined || vhost === undefined || queue === undefined) continue;
    const key = `${vhost}/${queue}`;
    let known = queues.get(key);
    if (known === undefined) {
      if (queues.size >= MOST_QUEUES) {
        left++;
        continue;
      }
      known = { vhost, name: queue, ready: undefined, unacked: undefined, consumers: undefined };
      queues.set(key, known);
    }
    known[field] = value;
  }
  return { queues, left };
}
