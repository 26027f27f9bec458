import { expect, test } from 'vitest';
import { redis } from '../../../../src/host/protocols/redis/redis.ts';
import { clientsByAddress, pickedInfo } from '../../../../src/host/protocols/redis/replies.ts';
import { pipedServer } from '../../../helpers/piped-server.ts';

const bulk = (text: string): string => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
const INFO = 'redis_version:7.0.15\r\nconfig_file:/etc/redis/redis.conf\r\nconnected_clients:2\r\nmaxclients:100\r\n';
const replies: Readonly<Record<string, string>> = {
  PING: '+PONG\r\n',
  INFO: bulk(INFO),
  SLOWLOG: `*1\r\n*6\r\n:7\r\n:1700000000\r\n:120000\r\n*3\r\n${bulk('set')}${bulk('card-4711')}${bulk('secret')}${bulk('192.0.2.7:5000')}${bulk('')}`,
  LATENCY: `*1\r\n*4\r\n${bulk('fork')}:1700000000\r\n:8\r\n:20\r\n`,
  CLIENT: bulk('id=3 addr=192.0.2.7:5000 laddr=127.0.0.1:6379 name=\nid=4 addr=192.0.2.7:5001 name=x\nid=5 addr=/run/x.sock:0\n'),
}; // prettier-ignore
const commandOf = (sent: string): string => sent.split('\r\n')[2] ?? '';
const answering = (more: Readonly<Record<string, string>> = {}, pieceBytes?: number) =>
  pipedServer((sent) => ({ ...replies, ...more })[commandOf(sent)], pieceBytes === undefined ? {} : { pieceBytes });

test.each([1, 7, 1 << 20])('redis replies with figures and without arguments in pieces of %i bytes', async (piece) => {
  const fake = answering({}, piece);
  const reply: unknown = JSON.parse(await redis.connect(fake.dial).request('server', 2000));
  expect(reply).toEqual({
    info: { redis_version: '7.0.15', connected_clients: '2', maxclients: '100' },
    cluster: {},
    slow: [{ id: 7, at: 1_700_000_000, us: 120_000, command: 'SET', arguments: 2 }],
    latency: [{ event: 'fork', at: 1_700_000_000, ms: 8, maxMs: 20 }],
    clients: [{ address: '192.0.2.7', clients: 2 }, { address: 'unix socket', clients: 1 }],
    errors: {},
  }); // prettier-ignore
  expect(fake.sent.map(commandOf)).toEqual(['PING', 'INFO', 'SLOWLOG', 'LATENCY', 'CLIENT']);
});

test('redis asks for maxclients where INFO lacks it, and goes on where CONFIG is refused', async () => {
  const fake = answering({ INFO: bulk('connected_clients:2\r\n'), CONFIG: '-ERR unknown command\r\n' });
  const reply = JSON.parse(await redis.connect(fake.dial).request('server', 2000)) as { readonly info: object };
  expect(reply.info).toEqual({ connected_clients: '2' });
  expect(fake.sent.map(commandOf)).toContain('CONFIG');
});

test('redis does not list clients of a server that has very many', async () => {
  const fake = answering({ INFO: bulk('connected_clients:9000\r\nmaxclients:10000\r\n') });
  await redis.connect(fake.dial).request('server', 2000);
  expect(fake.sent.map(commandOf)).not.toContain('CLIENT');
});

test.each([
  ['-NOAUTH Authentication required.\r\n', 'denied', /^password wanted/],
  ['-DENIED Redis is running in protected mode\r\n', 'denied', /^protected mode/],
  ['-ERR max number of clients reached\r\n', 'failed', /max number of clients/],
  ['\u0015\u0003\u0003\u0000\u0002', 'denied', /TLS wanted/],
  ['HTTP/1.1 400 Bad Request\r\n', 'failed', /not RESP/],
  ['*99999999999\r\n', 'failed', /not RESP/],
])('redis refused by %j is %s', async (first, why, message) => {
  const connection = redis.connect(answering({ PING: first }).dial);
  await expect(connection.request('server', 1000)).rejects.toMatchObject({ why, message });
});

test('redis fails a request when a script keeps the server busy', async () => {
  const connection = redis.connect(answering({ PING: '-BUSY\r\n', INFO: '-BUSY Redis is busy running a script\r\n' }).dial); // prettier-ignore
  await expect(connection.request('server', 1000)).rejects.toMatchObject({ why: 'failed', message: /BUSY/ });
});

test('redis ends a session whose reply is nested too deep', async () => {
  const connection = redis.connect(answering({ INFO: '*1\r\n'.repeat(20) }).dial);
  await expect(connection.request('server', 1000)).rejects.toMatchObject({ why: 'failed', message: /nested/ });
});

test.each([
  ['listening:redis-server:*', 'server', true],
  ['listening:valkey-server:812:127.0.0.1:6379', 'server', true],
  ['listening:redis-sentinel:812:::1:26379', 'server', true],
  ['listening:redis-server:812:%2Frun%2Fredis.sock', 'server', true],
  ['listening:redis-server:812:127.0.0.1:6379', 'FLUSHALL', false],
  ['listening:sshd:812:127.0.0.1:22', 'server', false],
  ['unix:redis-server:*', 'server', false],
  ['listening:redis-server:0x:127.0.0.1:1', 'server', false],
])('redis allows %s < %s: %s', (to, request, allowed) => {
  expect(redis.refusal(to, request) === undefined).toBe(allowed);
});

test('pickedInfo keeps no paths', () => {
  expect(pickedInfo('executable:/usr/bin/redis\r\ndb0:keys=3\r\nslave0:ip=1\r\nrole:master\r\nx')).toEqual({
    db0: 'keys=3',
    slave0: 'ip=1',
    role: 'master',
  });
});

test('clientsByAddress of another text is empty', () => {
  expect(clientsByAddress('x\n\n')).toEqual([]);
});
