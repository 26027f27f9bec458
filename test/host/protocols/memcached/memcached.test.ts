import { expect, test } from 'vitest';
import { memcached } from '../../../../src/host/protocols/memcached/memcached.ts';
import { pipedServer } from '../../../helpers/piped-server.ts';

const reply = (sent: string): string | undefined =>
  sent === 'stats\r\n'
    ? 'STAT version 1.6.18\r\nSTAT curr_connections 2\r\nEND\r\n'
    : sent === 'stats settings\r\n'
      ? 'STAT maxconns 1024\r\nEND\r\n'
      : undefined;

test.each([1, 5, 1000])('memcached replies with figures in pieces of %i bytes', async (pieceBytes) => {
  const fake = pipedServer(reply, { pieceBytes });
  const connection = memcached.connect(fake.dial);
  const expected = { stats: { version: '1.6.18', curr_connections: '2' }, settings: { maxconns: '1024' }, errors: {} };
  expect(JSON.parse(await connection.request('server', 1000))).toEqual(expected);
  expect(JSON.parse(await connection.request('server', 1000))).toEqual(expected);
  expect(fake.dials()).toBe(1);
});

test.each([
  ['CLIENT_ERROR unauthenticated\r\n', 'denied', /password wanted/],
  ['ERROR\r\n', 'failed', /ERROR/],
  ['HTTP/1.1 400\r\n', 'failed', /not a reply of memcached/],
  ['x'.repeat(5000), 'failed', /not the text protocol/],
  ['STAT a 1\r\n'.repeat(600), 'failed', /more than 500/],
])('memcached with a reply of %j is %s', async (text, why, message) => {
  const connection = memcached.connect(pipedServer(() => text).dial);
  await expect(connection.request('server', 1000)).rejects.toMatchObject({ why, message });
});

test.each([
  ['listening:memcached:*', 'server', true],
  ['listening:memcached:7:127.0.0.1:11211', 'flush_all', false],
  ['listening:redis-server:7:127.0.0.1:11211', 'server', false],
])('memcached allows %s < %s: %s', (to, request, allowed) => {
  expect(memcached.refusal(to, request) === undefined).toBe(allowed);
});
