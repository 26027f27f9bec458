import {
  haproxyBackend,
  haproxyConnections,
  haproxyErrors,
  haproxyQueue,
  haproxyUnresponsive,
} from '../../../src/findings/databases/haproxy.ts';
import {
  memcachedConnections,
  memcachedEvictions,
  memcachedUnresponsive,
} from '../../../src/findings/databases/memcached.ts';
import {
  rabbitmqAlarm,
  rabbitmqNode,
  rabbitmqQueue,
  rabbitmqUnresponsive,
} from '../../../src/findings/databases/rabbitmq.ts';
import {
  redisCluster,
  redisConnections,
  redisMemory,
  redisPersistence,
  redisReplication,
  redisSlow,
  redisUnresponsive,
} from '../../../src/findings/databases/redis.ts';
import type { DaemonReply } from '../../../src/host/host.ts';
import { faultOn, type Fault } from '../../helpers/found-on.ts';

const vm = faultOn('cloud-vm', 10);

/** Reply of one process by the pattern of its sockets. Without `at` rates use the moments. */
const replyOf = (pattern: string, address: string, request: string, reply: DaemonReply) => ({
  [`${pattern} < ${request}`]: () => new Map([[`${pattern.split('*')[0]}812:${address}`, reply]]),
});
const text = (value: string): DaemonReply => ({ ok: true, text: value, tookMs: 1 });
const silent = (why: 'timeout' | 'failed', detail: string): DaemonReply => ({ ok: false, why, detail });

const redisReply = (reply: DaemonReply) => replyOf('listening:redis-server:*', '127.0.0.1:6379', 'server', reply);
const redis = (info: Readonly<Record<string, string>>, more: object = {}) =>
  redisReply(text(JSON.stringify({ info: { redis_version: '7.0.15', role: 'master', total_forks: '1', ...info }, ...more }))); // prettier-ignore
const memcachedReply = (reply: DaemonReply) => replyOf('listening:memcached:*', '127.0.0.1:11211', 'server', reply);
const memcached = (stats: Readonly<Record<string, string>>) =>
  memcachedReply(text(JSON.stringify({ stats: { version: '1.6.18', ...stats }, settings: { maxconns: '100' } })));
const haproxyReply = (reply: DaemonReply) => replyOf('unix:haproxy:*', '%2Frun%2Fhaproxy%2Fadmin.sock', 'state', reply);
/** proxy, name, status, type, queue, sessions, limit, connection errors, 5xx, requests, since, check. */
type Line = readonly [string, string, string, number, number, number, number, number, number, number, number, string];
const haproxy = (lines: readonly Line[], connections = 7) =>
  haproxyReply(
    text(
      `Name: HAProxy\nVersion: 2.6.12\nMaxconn: 100\nCurrConns: ${connections}\n\n# pxname,svname,status,type,qcur,scur,slim,econ,hrsp_5xx,req_tot,lastchg,check_status,\n${lines.map((cells) => `${cells.join(',')},\n`).join('')}`,
    ),
  );
const down = (name: string): Line => ['api', name, 'DOWN', 2, 0, 0, 0, 0, 0, 0, 30, 'L4CON'];
const up = (name: string): Line => ['api', name, 'UP', 2, 0, 0, 0, 0, 0, 0, 30, 'L4OK'];
const backend = (status: string, queue = 0, connectErrors = 0, failed = 0, requests = 0): Line => ['api', 'BACKEND', status, 1, queue, 3, 200, connectErrors, failed, requests, 30, '']; // prettier-ignore
const rabbitmqReply = (request: string, reply: DaemonReply) =>
  replyOf('listening:beam.smp:*:15692', '127.0.0.1:15692', request, reply);
/** Reply of a node's metrics. */
export const rabbitmq = (figures: Readonly<Record<string, number>>) =>
  rabbitmqReply('GET /metrics', text(Object.entries({ alarms_memory_used_watermark: 0, alarms_free_disk_space_watermark: 0, resident_memory_limit_bytes: 400e6, process_max_fds: 1024, ...figures }).map(([name, value]) => `rabbitmq_${name} ${value}\n`).join(''))); // prettier-ignore
const queue = (ready: number, consumers: number) =>
  rabbitmqReply(
    'GET /metrics/detailed?family=queue_coarse_metrics&family=queue_consumer_count',
    text(`rabbitmq_detailed_queue_messages_ready{vhost="/",queue="orders"} ${ready}\nrabbitmq_detailed_queue_consumers{vhost="/",queue="orders"} ${consumers}\n`),
  ); // prettier-ignore

const [REDIS, MEMCACHED, HAPROXY, RABBITMQ] = ['redis:6379', 'memcached:11211', 'haproxy:admin.sock', 'rabbitmq:15692'];

/** Faults of Redis 7.0, memcached 1.6, HAProxy 2.6 and RabbitMQ 3.10. */
export const cacheAndQueueFaults: readonly Fault[] = [
  vm(redisUnresponsive, [redisReply(silent('timeout', 'server: timeout after 4.0 s'))], ['crit', REDIS, 'accepts connections, does not respond']),
  vm(redisUnresponsive, [redisReply(silent('failed', 'ERR max number of clients reached'))], ['crit', REDIS, 'refuses requests, max number of clients reached']),
  vm(redisUnresponsive, [redis({ loading: '1', loading_loaded_perc: '43.00', loading_eta_seconds: '12' })], ['crit', REDIS, 'refuses commands, loading its dataset, 43% done, 12 s left']),
  vm(redisMemory, [redis({ used_memory: '67108864', maxmemory: '67108864', maxmemory_policy: 'noeviction' })], ['crit', REDIS, '64 MiB of 64 MiB maxmemory, 100%, noeviction: writes refused']),
  vm(redisMemory, ['3', '9'].map((number) => redis({ used_memory: '60000000', maxmemory: '67108864', maxmemory_policy: 'noeviction', errorstat_OOM: `count=${number}` })), ['crit', REDIS, 'writes refused (OOM), 57 MiB of 64 MiB maxmemory, noeviction']),
  vm(redisMemory, ['0', '1200'].map((evicted_keys) => redis({ used_memory: '67108864', maxmemory: '67108864', maxmemory_policy: 'allkeys-lru', evicted_keys })), ['warn', REDIS, '120 evictions/s, 64 MiB of 64 MiB maxmemory, allkeys-lru']),
  vm(redisConnections, [redis({ connected_clients: '96', maxclients: '100' }, { clients: [{ address: '192.0.2.7', clients: 90 }] })], ['crit', REDIS, '96 of 100 clients, 90 of 192.0.2.7']),
  vm(redisConnections, ['0', '5'].map((rejected_connections) => redis({ connected_clients: '60', maxclients: '100', rejected_connections })), ['crit', REDIS, '60 of 100 clients, 5 rejected']),
  vm(redisReplication, [redis({ role: 'slave', master_host: '192.0.2.7', master_port: '6379', master_link_status: 'down', master_link_down_since_seconds: '90' })], ['crit', REDIS, 'replication link down for 1m30s, source 192.0.2.7:6379']),
  vm(redisReplication, [redis({ slave0: 'ip=192.0.2.8,port=6379,state=online,offset=1,lag=40' })], ['warn', REDIS, 'replica 192.0.2.8:6379 silent for 40 s, online']),
  vm(redisPersistence, ['0', '4'].map((number) => redis({ rdb_last_bgsave_status: 'err', rdb_changes_since_last_save: '12', errorstat_MISCONF: `count=${number}` })), ['crit', REDIS, 'last snapshot (bgsave) failed, 12 changes unsaved, writes refused (MISCONF)']),
  vm(redisPersistence, [redis({ aof_enabled: '1', aof_last_write_status: 'ok', aof_last_bgrewrite_status: 'err' })], ['warn', REDIS, 'rewrite of the append-only file failed']),
  vm(redisPersistence, [redis({ latest_fork_usec: '700000' })], ['warn', REDIS, 'fork of the last snapshot took 700ms, all clients waited']),
  vm(redisSlow, [redis({ server_time_usec: '1700000010000000' }, { slow: [{ id: 4, at: 1_700_000_000, us: 1_500_000, command: 'KEYS', arguments: 1 }, { id: 3, at: 1_600_000_000, us: 9_000_000, command: 'SORT', arguments: 1 }] })], ['crit', REDIS, 'KEYS took 1.5s 10 s ago, all clients waited, 1 slow command in 1 min']),
  vm(redisCluster, [redis({ cluster_enabled: '1' }, { cluster: { cluster_state: 'fail', cluster_slots_fail: '5461' } })], ['crit', REDIS, 'cluster state fail, 5.5k slots failed, commands refused']),
  vm(redisCluster, [redis({ redis_mode: 'sentinel', master0: 'name=shop,status=odown,address=192.0.2.7:6379,slaves=1,sentinels=3' })], ['crit', REDIS, 'master shop odown, 192.0.2.7:6379']),
  vm(memcachedUnresponsive, [memcachedReply(silent('timeout', 'server: timeout after 4.0 s'))], ['crit', MEMCACHED, 'accepts connections, does not respond']),
  vm(memcachedUnresponsive, [memcachedReply(silent('failed', 'stats: ERROR Too many open connections'))], ['crit', MEMCACHED, 'refuses requests, too many open connections']),
  vm(memcachedConnections, [memcached({ curr_connections: '85' })], ['warn', MEMCACHED, '85 of 100 connections, 85%']),
  vm(memcachedConnections, ['0', '3'].map((listen_disabled_num) => memcached({ curr_connections: '60', listen_disabled_num })), ['crit', MEMCACHED, '60 of 100 connections, 60%, accepts no more (listen_disabled)']),
  vm(memcachedEvictions, ['0', '500'].map((evictions) => memcached({ evictions, bytes: '1048576', limit_maxbytes: '1048576' })), ['warn', MEMCACHED, '50 evictions/s, 1.0 MiB of 1.0 MiB used']),
  vm(haproxyUnresponsive, [haproxyReply(silent('timeout', 'state: timeout after 4.0 s'))], ['crit', HAPROXY, 'accepts connections, does not respond']),
  vm(haproxyBackend, [haproxy([down('web1'), down('web2'), backend('DOWN')])], ['crit', HAPROXY, 'backend api DOWN, 0 of 2 servers up (L4CON)']),
  vm(haproxyBackend, [haproxy([up('web1'), down('web2'), backend('UP')])], ['warn', HAPROXY, '1 of 2 servers of api DOWN (L4CON): web2']),
  vm(haproxyQueue, [haproxy([up('web1'), backend('UP', 12)])], ['warn', HAPROXY, '12 requests queued in api, 3 sessions']),
  vm(haproxyConnections, [haproxy([], 96)], ['crit', HAPROXY, 'process: 96 of 100 connections, 96%']),
  vm(haproxyErrors, [haproxy([backend('UP', 0, 0, 0, 0)]), haproxy([backend('UP', 0, 0, 100, 1000)])], ['warn', HAPROXY, '10% of requests to api fail (5xx), 10/s']),
  vm(haproxyErrors, [haproxy([backend('UP')]), haproxy([backend('UP', 0, 50)])], ['warn', HAPROXY, '5 connection errors/s in api']),
  vm(rabbitmqUnresponsive, [rabbitmqReply('GET /metrics', silent('timeout', '/metrics: timeout'))], ['crit', RABBITMQ, 'accepts connections, does not respond']),
  vm(rabbitmqAlarm, [rabbitmq({ alarms_memory_used_watermark: 1, process_resident_memory_bytes: 420e6 })], ['crit', RABBITMQ, 'memory alarm, publishers blocked, 401 MiB of 381 MiB']),
  vm(rabbitmqAlarm, [rabbitmq({ alarms_free_disk_space_watermark: 1, disk_space_available_bytes: 40e6, disk_space_available_limit_bytes: 50e6 })], ['crit', RABBITMQ, 'disk alarm, publishers blocked, 38 MiB free, limit 48 MiB']),
  vm(rabbitmqNode, [rabbitmq({ process_resident_memory_bytes: 350e6 })], ['warn', RABBITMQ, '334 MiB of 381 MiB memory, 88% of the watermark']),
  vm(rabbitmqNode, [rabbitmq({ process_open_fds: 900 })], ['warn', RABBITMQ, '900 of 1.0k file descriptors, 88%']),
  vm(rabbitmqNode, [0, 900].map((opened) => rabbitmq({ connections: 200, connections_opened_total: opened })), ['warn', RABBITMQ, 'connection churn: 90 opened/s, 200 open']),
  vm(rabbitmqNode, [rabbitmq({ unreachable_cluster_peers_count: 1 })], ['crit', RABBITMQ, '1 cluster peer unreachable: node down or network partition']),
  vm(rabbitmqQueue, [queue(12, 0)], ['warn', RABBITMQ, '1 queue without consumers, 12 messages: orders']),
  vm(rabbitmqQueue, [queue(1000, 1), queue(2000, 1), queue(3000, 1)], ['warn', RABBITMQ, 'queue orders grows by 100/s, 3.0k messages, 1 consumer']),
]; // prettier-ignore
