import {
  mongodbIdleTransaction,
  mongodbLockWait,
  mongodbLongOperation,
} from '../../../src/findings/databases/mongodb-operations.ts';
import { mongodbSlowQuery } from '../../../src/findings/databases/mongodb-slow-queries.ts';
import {
  mongodbCache,
  mongodbConnections,
  mongodbFlowControl,
  mongodbReplicaSet,
  mongodbReplication,
  mongodbTickets,
  mongodbUnresponsive,
} from '../../../src/findings/databases/mongodb-servers.ts';
import type { DaemonReply } from '../../../src/host/host.ts';
import { faultOn, type Fault } from '../../helpers/found-on.ts';

const vm = faultOn('cloud-vm', 10);

const text = (value: object): DaemonReply => ({ ok: true, text: JSON.stringify(value), tookMs: 1 });
const reply = (request: string, value: DaemonReply) => ({
  [`listening:mongod:* < ${request}`]: () => new Map([['listening:mongod:812:127.0.0.1:27017', value]]),
});

/** serverStatus of a standalone server, by path. */
const status = (figures: Readonly<Record<string, number | boolean>>) =>
  reply('server', text({ hello: { isWritablePrimary: true }, status: { version: '7.0.14', ...figures } }));

const GIB = 2 ** 30;
const cache = (usedPct: number, dirtyPct: number, evicted: number) =>
  status({
    'wiredTiger.cache.maximum bytes configured': GIB,
    'wiredTiger.cache.bytes currently in the cache': (GIB * usedPct) / 100,
    'wiredTiger.cache.tracked dirty bytes in the cache': (GIB * dirtyPct) / 100,
    'wiredTiger.cache.pages evicted by application threads': evicted,
  });

/** Tickets up to 7.0, and later ones. */
const tickets = (path: string, kind: 'read' | 'write', queued: number) =>
  status({ [`${path}.${kind}.out`]: 128, [`${path}.${kind}.available`]: 0, [`${path}.${kind}.totalTickets`]: 128, 'globalLock.currentQueue.total': queued }); // prettier-ignore

/** Date of the reply. */
const DATE = 1_760_000_000_000;
interface MemberFields {
  readonly state?: string;
  readonly health?: 0 | 1;
  readonly behind?: number;
  readonly silent?: number;
  readonly message?: string;
}
/** replSetGetStatus of the first of three members. */
const members = (...fields: readonly MemberFields[]) =>
  reply(
    'server',
    text({
      hello: {
        setName: 'rs0',
        secondary: fields[0]?.state === undefined,
        isWritablePrimary: fields[0]?.state === 'PRIMARY',
      },
      status: { version: '7.0.14' },
      replica: {
        set: 'rs0',
        date: DATE,
        members: fields.map(({ state = 'SECONDARY', health = 1, behind = 0, silent = 1, message = '' }, index) => ({
          _id: index,
          name: `db${index + 1}:27017`,
          stateStr: state,
          health,
          optimeDate: health === 0 ? 0 : DATE - behind * 1000,
          lastHeartbeatMessage: message,
          ...(index === 0 ? { self: true } : { lastHeartbeatRecv: DATE - silent * 1000, pingMs: 1 }),
        })),
      },
    }),
  );
const PRIMARY: MemberFields = { state: 'PRIMARY' };
const DOWN: MemberFields = { state: '(not reachable/healthy)', health: 0, silent: 90, message: 'Error connecting to db3:27017' }; // prettier-ignore

const operations = (...all: readonly object[]) => reply('operations', text({ operations: all }));
const oplog = (seconds: number) => reply('oplog', text({ oplog: { oldest: 1000, newest: 1000 + seconds } }));
const wait = (opid: number, seconds: number) => ({ opid, op: 'update', ns: 'shop.orders', secs_running: seconds, waitingForLock: true, 'locks.Collection': 'w' }); // prettier-ignore

/** Session of an application that holds a transaction open. */
const idle = (appName: string, seconds: number) => ({ type: 'idleSession', appName, 'transaction.timeOpenMicros': (seconds + 10) * 1e6, 'transaction.timeInactiveMicros': seconds * 1e6 }); // prettier-ignore

/** Lines of its log, as the manual has them, at a time before the moment of the test. */
const slowQueries = (number: number, ms: number) => ({
  '/var/log/mongodb/mongod.log': Array.from({ length: number }, (_, index) => `{"t":{"$date":"2026-01-01T11:59:${30 + (index % 10)}.123+00:00"},"s":"I","c":"COMMAND","id":51803,"ctx":"conn7","msg":"Slow query","attr":{"type":"command","ns":"shop.orders","command":{"find":"orders","filter":{"card":"4711"}},"planSummary":"COLLSCAN","durationMillis":${ms + index}}}\n`).join(''),
}); // prettier-ignore

const SERVER = 'mongodb:27017';

/** Faults of MongoDB, by the fields of its manual: no mongod was there to record. */
export const mongodbFaults: readonly Fault[] = [
  vm(mongodbUnresponsive, [reply('server', { ok: false, why: 'timeout', detail: 'server: timeout after 4.0 s' })], ['crit', SERVER, 'accepts connections, does not respond']),
  vm(mongodbReplicaSet, [members({}, DOWN, DOWN)], ['crit', SERVER, 'no primary in rs0, writes refused, 2 of 3 members DOWN']),
  vm(mongodbReplicaSet, [members({}, {}, {})], ['crit', SERVER, 'no primary in rs0, writes refused']),
  vm(mongodbReplicaSet, [members(PRIMARY, {}, DOWN)], ['warn', SERVER, 'member db3:27017 DOWN for 1m30s']),
  vm(mongodbReplicaSet, [members(PRIMARY, {}, { state: 'RECOVERING' })], ['warn', SERVER, 'member db3:27017 RECOVERING']),
  vm(mongodbReplicaSet, [members(PRIMARY, {}, { state: 'ROLLBACK' })], ['warn', SERVER, 'member db3:27017 ROLLBACK']),
  vm(mongodbReplicaSet, [members({ state: 'RECOVERING' }, PRIMARY, {})], ['warn', SERVER, 'member db1:27017 RECOVERING']),
  vm(mongodbReplicaSet, [reply('server', text({ hello: { setName: 'rs0' }, errors: { replica: 'password wanted (authorization is on)' } }))], ['warn', SERVER, 'neither primary nor secondary in rs0, refuses reads and writes']),
  vm(mongodbReplicaSet, [reply('server', text({ hello: { isreplicaset: true } }))], ['warn', SERVER, 'started for a replica set, not a member yet, refuses reads and writes']),
  vm(mongodbReplication, [{ ...members(PRIMARY, {}, { behind: 45 }), ...oplog(86_400) }], ['warn', SERVER, 'db3:27017 45 s behind, oplog window 1d00h']),
  vm(mongodbReplication, [{ ...members(PRIMARY, {}, { behind: 90 }), ...oplog(100) }], ['crit', SERVER, 'db3:27017 1m30s behind, oplog window 1m40s']),
  vm(mongodbReplication, [members(PRIMARY, {}, { behind: 400 })], ['crit', SERVER, 'db3:27017 6m40s behind']),
  vm(mongodbConnections, [status({ 'connections.current': 900, 'connections.available': 100 })], ['warn', SERVER, '900 of 1.0k connections']),
  vm(mongodbConnections, [3, 12].map((rejected) => status({ 'connections.current': 100, 'connections.available': 0, 'connections.rejected': rejected })), ['crit', SERVER, '100 of 100 connections, 9 rejected']),
  vm(mongodbCache, [cache(81, 21, 0)], ['warn', SERVER, 'cache 81% of 1.0 GiB, 21% dirty']),
  vm(mongodbCache, [0, 5000].map((evicted) => cache(96, 22, evicted)), ['crit', SERVER, 'cache 96% of 1.0 GiB, 22% dirty, operations evict 500 pages/s']),
  vm(mongodbCache, [0, 300].map((evicted) => cache(81, 6, evicted)), ['warn', SERVER, 'cache 81% of 1.0 GiB, 6.0% dirty, operations evict 30 pages/s']),
  vm(mongodbTickets, [tickets('wiredTiger.concurrentTransactions', 'write', 7)], ['warn', SERVER, 'no write tickets left, 7 operations queued']),
  vm(mongodbTickets, [tickets('queues.execution', 'read', 7), tickets('queues.execution', 'read', 9)], ['crit', SERVER, 'no read tickets left, 9 operations queued']),
  vm(mongodbFlowControl, [0, 20_000_000].map((us) => status({ 'flowControl.isLagged': true, 'flowControl.timeAcquiringMicros': us })), ['warn', SERVER, 'flow control throttles writes, majority of the set lags, writers wait 2.0s per s']),
  vm(mongodbLockWait, [operations(wait(7, 12), wait(8, 8), { opid: 6, op: 'command', ns: 'shop.$cmd', secs_running: 14, appName: 'migrate', 'locks.Collection': 'W' })], ['warn', SERVER, '2 operations waiting for a lock for 12 s, likely holder: command on shop.$cmd of migrate']),
  vm(mongodbLockWait, [operations(...Array.from({ length: 10 }, (_, index) => wait(index, 6)))], ['crit', SERVER, '10 operations waiting for a lock for 6 s']),
  vm(mongodbLongOperation, [operations({ opid: 5, op: 'query', ns: 'shop.orders', secs_running: 95, planSummary: 'COLLSCAN', appName: 'reports' }, { opid: 4, op: 'command', ns: 'shop.orders', secs_running: 900, msg: 'Index Build: scanning collection 40%' })], ['warn', SERVER, 'query on shop.orders of reports runs for 1m35s, COLLSCAN']),
  vm(mongodbIdleTransaction, [operations(idle('checkout', 120))], ['warn', SERVER, '1 transaction left open, idle for 2m00s, of checkout']),
  // In the order of the reply, as of currentOp, whose longest is not the first.
  vm(mongodbIdleTransaction, [operations(idle('checkout', 70), idle('batch', 2000), idle('reports', 90))], ['crit', SERVER, '3 transactions left open, idle for 33m20s, of batch']),
  vm(mongodbLongOperation, [operations({ opid: 5, op: 'query', ns: 'shop.orders', secs_running: 95 }, { opid: 6, op: 'getmore', ns: 'shop.carts', secs_running: 700 })], ['warn', SERVER, 'getmore on shop.carts runs for 11m40s, and 1 more']),
  vm(mongodbSlowQuery, [slowQueries(12, 1200)], ['warn', 'mongodb', 'shop.orders: 12 slow queries in 5 min, longest 1.2s, 12 without an index']),
]; // prettier-ignore
