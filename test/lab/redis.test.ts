import { afterAll, beforeAll, expect, it } from 'vitest';
import { Console } from './lib/console.ts';
import { broughtUpHere, lab } from './lib/lab.ts';
import { namesFaults } from './lib/named-faults.ts';

/** Console on this host with Redis, memcached and HAProxy, with consecutive faults. */
let screen: Console;

beforeAll(async () => {
  await lab('redis', 'up');
  screen = new Console(['--budget', '60'], { columns: 160, rows: 50 });
  await screen.until('LIVE', 60_000);
  await screen.go('Databases');
});
afterAll(async () => {
  await screen[Symbol.asyncDispose]();
  if (broughtUpHere('redis')) await lab('redis', 'down');
});

it('pane shows the caches and the proxies', async () => {
  await screen.until(/redis:63791 +\d[\s\S]*api +BACKEND +UP/, 30_000);
});

namesFaults('redis', () => screen, [
  ['memory', /redis:63791 .*(?:8\.\d|8) MiB of 8\.0 MiB maxmemory/],
  ['evictions', /redis:63791 .*evictions\/s/],
  ['snapshot', /redis:63791 .*last snapshot \(bgsave\) failed/],
  ['link', /redis:63792 .*replication link down/],
  ['clients', /redis:63791 .*\d+ of 32 clients/],
  ['slow', /redis:63791 .*DEBUG.* took 1\.2s/],
  ['busy', /redis:63791 .*busy running a script/],
  ['frozen', /redis-server\[\d+\].*stopped \(SIGSTOP\)|redis:63791 .*does not respond/],
  ['memcached-evictions', /memcached:63793 .*evictions\/s/],
  [
    'memcached-connections',
    /memcached:63793 .*(?:\d+ of 64 connections|too many open connections)|memcached\[\d+\].* of 64 open files/,
  ],
  ['haproxy-server', /haproxy:admin\.sock .*1 of 2 servers of api DOWN/],
  ['haproxy-backend', /haproxy:admin\.sock .*backend api DOWN, 0 of 2 servers up/],
  ['haproxy-queue', /haproxy:admin\.sock .*requests queued in slow/],
]);

it('pane has the reason of a server that wants a password', async () => {
  await lab('redis', 'break', 'password');
  try {
    await screen.go('Databases');
    expect(await screen.until(/redis:63791.*not readable: password wanted/, 40_000)).not.toContain('labsecret');
  } finally {
    await lab('redis', 'repair', 'password');
  }
});
