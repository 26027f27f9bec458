import { expect, test } from 'vitest';
import { zookeeper } from '../../../../src/host/protocols/zookeeper/zookeeper.ts';
import { pipedServer } from '../../../helpers/piped-server.ts';

const SRVR = 'Zookeeper version: 3.8.0\nMode: follower\n';

test('zookeeper replies with the text of srvr and figures of mntr', async () => {
  const fake = pipedServer(
    (word) => (word === 'srvr' ? SRVR : 'zk_version\t3.8.0\nzk_watch_count\t7\nzk_avg_latency\t0.5\n'),
    { end: true },
  );
  expect(JSON.parse(await zookeeper.connect(fake.dial).request('server', 1000))).toEqual({
    srvr: SRVR,
    mntr: { watch_count: '7' },
  });
});

test('zookeeper does not send mntr again after it was refused', async () => {
  const fake = pipedServer(
    (word) => (word === 'srvr' ? SRVR : 'mntr is not executed because it is not in the whitelist.\n'),
    { end: true },
  );
  const connection = zookeeper.connect(fake.dial);
  expect(JSON.parse(await connection.request('server', 1000))).toEqual({ srvr: SRVR, mntr: {} });
  expect(JSON.parse(await connection.request('server', 1000))).toEqual({ srvr: SRVR });
  expect(fake.sent).toEqual(['srvr', 'mntr', 'srvr']);
});

test('zookeeper replies without figures, and does not send mntr again, when that takes long', async () => {
  const fake = pipedServer((word) => (word === 'srvr' ? SRVR : undefined), { end: true });
  const connection = zookeeper.connect(fake.dial);
  expect(JSON.parse(await connection.request('server', 200))).toEqual({ srvr: SRVR });
  expect(JSON.parse(await connection.request('server', 200))).toEqual({ srvr: SRVR });
  expect(fake.sent).toEqual(['srvr', 'mntr', 'srvr']);
});

test('zookeeper is denied where srvr is not on the whitelist', async () => {
  const fake = pipedServer(() => 'srvr is not executed because it is not in the whitelist.\n', { end: true });
  await expect(zookeeper.connect(fake.dial).request('server', 1000)).rejects.toMatchObject({ why: 'denied' });
});

test('zookeeper fails on another server of Java', async () => {
  const connection = zookeeper.connect(pipedServer(() => 'HTTP/1.1 400\r\n', { end: true }).dial);
  await expect(connection.request('server', 1000)).rejects.toMatchObject({ why: 'failed' });
});

test.each([
  ['listening:java:*:2181', 'server', true],
  ['listening:java:7:127.0.0.1:2181', 'server', true],
  ['listening:java:7:127.0.0.1:8080', 'server', false],
  ['listening:java:*:2181', 'kill', false],
])('zookeeper allows %s < %s: %s', (to, request, allowed) => {
  expect(zookeeper.refusal(to, request) === undefined).toBe(allowed);
});
