import { etcdDisk, etcdLeader, etcdPeer, etcdSpace, etcdUnresponsive } from '../../../src/findings/databases/etcd.ts'; // prettier-ignore
import {
  zookeeperConnections,
  zookeeperDisk,
  zookeeperFollowers,
  zookeeperRequests,
  zookeeperUnresponsive,
} from '../../../src/findings/databases/zookeeper.ts';
import type { DaemonReply } from '../../../src/host/host.ts';
import { faultOn, type Fault } from '../../helpers/found-on.ts';

const vm = faultOn('cloud-vm', 10);

/** Reply of one process by the pattern of its sockets. */
const replyOf = (pattern: string, address: string, request: string, reply: DaemonReply) => ({
  [`${pattern} < ${request}`]: () => new Map([[`${pattern.split('*')[0]}812:${address}`, reply]]),
});
const text = (value: string): DaemonReply => ({ ok: true, text: value, tookMs: 1 });
const silent = (detail: string): DaemonReply => ({ ok: false, why: 'timeout', detail });

const etcdReply = (request: string, reply: DaemonReply) =>
  replyOf('listening:etcd:*', '127.0.0.1:2379', request, reply);
/** Metrics; `alarm` is in its status. */
const etcd = (figures: Readonly<Record<string, number>>, alarm?: string) => ({
  ...etcdReply(
    'GET /metrics',
    text(
      Object.entries({ server_has_leader: 1, server_is_leader: 0, server_quota_backend_bytes: 2 ** 31, mvcc_db_total_size_in_bytes: 2 ** 20, ...figures })
        .map(([name, value]) => `etcd_${name} ${value}\n`)
        .join(''),
    ), // prettier-ignore
  ),
  ...etcdReply('RPC /v3/maintenance/status', text(JSON.stringify({ raftTerm: '7', errors: alarm === undefined ? [] : [`memberID:7 alarm:${alarm} `] }))), // prettier-ignore
});
const peer = (id: string, isReachable: 0 | 1) => ({ [`network_active_peers{Local="a",Remote="${id}"}`]: isReachable });
/** Calls up to 0.1 s, 1 s and 8 s. */
const histogram = (name: string, [fast, slow, slowest]: readonly [number, number, number]) => ({
  [`disk_${name}_duration_seconds_bucket{le="0.1"}`]: fast,
  [`disk_${name}_duration_seconds_bucket{le="1"}`]: slow,
  [`disk_${name}_duration_seconds_bucket{le="8"}`]: slowest,
  [`disk_${name}_duration_seconds_bucket{le="+Inf"}`]: slowest,
});

const zookeeperReply = (reply: DaemonReply) => replyOf('listening:java:*:2181', '127.0.0.1:2181', 'server', reply);
const zookeeper = (mode: string, outstanding = 0, mntr: Readonly<Record<string, string>> = {}) =>
  zookeeperReply(text(JSON.stringify({ srvr: `Zookeeper version: 3.8.0-1, built on x\nLatency min/avg/max: 0/0.5/12\nConnections: 3\nOutstanding: ${outstanding}\nMode: ${mode}\n`, mntr }))); // prettier-ignore

const [ETCD, ZOOKEEPER] = ['etcd:2379', 'zookeeper:2181'];

/** Faults of etcd 3.4 and ZooKeeper 3.8. */
export const coordinationFaults: readonly Fault[] = [
  vm(etcdUnresponsive, [etcdReply('GET /metrics', silent('/metrics: timeout'))], ['crit', ETCD, 'accepts connections, does not respond']),
  vm(etcdLeader, [etcd({ server_has_leader: 0, ...peer('b', 0), ...peer('c', 0) })], ['crit', ETCD, 'no leader, writes refused, 2 of 2 peers unreachable']),
  vm(etcdLeader, [3, 4, 8].map((changes) => etcd({ server_leader_changes_seen_total: changes })), ['warn', ETCD, 'leader changed 5 times in 20 s']),
  vm(etcdLeader, [1, 8].map((failed) => etcd({ server_proposals_failed_total: failed })), ['warn', ETCD, '7 proposals failed in 10 s']),
  vm(etcdDisk, ([[5, 5, 5], [5, 105, 107]] as const).map((calls) => etcd(histogram('wal_fsync', calls))), ['crit', ETCD, 'slow disk: WAL fsync p99 ≤ 8.0s']),
  vm(etcdDisk, ([[5, 5, 5], [5, 105, 105]] as const).map((calls) => etcd(histogram('backend_commit', calls))), ['warn', ETCD, 'slow disk: backend commit p99 ≤ 1.0s']),
  vm(etcdSpace, [etcd({ mvcc_db_total_size_in_bytes: 2 ** 31 }, 'NOSPACE')], ['crit', ETCD, 'NOSPACE alarm, writes refused, database 2.0 GiB of 2.0 GiB quota']),
  vm(etcdSpace, [etcd({}, 'CORRUPT')], ['crit', ETCD, 'CORRUPT alarm, members have different data']),
  vm(etcdSpace, [etcd({ mvcc_db_total_size_in_bytes: 0.85 * 2 ** 31 })], ['warn', ETCD, 'database 1.7 GiB of 2.0 GiB quota, 85%']),
  vm(etcdPeer, [etcd({ ...peer('b', 1), ...peer('c', 0) })], ['warn', ETCD, '1 of 2 peers unreachable: c']),
  vm(zookeeperUnresponsive, [zookeeperReply(silent('server: timeout after 4.0 s'))], ['crit', ZOOKEEPER, 'accepts connections, does not respond']),
  vm(zookeeperUnresponsive, [zookeeperReply(text(JSON.stringify({ srvr: 'This ZooKeeper instance is not currently serving requests\n' })))], ['crit', ZOOKEEPER, 'not serving requests, no quorum']),
  vm(zookeeperRequests, [zookeeper('follower', 120)], ['crit', ZOOKEEPER, '120 outstanding requests, 3 connections']),
  vm(zookeeperDisk, [['10', '100'], ['14', '8100']].map(([cnt_fsynctime = '', sum_fsynctime = '']) => zookeeper('leader', 0, { cnt_fsynctime, sum_fsynctime })), ['warn', ZOOKEEPER, 'slow disk: fsync of the transaction log 2.0s']),
  vm(zookeeperFollowers, [zookeeper('leader', 0, { quorum_size: '3', synced_followers: '1' })], ['warn', ZOOKEEPER, '1 of 2 followers in sync']),
  vm(zookeeperConnections, ['0', '5'].map((connection_rejected) => zookeeper('standalone', 0, { connection_rejected })), ['crit', ZOOKEEPER, '5 connections rejected, maxClientCnxns']),
  vm(zookeeperConnections, [zookeeper('standalone', 0, { open_file_descriptor_count: '900', max_file_descriptor_count: '1000' })], ['warn', ZOOKEEPER, '900 of 1.0k file descriptors, 90%']),
]; // prettier-ignore
