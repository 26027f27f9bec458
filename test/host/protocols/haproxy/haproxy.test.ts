import { expect, test } from 'vitest';
import { haproxy } from '../../../../src/host/protocols/haproxy/haproxy.ts';
import { pipedServer } from '../../../helpers/piped-server.ts';

test('haproxy replies with both outputs of a connection, and dials again', async () => {
  const fake = pipedServer(() => 'Name: HAProxy\nVersion: 2.6\n\n# pxname,\n', { end: true, pieceBytes: 3 });
  const connection = haproxy.connect(fake.dial);
  expect(await connection.request('state', 1000)).toBe('Name: HAProxy\nVersion: 2.6\n\n# pxname,\n');
  await connection.request('state', 1000);
  expect(fake.sent).toEqual(['show info;show stat -1 7 -1\n', 'show info;show stat -1 7 -1\n']);
});

test('haproxy fails on a socket of another purpose', async () => {
  const connection = haproxy.connect(pipedServer(() => 'Permission denied\n', { end: true }).dial);
  await expect(connection.request('state', 1000)).rejects.toMatchObject({ why: 'failed', message: /not a reply/ }); // prettier-ignore
});

test('haproxy times out on a process that is silent', async () => {
  const connection = haproxy.connect(pipedServer(() => undefined).dial);
  await expect(connection.request('state', 50)).rejects.toMatchObject({ why: 'timeout' });
});

test.each([
  ['unix:haproxy:*', 'state', true],
  ['unix:haproxy:7:%2Frun%2Fhaproxy.sock', 'state', true],
  ['unix:haproxy:7:%2Frun%2Fhaproxy.sock', 'disable server a/b', false],
  ['listening:haproxy:7:127.0.0.1:443', 'state', false],
])('haproxy allows %s < %s: %s', (to, request, allowed) => {
  expect(haproxy.refusal(to, request) === undefined).toBe(allowed);
});
