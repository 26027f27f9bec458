import { fields, json, textOf, textsOf } from '../../lib/json.ts';
import { defineSource } from '../source.ts';
import { figureOf, listenerServers, listening, type ListenerServers } from './listeners.ts';

export interface ZookeeperServer {
  readonly version: string | undefined;
  /** `leader`, `follower`, `observer`, `standalone`; undefined without a quorum. */
  readonly mode: string | undefined;
  /** False where it has no quorum. */
  readonly isServing: boolean;
  /** Since its start or a reset of its statistics. */
  readonly latencyMs: number | undefined;
  readonly maxLatencyMs: number | undefined;
  readonly connections: number | undefined;
  readonly outstanding: number | undefined;
  readonly received: number | undefined;
  readonly nodes: number | undefined;
  /** Whether `mntr` is on its whitelist; of the figures below those of another server are undefined. */
  readonly hasMonitor: boolean;
  readonly watches: number | undefined;
  readonly dataBytes: number | undefined;
  readonly files: number | undefined;
  readonly filesLimit: number | undefined;
  /** Counters since its start: connections above maxClientCnxns, calls of fsync and the time in them. */
  readonly rejected: number | undefined;
  readonly fsyncs: number | undefined;
  readonly fsyncMs: number | undefined;
  /** Voters of the ensemble; of a leader followers that are in sync. */
  readonly voters: number | undefined;
  readonly syncedFollowers: number | undefined;
}

/**
 * `srvr` of each server, and `mntr`:
 *
 *     Zookeeper version: 3.8.0-, built on 2023-01-13
 *     Latency min/avg/max: 0/0.5/12
 *     Outstanding: 0
 *     Mode: leader
 *
 *     zk_synced_followers	2
 *
 * https://zookeeper.apache.org/doc/current/zookeeperAdmin.html#sc_zkCommands
 */
export const zookeeperServers = defineSource({
  id: 'zookeeper-servers',
  title: 'ZooKeeper servers',
  why: 'Shows mode, latency, followers and outstanding requests of ZooKeeper.',
  everySeconds: 5,
  reads: { zookeeper: { ...listening('zookeeper', 'java', 'server', 2181), timeoutMs: 3000 } },
  parse: ({ zookeeper }): ZookeeperSample | undefined => {
    const servers = listenerServers('zookeeper', [zookeeper], serverOf);
    return servers && { servers };
  },
});

export interface ZookeeperSample {
  readonly servers: ListenerServers<ZookeeperServer>;
}

function serverOf(text: string): ZookeeperServer | undefined {
  const reply = fields(json(text));
  const [srvr, monitor] = [textOf(reply['srvr']) ?? '', textsOf(reply['mntr'])];
  const isServing = !srvr.includes('not currently serving requests');
  if (isServing && !/^Zookeeper version: /m.test(srvr)) return undefined;
  const field = (name: string): string | undefined => new RegExp(`^${name}: *(\\S.*)$`, 'm').exec(srvr)?.[1]?.trim();
  const latency = field('Latency min/avg/max')?.split('/');
  return {
    version: field('Zookeeper version')?.split(/[-,]/, 1)[0],
    mode: field('Mode'),
    isServing,
    latencyMs: figureOf(latency?.[1]),
    maxLatencyMs: figureOf(latency?.[2]),
    connections: figureOf(field('Connections')),
    outstanding: figureOf(field('Outstanding')),
    received: figureOf(field('Received')),
    nodes: figureOf(field('Node count')),
    hasMonitor: monitor.size > 0,
    watches: figureOf(monitor.get('watch_count')),
    dataBytes: figureOf(monitor.get('approximate_data_size')),
    files: figureOf(monitor.get('open_file_descriptor_count')),
    filesLimit: figureOf(monitor.get('max_file_descriptor_count')),
    rejected: figureOf(monitor.get('connection_rejected')),
    fsyncs: figureOf(monitor.get('cnt_fsynctime')),
    fsyncMs: figureOf(monitor.get('sum_fsynctime')),
    voters: figureOf(monitor.get('quorum_size')),
    syncedFollowers: figureOf(monitor.get('synced_followers')),
  };
}
