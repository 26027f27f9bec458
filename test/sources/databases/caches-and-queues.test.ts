import { expect, test } from 'vitest';
import type { DaemonReply } from '../../../src/host/host.ts';
import { haproxyProcesses } from '../../../src/sources/databases/haproxy.ts';
import { listenerServers } from '../../../src/sources/databases/listeners.ts';
import { memcachedServers } from '../../../src/sources/databases/memcached.ts';
import { rabbitmqNodes, rabbitmqQueues } from '../../../src/sources/databases/rabbitmq.ts';
import { redisServers } from '../../../src/sources/databases/redis.ts';

const reply = (text: string): DaemonReply => ({ ok: true, text, tookMs: 1, at: 7 });
const at = (path: string, text: string) => new Map([[path, reply(text)]]);
const stateOf = <State>(servers: ReadonlyMap<string, { readonly pid: number } & ({ readonly state: State } | object)> | undefined, name: string): State => {
  const one = servers?.get(name);
  if (!one || !('state' in one)) throw new Error(`no ${name}`);
  return one.state;
}; // prettier-ignore
const redisOf = (info: Readonly<Record<string, string>>, more: object = {}) =>
  stateOf(redisServers.parse({ redis: at('listening:redis-server:812:127.0.0.1:6379', JSON.stringify({ info, ...more })), valkey: undefined, sentinel: undefined })?.servers, 'redis:6379'); // prettier-ignore

test('redisServers parses memory, persistence and replication', () => {
  expect(
    redisOf({ redis_version: '7.0.15', role: 'slave', master_host: '192.0.2.7', master_port: '6379', master_link_status: 'down', master_link_down_since_seconds: '9', maxmemory: '0', used_memory: '100', rdb_last_bgsave_status: 'err', aof_enabled: '0', aof_last_write_status: 'ok', total_forks: '0', slave0: 'ip=192.0.2.9,port=6380,state=online,offset=1,lag=3' }),
  ).toMatchObject({
    engine: 'Redis',
    role: 'slave',
    maxBytes: undefined,
    usedBytes: 100,
    snapshotOk: false,
    aofWriteOk: undefined,
    refusedOom: 0,
    link: { source: '192.0.2.7:6379', isUp: false, downSeconds: 9, isSyncing: false },
    replicas: [{ address: '192.0.2.9:6380', state: 'online', lagSeconds: 3 }],
    clusterState: undefined,
  });
}); // prettier-ignore

test('redisServers has Valkey, a sentinel, and the age of slow commands', () => {
  const valkey = redisOf({ server_name: 'valkey', valkey_version: '8.0.1', redis_version: '7.2.4', server_time_usec: '1700000010500000' }, { slow: [{ id: 1, at: 1_700_000_000, us: 5, command: 'GET', arguments: 1 }, { id: 2 }] }); // prettier-ignore
  expect(valkey).toMatchObject({ engine: 'Valkey', version: '8.0.1', slow: [{ id: 1, ageSeconds: 10.5 }] });
  const sentinel = redisOf({ redis_mode: 'sentinel', master0: 'name=shop,status=sdown,address=192.0.2.7:6379,slaves=1' }); // prettier-ignore
  expect(sentinel).toMatchObject({ role: 'sentinel', masters: [{ name: 'shop', status: 'sdown', address: '192.0.2.7:6379' }] }); // prettier-ignore
});

test('redisServers keeps the reason of a server that was not read', () => {
  const denied: DaemonReply = { ok: false, why: 'denied', detail: 'password wanted' };
  const sample = redisServers.parse({ redis: new Map([['listening:redis-server:812:127.0.0.1:6379', denied]]), valkey: undefined, sentinel: undefined }); // prettier-ignore
  expect(sample?.servers.get('redis:6379')).toEqual({ pid: 812, missing: denied });
  expect(redisServers.parse({ redis: undefined, valkey: undefined, sentinel: undefined })).toBeUndefined();
});

test('listenerServers keeps two of one port apart', () => {
  const replies = new Map([['listening:x:7:127.0.0.1:1', reply('a')], ['listening:x:9:127.0.0.1:1', reply('b')], ['/run/x', reply('c')]]); // prettier-ignore
  expect([...(listenerServers('x', [replies], (text) => text) ?? [])].map(([name, one]) => [name, 'state' in one && one.state])).toEqual([['x:1', 'a'], ['x:1@9', 'b']]); // prettier-ignore
});

test('memcachedServers parses figures and the limit of its settings', () => {
  const text = JSON.stringify({ stats: { version: '1.6.18', curr_connections: '2', evictions: '7', accepting_conns: '1', limit_maxbytes: '1048576' }, settings: { maxconns: '1024' } }); // prettier-ignore
  const sample = memcachedServers.parse({ memcached: at('listening:memcached:8:127.0.0.1:11211', text) });
  expect(stateOf(sample?.servers, 'memcached:11211')).toMatchObject({ connections: 2, maxConnections: 1024, evictions: 7, isAccepting: true, maxBytes: 1_048_576, hits: undefined }); // prettier-ignore
});

test('haproxyProcesses parses info and lines, with cells in quotes', () => {
  const text = `Name: HAProxy
Version: 2.6.12-1
Uptime_sec: 90
Maxconn: 2000
CurrConns: 3

# pxname,svname,qcur,scur,slim,status,type,check_status,last_chk,lastchg,
api,FRONTEND,,1,100,OPEN,0,,"",,
api,web1,0,1,,DOWN,2,L4CON,"Connection refused, ""no""",12,
api,BACKEND,2,1,10,UP,1,,,12,
api,sock-1,,,,OPEN,3,,,,
broken
`;
  const state = stateOf(haproxyProcesses.parse({ haproxy: at('unix:haproxy:9:%2Frun%2Fhaproxy%2Fadmin.sock', text) })?.servers, 'haproxy:admin.sock'); // prettier-ignore
  expect(state).toMatchObject({ version: '2.6.12-1', upSeconds: 90, connections: 3, maxConnections: 2000, left: 0 });
  expect(state.lines.map(({ proxy, name, kind, status, queue, check, stateSeconds }) => [proxy, name, kind, status, queue, check, stateSeconds])).toEqual([
    ['api', 'FRONTEND', 'frontend', 'OPEN', undefined, undefined, undefined],
    ['api', 'web1', 'server', 'DOWN', 0, 'L4CON', 12],
    ['api', 'BACKEND', 'backend', 'UP', 2, undefined, 12],
  ]); // prettier-ignore
});

test('rabbitmqNodes parses alarms, limits and the name of the node', () => {
  const text = `# TYPE rabbitmq_build_info untyped
rabbitmq_build_info{rabbitmq_version="3.10.8",prometheus_client_version="4.9.1"} 1
rabbitmq_identity_info{rabbitmq_node="rabbit@ctl1",rabbitmq_cluster="ctl"} 1
rabbitmq_alarms_memory_used_watermark 1
rabbitmq_alarms_free_disk_space_watermark 0
rabbitmq_process_resident_memory_bytes 159461376
rabbitmq_global_messages_received_total{protocol="amqp091"} 5
rabbitmq_global_messages_received_total{protocol="mqtt"} 7
erlang_uptime_seconds 42`;
  const sample = rabbitmqNodes.parse({ metrics: at('listening:beam.smp:5:127.0.0.1:15692', text) });
  expect(stateOf(sample?.servers, 'rabbitmq:15692')).toMatchObject({ node: 'rabbit@ctl1', version: '3.10.8', upSeconds: 42, alarms: ['memory'], reportsAlarms: true, memoryBytes: 159_461_376, published: 12, files: undefined }); // prettier-ignore
});

test('rabbitmqQueues parses messages and consumers by queue', () => {
  const text = `rabbitmq_detailed_queue_messages_ready{vhost="/",queue="orders"} 12
rabbitmq_detailed_queue_messages{vhost="/",queue="orders"} 13
rabbitmq_detailed_queue_messages_unacked{vhost="/",queue="orders"} 1
rabbitmq_detailed_queue_consumers{vhost="/",queue="orders"} 0`;
  const sample = rabbitmqQueues.parse({ metrics: at('listening:beam.smp:5:127.0.0.1:15692', text) });
  expect([...stateOf(sample?.servers, 'rabbitmq:15692').queues]).toEqual([
    ['//orders', { vhost: '/', name: 'orders', ready: 12, unacked: 1, consumers: 0 }],
  ]);
});

test.each(['', 'x', '[]', '# pxname,\n'])('servers of %j have no figures', (text) => {
  expect(haproxyProcesses.parse({ haproxy: at('unix:haproxy:9:%2Fx', text) })?.servers.size).toBe(0);
  expect(rabbitmqNodes.parse({ metrics: at('listening:beam.smp:5:127.0.0.1:15692', text) })?.servers.size).toBe(0);
  const one = memcachedServers.parse({ memcached: at('listening:memcached:8:127.0.0.1:11211', text) });
  expect(stateOf(one?.servers, 'memcached:11211')).toMatchObject({ connections: undefined, maxBytes: undefined });
});
