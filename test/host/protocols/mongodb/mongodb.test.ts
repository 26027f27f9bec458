import { expect, test } from 'vitest';
import { bsonBytes, type BsonDocument, type CommandDocument } from '../../../../src/host/protocols/mongodb/bson.ts';
import { mongodb } from '../../../../src/host/protocols/mongodb/mongodb.ts';
import { message, mongodbServer } from './mongodb-server.ts';

const HELLO = {
  setName: 'rs0',
  isWritablePrimary: true,
  primary: 'db1:27017',
  hosts: ['db1:27017'],
  topologyVersion: {},
  ok: 1,
};
const STATUS = {
  version: '7.0.14',
  host: 'db1',
  connections: { current: 3, available: 97 },
  wiredTiger: { cache: { 'maximum bytes configured': 1_073_741_824, 'bytes read into cache': 7 } },
  ok: 1,
}; // prettier-ignore
const MEMBER = { _id: 0, name: 'db1:27017', stateStr: 'PRIMARY', health: 1, self: true, configVersion: 1 };
const OPERATION = { opid: 77, op: 'query', ns: 'shop.orders', secs_running: 9, command: { find: 'orders', filter: { card: '4711' } }, locks: { Global: 'r' } }; // prettier-ignore
const replies: Readonly<Record<string, CommandDocument>> = {
  hello: HELLO,
  serverStatus: STATUS,
  replSetGetStatus: { set: 'rs0', myState: 1, members: [MEMBER], ok: 1 },
  aggregate: { cursor: { firstBatch: [OPERATION], id: 0, ns: 'admin.$cmd.aggregate' }, ok: 1 },
  find: { cursor: { firstBatch: [{ ts: 5 }], id: 0, ns: 'local.oplog.rs' }, ok: 1 },
};
const failed = (code: number, errmsg = 'no'): CommandDocument => ({ ok: 0, errmsg, code });
const nameOf = (command: BsonDocument): string => Object.keys(command)[0] ?? '';
const answering = (more: Readonly<Record<string, CommandDocument | Buffer>> = {}, pieceBytes?: number) =>
  mongodbServer(
    (command) => ({ ...replies, ...more })[nameOf(command)],
    pieceBytes === undefined ? {} : { pieceBytes },
  );
const replyTo = async (fake: ReturnType<typeof answering>, request: string): Promise<unknown> =>
  JSON.parse(await mongodb.connect(fake.dial).request(request, 2000));

test.each([1, 7, 1 << 20])('mongodb replies with figures by their path in pieces of %i bytes', async (piece) => {
  const fake = answering({}, piece);
  expect(await replyTo(fake, 'server')).toEqual({
    hello: { setName: 'rs0', primary: 'db1:27017', isWritablePrimary: true },
    status: { version: '7.0.14', 'connections.current': 3, 'connections.available': 97, 'wiredTiger.cache.maximum bytes configured': 1_073_741_824 },
    replica: { set: 'rs0', myState: 1, members: [{ _id: 0, name: 'db1:27017', stateStr: 'PRIMARY', health: 1, self: true }] },
    errors: {},
  }); // prettier-ignore
  expect(fake.commands()).toEqual(['hello', 'hello', 'serverStatus', 'replSetGetStatus']);
  // The client names itself once, and each command has a limit of time.
  expect(fake.sent.map((one) => one['client'] !== undefined)).toEqual([true, false, false, false]);
  expect(fake.sent.slice(2).map((one) => one['maxTimeMS'])).toEqual([2000, 2000]);
});

test('mongodb asks a standalone server for no replica set', async () => {
  const fake = answering({ hello: { isWritablePrimary: true, ok: 1 } });
  expect(await replyTo(fake, 'server')).not.toHaveProperty('replica');
  expect(fake.commands()).not.toContain('replSetGetStatus');
});

test('mongodb asks a server before 4.4.2 for isMaster', async () => {
  const fake = answering({ hello: failed(59), isMaster: { ismaster: true, ok: 1 } });
  expect(await replyTo(fake, 'server')).toMatchObject({ hello: { ismaster: true } });
});

test('mongodb has what it may know of a server that wants a login, and asks for the rest once', async () => {
  const fake = answering({ serverStatus: failed(13), replSetGetStatus: failed(13), aggregate: failed(13) });
  const connection = mongodb.connect(fake.dial);
  for (let reading = 0; reading < 3; reading++)
    expect(JSON.parse(await connection.request('server', 2000))).toEqual({
      hello: { setName: 'rs0', primary: 'db1:27017', isWritablePrimary: true },
      errors: { status: 'password wanted (authorization is on)', replica: 'password wanted (authorization is on)' },
    }); // prettier-ignore
  await expect(connection.request('operations', 2000)).rejects.toMatchObject({
    why: 'denied',
    message: /^password wanted/,
  });
  await expect(connection.request('operations', 2000)).rejects.toMatchObject({ why: 'denied' });
  expect(fake.commands().filter((name) => name !== 'hello')).toEqual(['serverStatus', 'replSetGetStatus', 'aggregate']);
  expect(fake.dials()).toBe(1);
});

test('mongodb keeps no command of an operation', async () => {
  expect(await replyTo(answering(), 'operations')).toEqual({
    operations: [{ opid: 77, op: 'query', ns: 'shop.orders', secs_running: 9, 'locks.Global': 'r' }],
    errors: {},
  });
});

// 9 is the reply of FerretDB 1.24, 40324 that of a server without the stage.
test.each([9, 59, 40_324])(
  'mongodb asks for currentOp where $currentOp fails with %i, and keeps to it',
  async (code) => {
    const fake = answering({ aggregate: failed(code), currentOp: { inprog: [OPERATION], ok: 1 } });
    const connection = mongodb.connect(fake.dial);
    for (let reading = 0; reading < 2; reading++)
      expect(JSON.parse(await connection.request('operations', 2000))).toMatchObject({ operations: [{ opid: 77 }] });
    expect(fake.commands()).toEqual(['hello', 'aggregate', 'currentOp', 'currentOp']);
  },
);

test('mongodb has both ends of the oplog, and none of a server without one', async () => {
  expect(await replyTo(answering(), 'oplog')).toEqual({ oplog: { oldest: 5, newest: 5 }, errors: {} });
  const empty = answering({ find: { cursor: { firstBatch: [], id: 0 }, ok: 1 } });
  expect(await replyTo(empty, 'oplog')).toEqual({ oplog: {}, errors: {} });
});

const hello = bsonBytes({ ok: 1 });
test.each([
  ['a TLS alert', Buffer.from('15030300020246', 'hex'), 'denied', /TLS wanted/],
  ['HTTP', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), 'failed', /not MongoDB/],
  ['OP_REPLY', message(1, hello, { code: 1 }), 'failed', /not MongoDB 3\.6 or later/],
  ['an unknown flag', message(1, hello, { flags: 4 }), 'failed', /not a reply/],
  ['a reply to another request', message(9, hello), 'failed', /another request/],
  ['a document that is none', message(1, Buffer.from([9, 9, 9, 9, 9])), 'failed', /not BSON/],
  ['a length beyond the limit', Buffer.concat([Buffer.from([0xff, 0xff, 0xff, 0x7f]), message(1, hello).subarray(4)]), 'failed', /not MongoDB/],
  ['a refusal of hello', message(1, bsonBytes({ ok: 0, code: 17, errmsg: 'The client metadata document' })), 'failed', /^hello: The client/],
])('mongodb refuses %s', async (_, bytes, why, message_) => {
  const connection = mongodb.connect(answering({ hello: bytes }).dial);
  await expect(connection.request('server', 1000)).rejects.toMatchObject({ why, message: message_ });
}); // prettier-ignore

test('mongodb ignores the checksum of a reply', async () => {
  const bytes = Buffer.concat([message(1, hello, { flags: 1 }), Buffer.from([1, 2, 3, 4])]);
  bytes.writeInt32LE(bytes.length, 0);
  let first = true;
  const fake = mongodbServer((command) => {
    if (!first) return replies[nameOf(command)];
    first = false;
    return bytes;
  });
  expect(await replyTo(fake, 'server')).toMatchObject({ hello: { setName: 'rs0' } });
});

// Little-endian, 0x0315 begins as a TLS alert does.
test.each([
  [0x0315, 1 << 20],
  [0x0315, 7],
  [0x0315, 2],
  [0x0315 + 0x1_0000, 1 << 20],
])('mongodb takes replies of %i bytes, in pieces of %i, for no TLS alert', async (bytes, piece) => {
  const padded = (document: CommandDocument): CommandDocument => {
    const unpadded = message(1, bsonBytes({ ...document, pad: '' })).length;
    return { ...document, pad: 'x'.repeat(bytes - unpadded) };
  };
  const fake = answering({ hello: padded(HELLO), serverStatus: padded(STATUS) }, piece);
  expect(await replyTo(fake, 'server')).toMatchObject({ hello: { setName: 'rs0' }, status: { version: '7.0.14' } });
});

test('mongodb ends the wait for a server that does not reply', async () => {
  const fake = mongodbServer(() => undefined);
  const connection = mongodb.connect(fake.dial);
  await expect(connection.request('server', 50)).rejects.toMatchObject({ why: 'timeout' });
  await expect(connection.request('server', 50)).rejects.toMatchObject({ why: 'timeout' });
  expect(fake.sent.length).toBe(1);
});

test.each([
  ['listening:mongod:*', 'server', true],
  ['listening:mongos:812:127.0.0.1:27017', 'operations', true],
  ['listening:ferretdb:812:::1:27017', 'oplog', true],
  ['listening:mongod:812:127.0.0.1:27017', 'shutdown', false],
  ['listening:sshd:812:127.0.0.1:22', 'server', false],
  ['unix:mongod:*', 'server', false],
])('mongodb allows %s < %s: %s', (to, request, allowed) => {
  expect(mongodb.refusal(to, request) === undefined).toBe(allowed);
});
