import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { containerLog, type LogTarget } from '../../../src/sources/containers/container-log.ts';
import { dockerStreamText, isDockerStream } from '../../../src/host/protocols/http/docker-stream.ts';
import { logTarget, reasonOf } from '../../../src/panes/containers/log.ts';
import { readPolicy } from '../../../src/subsystems/index.ts';

const ID = 'ab12'.repeat(16);
const docker: LogTarget = { of: 'docker', id: ID, by: 'file' };

const entry = (log: string, stream = 'stdout', time = '2026-05-01T10:00:00.123456789Z') =>
  JSON.stringify({ log, stream, time });

test('containerLog parses the end of a json-file of Docker', () => {
  const text = [
    // The first line of an end is a part of one.
    'ing":"x"}',
    entry('listening on :8080\n'),
    entry('cut by Docker ', 'stderr', '2026-05-01T10:00:01Z'),
    entry('after 16 KiB\n', 'stderr', '2026-05-01T10:00:02Z'),
    entry('\u001B[31mred\u001B[0m\n'),
  ].join('\n');
  expect(containerLog.parse({ log: text }, docker).files).toEqual([
    {
      name: 'log',
      lines: [
        { at: '2026-05-01T10:00:00.123456789Z', isError: false, text: 'listening on :8080' },
        { at: '2026-05-01T10:00:02Z', isError: true, text: 'cut by Docker after 16 KiB' },
        { at: '2026-05-01T10:00:00.123456789Z', isError: false, text: '\u001B[31mred\u001B[0m' },
      ],
    },
  ]);
});

test('containerLog parses lxc.log and console.log, and leaves out files that are not there', () => {
  const log =
    'lxc web 20260501100000.123 ERROR    start - start.c:__lxc_start:2107 - Failed to spawn container "web"\n';
  const { files } = containerLog.parse({ log, console: 'Debian GNU/Linux 12 web console\n', qemu: undefined }, { of: 'lxd', place: 'snap', folder: 'web' }); // prettier-ignore
  expect(files.map(({ name, lines }) => [name, lines.map(({ isError }) => isError)])).toEqual([
    ['log', [true]],
    ['console', [false]],
  ]);
});

test('containerLog parses the reply of dockerd, with and without a terminal', () => {
  const frame = (stream: number, text: string) => {
    const head = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
    head.writeUInt32BE(Buffer.byteLength(text), 4);
    return Buffer.concat([head, Buffer.from(text)]);
  };
  const long = 'µ'.repeat(200);
  const body = Buffer.concat([frame(1, `2026-05-01T10:00:00.5Z ${long}\n`), frame(2, '2026-05-01T10:00:01Z failed\n'), Buffer.from([1, 0, 0])]); // prettier-ignore
  expect(isDockerStream('application/vnd.docker.multiplexed-stream', body)).toBe(true);
  expect(isDockerStream('application/json', body)).toBe(false);
  expect(isDockerStream('application/vnd.docker.raw-stream', Buffer.from('2026-05-01T10:00:00Z x\n'))).toBe(false);
  const by = { ...docker, by: 'daemon' } as const;
  expect(containerLog.parse({ api: dockerStreamText(body) }, by).files[0]?.lines).toEqual([
    { at: '2026-05-01T10:00:00.5Z', isError: false, text: long },
    { at: '2026-05-01T10:00:01Z', isError: true, text: 'failed' },
  ]);
  expect(containerLog.parse({ api: '2026-05-01T10:00:01Z of a terminal\r\n' }, by).files[0]?.lines[0]?.text).toContain('of a terminal'); // prettier-ignore
});

test('containerLog takes an empty line of dockerd, and a time with an offset as UTC', () => {
  const by = { ...docker, by: 'daemon' } as const;
  const api = ['O 2026-05-01T10:00:00.5Z', 'O 2026-05-01T10:00:00.5Z ', 'E 2026-05-01T00:30:01.123456789+01:00 failed', '2026-05-01T10:00:01-02:30 x'].join('\n'); // prettier-ignore
  expect(containerLog.parse({ api }, by).files[0]?.lines).toEqual([
    { at: '2026-05-01T10:00:00.5Z', isError: false, text: '' },
    { at: '2026-05-01T10:00:00.5Z', isError: false, text: '' },
    { at: '2026-04-30T23:30:01.123456789Z', isError: true, text: 'failed' },
    { at: '2026-05-01T12:30:01Z', isError: false, text: 'x' },
  ]);
  const odd = 'O 2026-99-99T10:00:00+01:00 kept whole';
  expect(containerLog.parse({ api: odd }, by).files[0]?.lines).toEqual([{ at: undefined, isError: false, text: odd }]);
});

test('containerLog joins the parts of a line by stream', () => {
  const log = [entry('out 1, '), entry('err 1, ', 'stderr'), entry('out 2\n'), entry('err 2\n', 'stderr')].join('\n');
  expect(containerLog.parse({ log }, docker).files[0]?.lines).toMatchObject([
    { isError: false, text: 'out 1, out 2' },
    { isError: true, text: 'err 1, err 2' },
  ]);
});

test('containerLog leaves out the part of a line at the begin of 64 KiB of multi-byte text', () => {
  const log = `${'µ'.repeat(32_760)}\nwhole line of text\n`;
  expect(Buffer.byteLength(log)).toBeGreaterThanOrEqual(65_536);
  const { files } = containerLog.parse({ log }, { of: 'lxc', name: 'x' });
  expect(files[0]?.lines.map(({ text }) => text)).toEqual(['whole line of text']);
});

test('reasonOf has the reply of dockerd where it was asked', () => {
  const absent = { ok: false, why: 'absent', detail: '/var/lib/docker/x: not present' } as const;
  const by = { ...docker, by: 'daemon' } as const;
  const removed = {
    ok: false,
    why: 'absent',
    detail: '/containers/ab12/logs: HTTP 404: No such container: ab12',
  } as const;
  expect(reasonOf(by, { api: removed })).toBe('not present: /containers/ab12/logs: HTTP 404: No such container: ab12');
  const failed = { ok: false, why: 'failed', detail: '/containers/ab12/logs: HTTP 501: no reading' } as const;
  expect(reasonOf({ ...docker, by: 'either' }, { log: absent, api: failed })).toContain('HTTP 501');
  const denied = { ok: false, why: 'denied', detail: '/var/lib/docker/x: permission denied' } as const;
  expect(reasonOf({ ...docker, by: 'either' }, { log: denied, api: removed })).toContain('permission denied');
  expect(reasonOf(docker, { log: absent, snap: absent })).toContain('json-file');
});

test('containerLog takes the file where it was read, else the reply of dockerd', () => {
  const either = { ...docker, by: 'either' } as const;
  expect(Object.keys(containerLog.reads(either))).toEqual(['log', 'snap', 'api']);
  const api = '2026-05-01T10:00:01Z by dockerd';
  expect(containerLog.parse({ log: undefined, api }, either).files).toMatchObject([{ name: 'api' }]);
  expect(containerLog.parse({ log: entry('by file\n'), api }, either).files).toMatchObject([{ name: 'log' }]);
});

test('containerLog is total', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom<LogTarget>(docker, { of: 'lxc', name: 'x' }), (log, target) => {
      expect(Array.isArray(containerLog.parse({ log }, target).files)).toBe(true);
    }),
  );
});

test('readPolicy allows ends of logs of containers alone', () => {
  const targets: readonly LogTarget[] = [docker, { ...docker, by: 'daemon' }, { of: 'lxd', place: 'deb', folder: 'shop_web' }, { of: 'lxd', place: 'snap', folder: 'web' }, { of: 'lxd', place: 'incus', folder: 'web' }, { of: 'lxc', name: 'ct-web' }]; // prettier-ignore
  for (const target of targets)
    for (const read of Object.values(containerLog.reads(target))) expect(readPolicy.refusal(read)).toBeUndefined();
  const [read] = Object.values(containerLog.reads(docker));
  if (read?.kind !== 'file') throw new Error('not a file');
  const { path } = read;
  expect(readPolicy.refusal({ kind: 'file', path, as: 'root' })).toContain('not on the read-only list');
  for (const other of ['/var/log/lxc/../../../etc/shadow.log', '/var/log/lxc/a/b.log', '/var/log/lxc/.log', `${path}x`, '/var/lib/docker/containers/a/config.v2.json']) // prettier-ignore
    expect(readPolicy.refusal({ kind: 'file', path: other, tailBytes: 1000 })).toMatch(/not on the read-only list|not an absolute path/); // prettier-ignore
});

test('logTarget takes no name that cannot stand in a path', () => {
  const of = (name: string) => logTarget({ engine: 'lxc', id: undefined, name, instance: undefined });
  expect(of('ct-web')).toEqual({ of: 'lxc', name: 'ct-web' });
  for (const name of ['../x', 'a/b', '', '.hidden', 'a b']) expect(of(name)).toBeUndefined();
  expect(logTarget({ engine: 'docker', id: '../../x', name: 'x', instance: undefined })).toBeUndefined();
  const dockerLog = (logPath?: string) =>
    logTarget({ engine: 'docker', id: ID, name: 'x', instance: undefined }, logPath);
  expect([dockerLog(), dockerLog('/srv/docker/x-json.log'), dockerLog('')]).toMatchObject([
    { by: 'either' },
    { by: 'daemon' },
    { by: 'daemon' },
  ]);
  expect(logTarget({ engine: 'podman', id: ID, name: 'x', instance: undefined })).toBeUndefined();
});
