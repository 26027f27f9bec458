import { expect, test } from 'vitest';
import { commitSeverity, fsyncSeverity, quantile } from '../../../src/entities/databases/etcd.ts';
import type { DaemonReply } from '../../../src/host/host.ts';
import { etcdMembers } from '../../../src/sources/databases/etcd.ts';
import { zookeeperServers } from '../../../src/sources/databases/zookeeper.ts';

const at = (path: string, text: string): ReadonlyMap<string, DaemonReply> => new Map([[path, { ok: true, text, tookMs: 1, at: 7 }]]); // prettier-ignore
const METRICS = `# HELP etcd_server_has_leader Whether or not a leader exists.
etcd_server_has_leader 1
etcd_server_is_leader 0
etcd_server_leader_changes_seen_total 3
etcd_server_quota_backend_bytes 8.388608e+06
etcd_mvcc_db_total_size_in_bytes 20480
etcd_disk_wal_fsync_duration_seconds_bucket{le="0.001"} 4
etcd_disk_wal_fsync_duration_seconds_bucket{le="+Inf"} 8
etcd_network_active_peers{Local="b21418facceeacad",Remote="3b0b9f703d889f0e"} 1
etcd_network_active_peers{Local="b21418facceeacad",Remote="76424d2772307f6a"} 0
etcd_network_active_peers{Local="b21418facceeacad",Remote="aaaa"} 0
etcd_server_version{server_version="3.4.23"} 1
`;
const ETCD = 'listening:etcd:812:127.0.0.1:2379';

test('etcdMembers joins metrics, status and the list of members', () => {
  const status = { header: { member_id: '12831908703744470189' }, raftTerm: '2', errors: ['memberID:12831908703744470189 alarm:NOSPACE ', 'etcdserver: no leader'] }; // prettier-ignore
  const members = { members: [{ ID: '4254669577399082766', name: 'm3' }, { ID: '8521458276753244010' }, { ID: '12831908703744470189', name: 'm1' }] }; // prettier-ignore
  const sample = etcdMembers.parse({ metrics: at(ETCD, METRICS), status: at(ETCD, JSON.stringify(status)), members: at(ETCD, JSON.stringify(members)) }); // prettier-ignore
  expect(sample?.servers.get('etcd:2379')).toMatchObject({
    pid: 812,
    state: {
      name: 'm1',
      version: '3.4.23',
      hasLeader: true,
      isLeader: false,
      raftTerm: 2,
      members: 3,
      alarms: ['NOSPACE'],
      leaderChanges: 3,
      quotaBytes: 8_388_608,
      usedBytes: undefined,
      walFsync: [[0.001, 4], [undefined, 8]],
      // A member that was removed is left out, and one without a name has its id.
      peers: [{ name: 'm3', isReachable: true }, { name: '76424d2772307f6a', isReachable: false }],
    },
  }); // prettier-ignore
});

test('etcdMembers does not know alarms where the gateway is off', () => {
  const status: ReadonlyMap<string, DaemonReply> = new Map([[ETCD, { ok: false, why: 'absent', detail: 'HTTP 404' }]]);
  const sample = etcdMembers.parse({ metrics: at(ETCD, METRICS), status, members: status });
  expect(sample?.servers.get('etcd:2379')).toMatchObject({ state: { alarms: undefined, members: undefined, peers: { length: 3 } } }); // prettier-ignore
  expect(etcdMembers.parse({ metrics: at(ETCD, 'go_info 1\n'), status, members: status })?.servers.size).toBe(0);
});

test('quantile is the upper bound of the bucket, and unknown without calls or after a restart', () => {
  const before = [[0.1, 5], [1, 5], [undefined, 5]] as const; // prettier-ignore
  expect(quantile([[0.1, 100], [1, 105], [undefined, 105]], before, 0.99)).toBe(1); // prettier-ignore
  expect(quantile([[0.1, 5], [1, 5], [undefined, 9]], before, 0.99)).toBe(1); // prettier-ignore
  expect(quantile([[0.1, 105], [1, 105], [undefined, 105]], before, 0.99)).toBe(0.1); // prettier-ignore
  // One slow call of ten, or alone, is none.
  expect(quantile([[0.1, 14], [1, 15], [undefined, 15]], before, 0.99)).toBe(0.1); // prettier-ignore
  expect(quantile([[0.1, 13], [1, 15], [undefined, 15]], before, 0.99)).toBe(1); // prettier-ignore
  expect(quantile([[0.1, 5], [1, 6], [undefined, 6]], before, 0.99)).toBeUndefined(); // prettier-ignore
  expect(quantile(before, before, 0.99)).toBeUndefined();
  expect(quantile([[0.1, 1], [1, 1], [undefined, 9]], before, 0.99)).toBeUndefined(); // prettier-ignore
  expect(quantile(before, undefined, 0.99)).toBeUndefined();
});

test('fsyncSeverity and commitSeverity take a bucket whose lower bound is above the limit', () => {
  expect([0.512, 1.024, 2.048].map((upTo) => fsyncSeverity(upTo))).toEqual([undefined, 'warn', 'crit']);
  expect([0.256, 0.512, 2.048].map((upTo) => commitSeverity(upTo))).toEqual([undefined, 'warn', 'crit']);
});

const zookeeperOf = (reply: object) =>
  zookeeperServers.parse({ zookeeper: at('listening:java:7:127.0.0.1:2181', JSON.stringify(reply)) })?.servers.get('zookeeper:2181'); // prettier-ignore

test('zookeeperServers parses srvr and figures of mntr', () => {
  const srvr = 'Zookeeper version: 3.8.0-${mvngit.commit.id}, built on 2024-12-29 17:54 UTC\nLatency min/avg/max: 0/0.5/12\nReceived: 7\nConnections: 1\nOutstanding: 0\nMode: leader\nNode count: 5\n'; // prettier-ignore
  expect(zookeeperOf({ srvr, mntr: { quorum_size: '3', synced_followers: '2', watch_count: '0' } })).toMatchObject({
    state: { version: '3.8.0', mode: 'leader', isServing: true, latencyMs: 0.5, maxLatencyMs: 12, received: 7, voters: 3, syncedFollowers: 2, watches: 0, hasMonitor: true, files: undefined },
  }); // prettier-ignore
  expect(zookeeperOf({ srvr })).toMatchObject({ state: { hasMonitor: false, watches: undefined } });
});

test('zookeeperServers has a server without a quorum, and none of another program', () => {
  expect(zookeeperOf({ srvr: 'This ZooKeeper instance is not currently serving requests\n' })).toMatchObject({ state: { isServing: false, mode: undefined } }); // prettier-ignore
  expect(zookeeperOf({ srvr: 'HTTP/1.1 400' })).toBeUndefined();
});
