import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findings } from '../../src/findings/index.ts';
import { commandFile, openSosreport } from '../../src/host/sosreport.ts';
import { openRecording } from '../../src/recording/open-recording.ts';
import { ReplaySession } from '../../src/recording/replay-session.ts';
import { identity } from '../../src/sources/identity.ts';
import { sources } from '../../src/sources/index.ts';
import { loadavg } from '../../src/sources/loadavg.ts';

let outside = '';
let folder = '';
const put = (path: string, text: string) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};
beforeEach(() => {
  outside = mkdtempSync(join(tmpdir(), 'crashcart-sostest-'));
  folder = join(outside, 'sosreport-node-7');
  put('proc/loadavg', '3.34 2.51 1.89 5/412 20417\n');
  put('proc/uptime', '812.40 99\n');
  put('proc/sys/kernel/hostname', 'node-7\n');
  put('sos_commands/kernel/uname_-a', 'Linux node-7\n');
  writeFileSync(join(outside, 'secret'), 'mine');
  mkdirSync(join(folder, 'sys/class/net/eth0'), { recursive: true });
  symlinkSync(join(outside, 'secret'), join(folder, 'sys/class/net/eth0/mtu'));
  symlinkSync(join(outside, 'secret'), join(folder, 'proc/version'));
});
afterEach(() => rmSync(outside, { recursive: true, force: true }));

test('files answer at their paths, commands by the names that sos gives them, of the rest nothing is known', async () => {
  const host = (await openSosreport(folder))?.host;
  expect(host?.name).toBe('node-7');
  expect(await host?.read({ kind: 'file', path: '/proc/loadavg' })).toMatchObject({ ok: true, at: 812.4 });
  expect(await host?.read({ kind: 'run', argv: ['uname', '-a'] })).toMatchObject({ value: 'Linux node-7\n' });
  expect(await host?.read({ kind: 'processes' })).toMatchObject({ why: 'failed' });
  expect(await host?.read({ kind: 'talk', dialect: 'http', to: '/run/docker.sock', request: 'GET /_ping' })).toMatchObject({ why: 'denied' }); // prettier-ignore
  expect(await host?.read({ kind: 'run', argv: ['ls'] })).toMatchObject({ detail: 'ls: not in this sosreport' });
  expect(commandFile('/usr/sbin/ethtool -i eth0')).toBe('ethtool_-i_eth0');
  expect(commandFile('ls -l /dev/disk/')).toBe('ls_-l_.dev.disk');
});

test('a link that leads out of it shows nothing of the engineer', async () => {
  const host = (await openSosreport(folder))?.host;
  for (const path of ['/proc/version', '/../secret'])
    expect(await host?.read({ kind: 'file', path })).toMatchObject({ why: 'failed' });
  expect(await host?.read({ kind: 'glob', pattern: '/sys/class/net/*/mtu' })).toMatchObject({ why: 'failed' });
});

test('it is watched as a recording of one moment', async () => {
  const recording = await openRecording(folder, sources);
  const session = await ReplaySession.open({ recording, sources, findings, clock: () => 0 });
  try {
    expect(session.host.name).toBe('node-7');
    expect(session.player.startMs).toBe(session.player.endMs);
    const seen = session.timeline.moment({ loadavg, identity }, session.player.positionMs());
    // What was not collected has not failed on the host.
    expect(session.findings()).toEqual([]);
    expect(seen.loadavg.now?.load1).toBe(3.34);
    expect(seen.identity.now?.uptimeSeconds).toBe(812.4);
    expect(seen.identity.missing['kernel']).toMatchObject({ why: 'failed' });
  } finally {
    await session.stop();
  }
});

test('what is none is refused with what to do', async () => {
  await expect(openRecording(outside, sources)).rejects.toThrow('no sosreport');
  await expect(openRecording('sosreport-x.tar.xz', sources)).rejects.toThrow('unpack it first');
});
