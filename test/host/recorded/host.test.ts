import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Read } from '../../../src/host/host.ts';
import { recordedHost, recordedMoments } from '../../../src/host/recorded/host.ts';
import { recordSlug } from '../../../src/host/recorded/key-names.ts';
import { overlay } from '../../helpers/overlay.ts';

let folder = '';
const files: Record<string, string> = {
  'at.json': '{"t0": 10, "t1": 12.5}',
  'links.json': '{"/sys/class/net/eth0/device": "../../../0000:00:04.0"}',
  'missing.json':
    '{"/proc/pressure/cpu": "denied", "/sys/slow/*": "timeout", "/var/run/ceph/ceph-osd.1.asok < version": "timeout", "/var/run/ceph/ceph-osd.3.asok < status": "denied"}',
  'statfs.json': '{"/": "4096 100 50 40 10 5 0"}',
  'proc/loadavg': '0.10 0.20 0.30 1/2 3\n',
  'proc/version': 'Linux\n',
  'proc/7/stat': '7 (a) b) S 1',
  'proc/7/cmdline': 'a\0b\0',
  'proc/70/comm': 'no stat: not a process',
  't1/proc/loadavg': '9.10 0.20 0.30 1/2 3\n',
  'sys/block/sda/size': '8\n',
  'sys/block/sdb/size': '16\n',
  't1/sys/block/sdc/size': '32\n',
  'run/lscpu_-J': '{}',
  'run/ip_-j_a': 'boom',
  'run/ip_-j_a.exit': '2',
  'talk/http/%2frun%2fdocker.sock_%3c_GET_%2fcontainers%2fjson%3fall=1': '[{"Id":"a"}]',
  'talk/asok/%2fvar%2frun%2fceph%2fceph-osd.0.asok_%3c_version': '{"version":"16.2"}',
  't1/talk/asok/%2fvar%2frun%2fceph%2fceph-osd.2.asok_%3c_version': '{"version":"17.2"}',
  'talk/asok/%2fvar%2frun%2fceph%2fceph-mon.a.asok_%3c_version': '{"version":"16.2"}',
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'recorded-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  mkdirSync(join(folder, 'sys/class/block'), { recursive: true });
  symlinkSync('../../devices/pci/sda', join(folder, 'sys/class/block/sda'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const value = async (what: Read, moment?: string) => {
  const reading = await recordedHost(folder, 'box', moment).read(what);
  return reading.ok ? reading.value : reading.why;
};

test('recordedHost gives the file of the moment, else the unchanged one, when both exist', async () => {
  expect(await value({ kind: 'file', path: '/proc/loadavg' }, 't0')).toBe('0.10 0.20 0.30 1/2 3\n');
  expect(await value({ kind: 'file', path: '/proc/loadavg' })).toBe('9.10 0.20 0.30 1/2 3\n');
  expect(await value({ kind: 'file', path: '/proc/version' }, 't1')).toBe('Linux\n');
});

test('recordedMoments come oldest first, with the clock of the host, when there are two', async () => {
  const moments = recordedMoments(folder, 'box');
  expect(moments.map(({ at }) => at)).toEqual([10, 12.5]);
  expect(await moments[1]?.host.read({ kind: 'file', path: '/proc/version' })).toMatchObject({ ok: true, at: 12.5 });
});

test('recordedHost gives the reason, and nothing outside the folder, when a file is missing', async () => {
  expect(await value({ kind: 'file', path: '/etc/os-release' })).toBe('absent');
  expect(await value({ kind: 'file', path: '/proc/pressure/cpu' })).toBe('denied');
  expect(await value({ kind: 'glob', pattern: '/sys/slow/*' })).toBe('timeout');
  expect(await value({ kind: 'file', path: '/../../../../../../../etc/passwd' })).toBe('absent');
  expect(await value({ kind: 'file', path: '/proc' })).toBe('absent');
});

test('recordedHost gives texts by path over both layers when the read is a glob', async () => {
  const sizes = await value({ kind: 'glob', pattern: '/sys/block/sd[a-c]/size' });
  expect(sizes).toEqual(
    new Map([
      ['/sys/block/sda/size', '8\n'],
      ['/sys/block/sdb/size', '16\n'],
      ['/sys/block/sdc/size', '32\n'],
    ]),
  );
  expect(await value({ kind: 'glob', pattern: '/sys/class/net/*/device', links: true })).toEqual(
    new Map([['/sys/class/net/eth0/device', '../../../0000:00:04.0']]),
  );
  expect(await value({ kind: 'glob', pattern: '/sys/class/block/*', links: true })).toEqual(
    new Map([['/sys/class/block/sda', '../../devices/pci/sda']]),
  );
  expect(await value({ kind: 'glob', pattern: '/sys/none/*' })).toBe('absent');
});

test('recordedHost gives output, or a failure with the exit code, when the read is a command', async () => {
  expect(await value({ kind: 'run', argv: ['lscpu', '-J'] })).toBe('{}');
  expect(await value({ kind: 'run', argv: ['ip', '-j', 'a'] })).toBe('failed');
  expect(await value({ kind: 'run', argv: ['ip', '-j', 'a'], okExits: [0, 2] })).toBe('boom');
  expect(recordSlug('/run/x.sock < {"a":"b/c"}')).not.toMatch(/[/ "]/);
});

test('recordedHost gives the process table and statfs when they are recorded', async () => {
  const table = await value({ kind: 'processes' });
  expect(table).toEqual(
    new Map([[7, expect.objectContaining({ pid: 7, stat: '7 (a) b) S 1', cmdline: 'a\0b\0', io: undefined })]]),
  );
  expect(await value({ kind: 'statfs', path: '/' })).toBe('4096 100 50 40 10 5 0');
});

test('overlay changes, adds and removes files when it has them', async () => {
  const host = overlay(recordedHost(folder, 'box'), {
    '/proc/loadavg': 'changed',
    '/sys/block/sdz/size': '1',
    '/sys/block/sda/size': undefined,
  });
  expect(await host.read({ kind: 'file', path: '/proc/loadavg' })).toMatchObject({
    ok: true,
    value: 'changed',
    at: 12.5,
  });
  const sizes = await host.read({ kind: 'glob', pattern: '/sys/block/*/size' });
  expect(sizes.ok && [...sizes.value.keys()]).toEqual([
    '/sys/block/sdb/size',
    '/sys/block/sdc/size',
    '/sys/block/sdz/size',
  ]);
});

test('recordedHost gives replies of daemons by protocol, and sockets without one among them, when read', async () => {
  const list: Read = { kind: 'talk', dialect: 'http', to: '/run/docker.sock', request: 'GET /containers/json?all=1' };
  expect(await value(list)).toBe('[{"Id":"a"}]');
  expect(await value({ ...list, request: 'GET /info' })).toBe('absent');
  const all: Read = { kind: 'talks', dialect: 'asok', pattern: '/var/run/ceph/ceph-osd.*.asok', request: 'version' };
  expect(await value(all, 't1')).toEqual(
    new Map([
      ['/var/run/ceph/ceph-osd.0.asok', { ok: true, text: '{"version":"16.2"}', tookMs: 0 }],
      ['/var/run/ceph/ceph-osd.1.asok', expect.objectContaining({ ok: false, why: 'timeout' })],
      ['/var/run/ceph/ceph-osd.2.asok', { ok: true, text: '{"version":"17.2"}', tookMs: 0 }],
    ]),
  );
  expect(await value({ ...all, request: 'status' })).toEqual(
    new Map([['/var/run/ceph/ceph-osd.3.asok', expect.objectContaining({ why: 'denied' })]]),
  );
  expect(await value({ ...all, pattern: '/var/run/ceph/ceph-mds.*.asok' })).toBe('absent');
});

test('recordedHost finds a reply by the whole request when it is long', async () => {
  const request = `filter ${'x'.repeat(400)}`;
  const path = join(folder, 'talk/asok', recordSlug(`/run/a.asok < ${request}`));
  writeFileSync(path, 'yes');
  const all: Read = { kind: 'talks', dialect: 'asok', pattern: '/run/*.asok', request };
  expect(await value(all)).toEqual(new Map([['/run/a.asok', { ok: true, text: 'yes', tookMs: 0 }]]));
  // As long, but another.
  expect(await value({ ...all, request: `filter ${'x'.repeat(399)}y` })).toBe('absent');
});
