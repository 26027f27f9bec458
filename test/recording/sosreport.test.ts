import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import * as fc from 'fast-check';
import { packTar, type TarEntry } from 'modern-tar';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { findings, sources } from '../../src/subsystems/index.ts';
import type { Host } from '../../src/host/host.ts';
import { openPackedSosreport, openSosreport } from '../../src/host/sosreport.ts';
import { openArchive } from '../../src/host/sosreport/archive.ts';
import { commandFile } from '../../src/host/sosreport/commands.ts';
import { openRecording, recordingFromPipe } from '../../src/recording/open-recording.ts';
import { ReplaySession } from '../../src/recording/replay-session.ts';
import { cephOsdmap } from '../../src/sources/ceph/osdmap.ts';
import { docker } from '../../src/sources/containers/docker.ts';
import { identity } from '../../src/sources/machine/identity.ts';
import { libvirtDomains } from '../../src/sources/kvm/libvirt-domains.ts';
import { loadavg } from '../../src/sources/machine/loadavg.ts';
import { packageLog } from '../../src/sources/machine/package-log.ts';
import { nics } from '../../src/sources/machine/nics.ts';
import { ovsDatapath } from '../../src/sources/ovs/datapath.ts';
import { processes } from '../../src/sources/processes/processes.ts';
import { CONTAINER_ID, madeLinks, madeReport, madeTar, REPORT_FOLDER } from '../helpers/made-sosreport.ts';

const TAKEN_MS = Date.UTC(2026, 10, 27, 19, 1, 14);
/** The report packed by xz(1). */
const PACKED = join(import.meta.dirname, '../fixtures/sosreport/sosreport-node-7.tar.xz');

let outside = '';
let folder = '';
beforeEach(() => {
  outside = mkdtempSync(join(tmpdir(), 'crashcart-sostest-'));
  folder = join(outside, REPORT_FOLDER);
  const place = (path: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    return join(folder, path);
  };
  for (const [path, text] of Object.entries(madeReport)) writeFileSync(place(path), text);
  for (const [path, target] of Object.entries(madeLinks)) symlinkSync(target, place(path));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(outside, { recursive: true, force: true });
});

const put = (name: string, bytes: Buffer | string): string => {
  const path = join(outside, name);
  writeFileSync(path, bytes);
  return path;
};

async function packed(bytes: Buffer): Promise<Host> {
  const report = await openPackedSosreport(Readable.from([bytes]), 'none', 'x.tar', 7);
  if (!report) throw new Error('no report');
  expect(report).toMatchObject({ takenMs: TAKEN_MS, problems: [] });
  return report.host;
}

async function unpacked(): Promise<Host> {
  const report = await openSosreport(folder);
  if (!report) throw new Error('no report');
  expect(report.takenMs).toBe(TAKEN_MS);
  return report.host;
}

describe.each([
  ['a folder', unpacked],
  ['an archive', async () => packed(await madeTar())],
])('%s', (_, opened) => {
  test('gives files by path and command output by the names of sos, and nothing else', async () => {
    const host = await opened();
    expect(host.name).toBe('node-7');
    expect(await host.read({ kind: 'file', path: '/proc/stat' })).toMatchObject({ ok: true, at: 74 });
    expect(await host.read({ kind: 'run', argv: ['uname', '-a'] })).toMatchObject({ value: expect.stringMatching(/^Linux node-7/) }); // prettier-ignore
    expect(await host.read({ kind: 'run', argv: ['ls'] })).toMatchObject({ why: 'failed', detail: 'ls: not in this sosreport' }); // prettier-ignore
    expect(await host.read({ kind: 'cgroups' })).toMatchObject({ why: 'failed' });
    expect(await host.read({ kind: 'talk', dialect: 'http', to: '/run/docker.sock', request: 'GET /_ping' })).toMatchObject({ why: 'denied' }); // prettier-ignore
    expect(await host.read({ kind: 'glob', pattern: '/sys/block/*/queue/rotational' })).toMatchObject({ value: new Map([['/sys/block/vda/queue/rotational', '0\n']]) }); // prettier-ignore
  });

  test('follows links within the report, and none out of it', async () => {
    const host = await opened();
    expect(await host.read({ kind: 'file', path: '/etc/os-release' })).toMatchObject({ value: expect.stringContaining('Debian') }); // prettier-ignore
    for (const path of [
      '/proc/version',
      '/../secret',
      '/proc/loop',
      '/sys/class/net/eth0/mtu',
      '/../../../../../../etc/passwd',
    ])
      expect(await host.read({ kind: 'file', path })).toMatchObject({ why: 'failed' });
    expect(JSON.stringify(await host.read({ kind: 'glob', pattern: '/sys/class/net/*/mtu' }))).not.toContain('root:');
  });

  test('gives processes by ps, with fields unknown to ps undefined', async () => {
    const reading = await (await opened()).read({ kind: 'processes' });
    if (!reading.ok) throw new Error(reading.detail);
    const table = processes.parse({ table: reading.value }).processes;
    expect([...table.keys()]).toEqual([1, 2, 812]);
    expect(table.get(812)).toMatchObject({
      command: 'qemu system x86',
      commandLine: '/usr/bin/qemu-system-x86_64 -name guest=lab-db,debug-threads=on -S',
      state: 'D',
      parentPid: 1,
      uid: 64055,
      nice: -5,
      threads: 7,
      startTicks: 4000,
      cpuSeconds: 93_784,
      rssKiB: 81_920,
      wchan: 'balance_dirty_pages',
      owner: { kind: 'guest', name: 'lab-db' },
      majorFaults: undefined,
      lastCpu: undefined,
      kernelThread: false,
    });
    expect(table.get(2)).toMatchObject({ command: 'kthreadd', kernelThread: true, commandLine: '' });
  });

  test('gives files that sos does not copy by its commands', async () => {
    const host = await opened();
    const text = async (path: string) => {
      const reading = await host.read({ kind: 'file', path });
      return reading.ok ? reading.value : reading.why;
    };
    expect(await text('/proc/uptime')).toBe('74.00\n');
    expect(await text('/proc/loadavg')).toBe('8.44 4.33 2.28\n');
    expect(await text('/etc/passwd')).toBe('root:x:0:::\n');
    expect(await text('/sys/class/dmi/id/sys_vendor')).toBe('Dell Inc.\n');
    expect(await text('/sys/class/dmi/id/board_name')).toBe('failed');
    expect(await text('/sys/block/vda/size')).toBe('536870912\n');
    expect(await host.read({ kind: 'run', argv: ['uname', '-m'] })).toMatchObject({ value: 'x86_64' });
    const head = await host.read({ kind: 'run', argv: ['head', '-n', '30', '/proc/cpuinfo'] });
    expect(head).toMatchObject({ value: expect.stringMatching(/^(?:.*\n){29}x$/) });
  });

  test('gives replies of daemons by the tools of sos, and none for a tool that failed', async () => {
    const host = await opened();
    const ask = async (kind: 'ovs-vswitchd' | 'ovnsb_db', request: string) =>
      host.read({ kind: 'talks', dialect: 'unixctl', pattern: `/var/run/openvswitch/${kind}.*.ctl`, request });
    expect(await ask('ovs-vswitchd', 'bond/show')).toMatchObject({ why: 'denied' });
    expect(await ask('ovnsb_db', 'upcall/show')).toMatchObject({ why: 'denied' });
    const fdb = await ask('ovs-vswitchd', 'fdb/stats-show *');
    expect(fdb.ok && [...fdb.value.values()]).toMatchObject([{ text: expect.stringMatching(/^== br-int\nStatistics/) }]); // prettier-ignore
    const inspect = { kind: 'talk', dialect: 'http', to: '/run/docker.sock', request: `GET /containers/${CONTAINER_ID}/json` } as const; // prettier-ignore
    const one = await host.read(inspect);
    expect(one.ok && one.value).toContain('"ExitCode":137');
    expect(one.ok && one.value).not.toContain('hunter2');
    const xml = await host.read({
      kind: 'talk',
      dialect: 'libvirt',
      to: '/run/libvirt/libvirt-sock-ro',
      request: 'xml',
    });
    expect(xml.ok && xml.value).not.toContain('hunter2');
  });
});

test.each([
  ['a folder', () => folder],
  ['tar', async () => put('a.tar', await madeTar())],
  ['tar.gz', async () => put('a.tar.gz', gzipSync(await madeTar()))],
  ['tar.zst', async () => put('a.tar.zst', zstdCompressSync(await madeTar()))],
  ['tar.xz', () => PACKED],
])('%s: it is watched as a recording of one moment', async (_, path) => {
  const scratch = join(outside, 'scratch');
  mkdirSync(scratch);
  vi.stubEnv('TMPDIR', scratch);
  const recording = await openRecording(await path(), sources);
  const session = await ReplaySession.open({ recording, sources, findings, clock: () => 0 });
  try {
    expect(session.host.name).toBe('node-7');
    expect(session.player.startMs).toBe(session.player.endMs);
    const needs = { loadavg, identity, nics, docker, libvirtDomains, ovsDatapath, cephOsdmap };
    const seen = session.timeline.moment(needs, session.player.positionMs());
    // A reading that sos does not collect has not failed on the host.
    expect(session.findings().filter(({ sentence }) => /not in this|answers no/.test(sentence))).toEqual([]);
    expect(session.problems()).toEqual([]);
    expect(seen.loadavg.now?.load1).toBe(8.44);
    expect(seen.identity.now?.uptimeSeconds).toBe(74);
    expect(seen.identity.missing['cmdline']).toMatchObject({ why: 'failed' });
    expect(seen.nics.now?.nics.get('tap3')).toMatchObject({ operState: 'up', mtuBytes: 1442, speedMbps: 10_000, master: 'br-int' }); // prettier-ignore
    expect(seen.docker.now?.containers).toMatchObject([{ name: 'web', image: 'shop:1', exitCode: 137 }]);
    expect([...(seen.libvirtDomains.now?.domains.values() ?? [])]).toMatchObject([{ name: 'lab-db', state: 1, id: 3 }]);
    expect(seen.cephOsdmap.missing).not.toHaveProperty('dump');
    expect(seen.ovsDatapath.missing).not.toHaveProperty('upcalls');
    expect(seen.ovsDatapath.missing).not.toHaveProperty('show');
  } finally {
    await session.stop();
  }
  expect(readdirSync(scratch)).toEqual([]);
});

test('a sosreport has the packages of its logs in the zone of its host', async () => {
  const dpkg = '2026-11-28 02:59:13 upgrade openssl:amd64 3.0.11-1 3.0.13-1\n';
  const host = await packed(
    await madeTar([
      entry(`${REPORT_FOLDER}/var/log/dpkg.log`, dpkg),
      entry(`${REPORT_FOLDER}/var/log/auth.log`, 'a line\n'),
      entry(`${REPORT_FOLDER}/sos_commands/systemd/timedatectl`, '   Time zone: Asia/Shanghai (CST, +0800)\n'),
    ]),
  );
  const values = Object.fromEntries(
    await Promise.all(
      Object.entries(packageLog.reads).map(async ([name, read]) => {
        const reading = await host.read(read);
        return [name, reading.ok ? reading.value : undefined] as const;
      }),
    ),
  );
  // One value for each read, of the kind of the read.
  const { packages } = packageLog.parse(values as Parameters<typeof packageLog.parse>[0]);
  expect(packages).toMatchObject([{ name: 'openssl', epochMs: TAKEN_MS - 121_000 }]);
  expect((await host.read({ kind: 'file', path: '/var/log/auth.log' })).ok).toBe(false);
});

test('recordingFromPipe opens a packed sosreport', async () => {
  const bytes = readFileSync(PACKED);
  const recording = await recordingFromPipe(Readable.from([bytes.subarray(0, 3), bytes.subarray(3)]), sources);
  expect(recording.head.host).toBe('node-7');
  await recording.close();
});

describe('openRecording refuses', () => {
  test.each([
    ['a folder', async () => import.meta.dirname, 'folder without sos_commands, not a sosreport'],
    ['another archive', async () => put('a.tar', Buffer.from(await packTar([entry('x/y', 'z')]))), 'archive without sos_commands, not a sosreport'], // prettier-ignore
    ['nothing packed', async () => put('a.tar.gz', gzipSync('')), 'unpacking failed'],
    ['text that is packed', async () => put('a.gz', gzipSync('hello '.repeat(4000))), 'unpacking failed'],
    ['bzip2', async () => put('a.tar.bz2', 'BZh91AY&SY'), 'packed with bzip2'],
    ['encrypted', async () => put('a.tar.xz.gpg', '\u0085\u0002'), 'decrypt it first'],
    ['xz that breaks off at once', async () => put('a.tar.xz', readFileSync(PACKED).subarray(0, 40)), 'xz data damaged or truncated'], // prettier-ignore
    ['nothing at all', async () => put('a.tar.xz', ''), 'not a recording of crashcart'],
    ['a file that is not there', async () => join(outside, 'none.tar.xz'), 'ENOENT'],
  ])('%s', async (_, path, message) => {
    await expect(openRecording(await path(), sources)).rejects.toThrow(message);
  });
});

const entry = (name: string, body: string): TarEntry => ({ header: { name, size: Buffer.byteLength(body), type: 'file' }, body }); // prettier-ignore

describe('a hostile archive', () => {
  test('leaves nothing outside itself when names climb, or name devices or itself', async () => {
    const host = await packed(
      await madeTar([
        entry('../../../../tmp/climbed', 'x'),
        entry('/etc/absolute', 'x'),
        entry(`${REPORT_FOLDER}/../../climbed`, 'x'),
        entry(`${REPORT_FOLDER}/${'a/'.repeat(3000)}b`, 'x'),
        entry(`${REPORT_FOLDER}/proc/__proto__/constructor`, 'x'),
        { header: { name: `${REPORT_FOLDER}/proc/null`, size: 0, type: 'character-device' } },
        { header: { name: `${REPORT_FOLDER}/proc/hard`, size: 0, type: 'link', linkname: '/etc/shadow' } },
        {
          header: { name: `${REPORT_FOLDER}/proc/same`, size: 0, type: 'link', linkname: `${REPORT_FOLDER}/proc/stat` },
        },
      ]),
    );
    for (const path of ['/proc/null', '/proc/hard', '/etc/absolute', '/../climbed'])
      expect(await host.read({ kind: 'file', path })).toMatchObject({ why: 'failed' });
    expect(await host.read({ kind: 'file', path: '/proc/same' })).toMatchObject({ ok: true });
    expect(await host.read({ kind: 'file', path: '/proc/__proto__/constructor' })).toMatchObject({ value: 'x' });
  });

  const limits = { keptBytes: 100_000, unpackedBytes: 4 << 20, entries: 60 };
  const opened = (bytes: Buffer) => openArchive(Readable.from([bytes]), 'gzip', limits);

  test('is read in part with a problem when it is above the memory limit', async () => {
    const tar = await madeTar([
      entry(`${REPORT_FOLDER}/proc/huge`, 'x'.repeat(200_000)),
      entry(`${REPORT_FOLDER}/z`, 'x'),
    ]);
    const { files, problems, hasReport } = await opened(gzipSync(tar));
    expect(hasReport).toBe(true);
    expect(problems).toEqual(['1 large files of the archive were left out']);
    expect(await files.text('/proc/huge')).toBeUndefined();
    expect(await files.text('/z')).toBe('x');
  });

  test('is ended when it unpacks without end', async () => {
    const bomb = gzipSync(await madeTar([entry(`${REPORT_FOLDER}/var/log/auth.log`, '\0'.repeat(6 << 20))]));
    expect((await opened(bomb)).problems).toEqual([expect.stringContaining('it unpacks to more than')]);
  });

  test('is refused with a name or entries without end', async () => {
    const long = Buffer.from(await packTar([{ header: { name: '././@LongLink', size: 0, type: 'file' } }])).subarray(
      0,
      512,
    );
    long.write('L', 156);
    long.write('07777777777\0', 124, 'latin1');
    long.write(' '.repeat(8), 148);
    long.write(
      `${[...long]
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    );
    await expect(opened(gzipSync(Buffer.concat([long, Buffer.alloc(3 << 20)])))).rejects.toThrow(
      /exceeds maximum size/,
    );
    const many = await madeTar(Array.from({ length: 80 }, (_, i) => entry(`${REPORT_FOLDER}/proc/${i}`, '')));
    expect((await opened(gzipSync(many))).problems).toEqual([expect.stringContaining('more than 60 entries')]);
  });

  test('opens in part or is refused when damaged or cut', async () => {
    const whole = await madeTar(Array.from({ length: 12 }, (_, i) => entry(`${REPORT_FOLDER}/${i % 2 === 0 ? 'var/log' : 'proc'}/${i}`, 'x'.repeat(i * 7919)))); // prettier-ignore
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length),
        fc.uint8Array({ maxLength: 600 }),
        fc.integer({ min: 512, max: 70_000 }),
        fc.boolean(),
        async (at, noise, size, cut) => {
          const bytes = Buffer.from(cut ? whole.subarray(0, at) : whole);
          Buffer.from(noise).copy(bytes, Math.min(at, bytes.length));
          const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size)); // prettier-ignore
          const ended = await openArchive(Readable.from(pieces), 'none').then(
            ({ files }) => files.text('/proc/stat').then(() => 'opened'),
            (error: unknown) => (error instanceof Error && error.message !== '' ? 'refused' : error),
          );
          expect(['opened', 'refused']).toContain(ended);
        },
      ),
      { numRuns: 60 },
    );
  });
});

test.each([
  ['a folder', () => folder],
  ['an archive', async () => put('a.tar', await madeTar())],
])('%s takes a note beside it, which the next replay has', async (_, path) => {
  vi.stubEnv('XDG_STATE_HOME', outside);
  const replay = async () => {
    const recording = await openRecording(await path(), sources);
    return ReplaySession.open({ recording, sources, findings: [], clock: () => 0 });
  };
  const first = await replay();
  expect(first.mark?.('disk sdb replaced')).toBe(`${await path()}.notes.jsonl`);
  await first.stop();
  const second = await replay();
  expect(second.marks()).toEqual([{ wallMs: TAKEN_MS, kind: 'note', text: 'disk sdb replaced' }]);
  expect(second.problems()).toEqual([]);
  await second.stop();
});

test('file names are those of sos', () => {
  expect(commandFile('/usr/sbin/ethtool -i eth0')).toBe('ethtool_-i_eth0');
  expect(commandFile('ls -l /dev/disk/')).toBe('ls_-l_.dev.disk');
  expect(commandFile('ovs-appctl dpctl/show -s netdev@ovs-netdev')).toBe('ovs-appctl_dpctl.show_-s_netdev_ovs-netdev');
});
