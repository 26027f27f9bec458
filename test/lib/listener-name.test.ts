import { expect, test } from 'vitest';
import { isListenerOf, listenerOf } from '../../src/lib/listener-name.ts';

test.each([
  ['listening:redis-server:812:127.0.0.1:6379', { command: 'redis-server', pid: 812, address: '127.0.0.1:6379' }],
  ['listening:redis-server:812:::1:6379', { command: 'redis-server', pid: 812, address: '::1:6379' }],
  ['unix:haproxy:7:%2Frun%2Fhaproxy%2Fadmin.sock', { command: 'haproxy', pid: 7, address: '/run/haproxy/admin.sock' }],
  ['listening:redis-server:*', undefined],
  ['listening:redis-server:0:127.0.0.1:6379', undefined],
  ['/run/redis.sock', undefined],
  ['listening:redis-server:7:%zz', { command: 'redis-server', pid: 7, address: '%zz' }],
])('listenerOf %s', (name, expected) => {
  expect(listenerOf(name)).toEqual(expected);
});

test.each([
  ['listening:beam.smp:*:15692', true],
  ['listening:beam.smp:7:127.0.0.1:15692', true],
  ['listening:beam.smp:7:127.0.0.1:5672', false],
  ['listening:beam.smp:*', false],
  ['listening:beam.smp:*:15692\n', false],
])('isListenerOf with a port takes %j: %s', (to, expected) => {
  expect(isListenerOf(to, 'listening', ['beam.smp'], 15_692)).toBe(expected);
});
