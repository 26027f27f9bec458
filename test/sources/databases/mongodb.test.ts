import { expect, test } from 'vitest';
import { lagSeconds, replicaSets } from '../../../src/entities/databases/mongodb.ts';
import type { DaemonReply } from '../../../src/host/host.ts';
import { Redactor } from '../../../src/redact/redactor.ts';
import { mongodbOperations } from '../../../src/sources/databases/mongodb-operations.ts';
import { mongodbOplogs } from '../../../src/sources/databases/mongodb-oplog.ts';
import { mongodbSlowQueries } from '../../../src/sources/databases/mongodb-slow-queries.ts';
import { mongodbServers, type MongodbServer } from '../../../src/sources/databases/mongodb.ts';

const at = (command: string, value: object): ReadonlyMap<string, DaemonReply> =>
  new Map([[`listening:${command}:812:127.0.0.1:27017`, { ok: true, text: JSON.stringify(value), tookMs: 1, at: 7 }]]);
const none: ReadonlyMap<string, DaemonReply> = new Map();
function serverOf(value: object, command = 'mongod'): MongodbServer {
  const sample = mongodbServers.parse({ mongod: none, mongos: none, ferretdb: none, [command]: at(command, value) });
  const server = sample?.servers.get('mongodb:27017');
  if (server === undefined || !('state' in server)) throw new Error('no server');
  return server.state;
}

test.each([
  [{ isWritablePrimary: true }, 'standalone'],
  [{ isreplicaset: true }, 'not a member yet'],
  [{ setName: 'rs0', isWritablePrimary: true }, 'primary'],
  [{ setName: 'rs0', ismaster: true }, 'primary'],
  [{ setName: 'rs0', secondary: true }, 'secondary'],
  [{ setName: 'rs0', arbiterOnly: true }, 'arbiter'],
  [{ setName: 'rs0' }, 'no data'],
  [{ msg: 'isdbgrid', isWritablePrimary: true }, 'router'],
])('mongodbServers has of %j the role %s', (hello, role) => {
  expect(serverOf({ hello }).role).toBe(role);
});

// Shapes of the manual, serverStatus: tickets of 6.0 and of 8.0.
test.each(['wiredTiger.concurrentTransactions', 'queues.execution'])('mongodbServers has tickets of %s', (path) => {
  const status = { [`${path}.read.out`]: 3, [`${path}.read.available`]: 125, [`${path}.read.totalTickets`]: 128 };
  expect(serverOf({ hello: {}, status })).toMatchObject({
    readTickets: { out: 3, available: 125, total: 128 },
    writeTickets: { out: undefined },
  });
});

test('mongodbServers has no figures of a server that wants a login, with the reason', () => {
  const server = serverOf({ hello: { setName: 'rs0', secondary: true }, errors: { status: 'password wanted' } });
  expect(server).toMatchObject({
    role: 'secondary',
    connections: undefined,
    operations: undefined,
    replicaSet: undefined,
  });
  expect([...server.errors]).toEqual([['status', 'password wanted']]);
});

test('mongodbServers has the version of FerretDB, whose own is that of the protocol', () => {
  expect(serverOf({ hello: {}, status: { version: '7.0.42', ferretdbVersion: 'v1.24.2' } }, 'ferretdb')).toMatchObject({
    engine: 'FerretDB',
    version: 'v1.24.2',
  });
});

const DATE = 1_760_000_000_000;
const replica = {
  set: 'rs0',
  date: DATE,
  term: 4,
  members: [
    { name: 'db1.example.org:27017', stateStr: 'PRIMARY', health: 1, optimeDate: DATE - 1000, self: true, infoMessage: '' },
    { name: 'db2.example.org:27017', stateStr: 'SECONDARY', health: 1, optimeDate: DATE - 46_000, lastHeartbeatRecv: DATE - 500, pingMs: 2, syncSourceHost: 'db1.example.org:27017' },
    { name: '10.0.0.3:27017', stateStr: '(not reachable/healthy)', health: 0, optimeDate: 0, lastHeartbeatRecv: DATE - 60_000, lastHeartbeatMessage: 'Connection refused' },
    { _id: 7, name: 'arbiter:27017', stateStr: 'ARBITER', health: 1 },
    'db5',
    { stateStr: 'SECONDARY' },
  ],
}; // prettier-ignore

test('mongodbServers parses the members of a replica set', () => {
  const set = serverOf({ hello: { setName: 'rs0', isWritablePrimary: true }, replica }).replicaSet;
  expect(set?.members.map(({ id }) => id)).toEqual([0, 1, 2, 7]);
  expect(set?.members.map((member) => member.silentSeconds)).toEqual([undefined, 0.5, 60, undefined]);
  expect(set?.members[2]).toMatchObject({ isUp: false, appliedAt: undefined, message: 'Connection refused' });
  // A member that is down and an arbiter have no lag: nothing is known of it, or there is nothing.
  expect(set?.members.map((member) => lagSeconds(member, set))).toEqual([undefined, 45, undefined, undefined]);
});

test('mongodbServers names a replica set and its hosts to the redaction, and no addresses', () => {
  const sample = mongodbServers.parse({ mongod: at('mongod', { hello: { setName: 'acme-orders', primary: 'db1.example.org:27017' }, replica }), mongos: none, ferretdb: none }); // prettier-ignore
  const names = mongodbServers.identifiers?.(sample).map(({ value }) => value);
  expect(names).toEqual(expect.arrayContaining(['acme-orders', 'db1.example.org', 'db2.example.org']));
  expect(names).not.toContain('10.0.0.3');
});

test.each([
  ['operations', () => {
    const operations = ['shop.orders', 'admin.$cmd', 'local.oplog.rs', undefined].map((ns) => ({ opid: 1, op: 'query', ns }));
    return mongodbOperations.identifiers?.(mongodbOperations.parse({ mongod: at('mongod', { operations }), mongos: none, ferretdb: none }));
  }],
  ['slow queries', () => {
    const log = ['shop.orders', 'config.chunks'].map((ns) => `{"t":{"$date":"2026-11-30T19:00:00.500+00:00"},"msg":"Slow query","attr":{"ns":"${ns}","durationMillis":142}}`).join('\n');
    return mongodbSlowQueries.identifiers?.(mongodbSlowQueries.parse({ logs: new Map([['/var/log/mongodb/mongod.log', log]]) }));
  }],
])('databases of %s are names to the redaction, but for those of every server', (_, identifiers) => {
  expect(identifiers()).toEqual([{ kind: 'database', value: 'shop' }]);
  const redactor = new Redactor();
  for (const one of identifiers() ?? []) redactor.learn(one);
  expect(redactor.shown('query on shop.orders runs for 95 s')).toBe('query on db-1.orders runs for 95 s');
}); // prettier-ignore

test('replicaSets has one view of a set with several members on the host: that of its primary', () => {
  const of = (server: string, hello: object) => ({ server, state: serverOf({ hello, replica }), before: undefined, seconds: undefined }); // prettier-ignore
  const views = replicaSets([of('mongodb:27017', { setName: 'rs0', secondary: true }), of('mongodb:27018', { setName: 'rs0', isWritablePrimary: true })]); // prettier-ignore
  expect(views.map(({ server }) => server)).toEqual(['mongodb:27018']);
});

test('mongodbOperations parses operations, and sessions without one', () => {
  const operations = [
    {
      opid: 'shard0:12',
      op: 'query',
      ns: 'shop.orders',
      secs_running: 3,
      'locks.Global': 'r',
      'locks.Collection': 'R',
    },
    { type: 'idleSession', 'transaction.timeOpenMicros': 5e6, 'transaction.timeInactiveMicros': 4e6 },
    7,
  ];
  const sample = mongodbOperations.parse({ mongod: at('mongod', { operations }), mongos: none, ferretdb: none });
  expect(sample?.servers.get('mongodb:27017')).toMatchObject({
    state: {
      operations: [
        { id: 'shard0:12', kind: 'query', seconds: 3, lock: 'R', waitsForLock: false },
        { id: undefined, kind: 'idle xact', transactionSeconds: 5, inactiveSeconds: 4 },
        { id: undefined, kind: undefined },
      ],
    },
  });
});

test.each([
  [{ oplog: { oldest: 100, newest: 700 } }, 600],
  [{ oplog: {} }, undefined],
  [{}, undefined],
])('mongodbOplogs has of %j a window of %s', (value, windowSeconds) => {
  const sample = mongodbOplogs.parse({ mongod: at('mongod', value), ferretdb: none });
  expect(sample?.servers.get('mongodb:27017')).toMatchObject({ state: { windowSeconds } });
});

test('mongodbSlowQueries parses whole lines, and the parts that the collector keeps', () => {
  const whole = '{"t":{"$date":"2026-11-30T19:00:00.500+00:00"},"s":"I","msg":"Slow query","attr":{"ns":"shop.orders","command":{"find":"orders"},"planSummary":"IXSCAN { a: 1 }","durationMillis":142}}'; // prettier-ignore
  const parts = 'newest 1790000000.000 {"t":{"$date":"2026-11-30T19:00:01.000+00:00"}\n"$date":"2026-11-30T19:00:00.500+00:00" "ns":"shop.orders" "planSummary":"IXSCAN "durationMillis":142\n"ns":"x.y"'; // prettier-ignore
  const query = { at: 1_796_065_200.5, namespace: 'shop.orders', plan: 'IXSCAN', ms: 142 };
  expect(mongodbSlowQueries.parse({ logs: new Map([['/var/log/mongodb/mongod.log', whole]]) })?.queries).toEqual([
    query,
  ]);
  expect(mongodbSlowQueries.parse({ logs: new Map([['/var/log/mongodb/mongod.log', parts]]) })?.queries).toEqual([
    query,
  ]);
});
