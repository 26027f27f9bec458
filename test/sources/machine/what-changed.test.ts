import { expect, test } from 'vitest';
import { matchesPattern } from '../../../src/lib/glob-pattern.ts';
import { etcFiles } from '../../../src/sources/machine/etc-files.ts';
import { kernelModules } from '../../../src/sources/machine/kernel-modules.ts';
import { mounts } from '../../../src/sources/machine/mounts.ts';
import { packageLog } from '../../../src/sources/machine/package-log.ts';
import { sysctl } from '../../../src/sources/machine/sysctl.ts';

const nothing = {
  localtime: undefined,
  timezone: undefined,
  dpkgOld: undefined,
  dpkg: undefined,
  apt: undefined,
  dnf: undefined,
  zypp: undefined,
};
const localtime = new Map([['/etc/localtime', '/usr/share/zoneinfo/Europe/Berlin']]);

/** Debian 12. The first line is what a tail begins with. */
const DPKG = `12:58 status installed libc-bin:amd64 2.36-9
2026-11-29 18:12:59 startup archives unpack
2026-11-29 18:13:02 upgrade openssl:amd64 3.0.19-1~deb12u2 3.0.22-1~deb12u2
2026-11-29 18:13:02 status half-configured openssl:amd64 3.0.19-1~deb12u2
2026-11-29 18:13:04 install libuv1:amd64 <none> 1.44.2-1+deb12u1
2026-11-29 18:13:05 status unpacked libuv1:amd64 1.44.2-1+deb12u1
2026-11-29 18:13:09 remove ninja-build:amd64 1.11.1-2~deb12u1 <none>
2026-11-29 18:13:09 purge ninja-build:amd64 1.11.1-2~deb12u1 <none>
`;

test('package-log parses upgrades, installs and removals of dpkg in the zone of the host', () => {
  const { packages } = packageLog.parse({ ...nothing, localtime, dpkg: DPKG });
  expect(packages.map(({ action, name, from, to }) => [action, name, from, to])).toEqual([
    ['upgraded', 'openssl', '3.0.19-1~deb12u2', '3.0.22-1~deb12u2'],
    ['installed', 'libuv1', undefined, '1.44.2-1+deb12u1'],
    ['removed', 'ninja-build', '1.11.1-2~deb12u1', undefined],
  ]);
  expect(packages[0]).toMatchObject({ epochMs: Date.parse('2026-11-29T17:13:02Z'), log: '/var/log/dpkg.log' });
});

test('package-log takes the zone of /etc/timezone when localtime is not a link', () => {
  const { packages } = packageLog.parse({ ...nothing, timezone: 'America/New_York\n', dpkg: DPKG });
  expect(packages[0]?.epochMs).toBe(Date.parse('2026-11-29T23:13:02Z'));
});

test('package-log parses the command lines of apt', () => {
  const apt = `
Start-Date: 2026-11-29  18:08:59
Commandline: apt-get install -y -qq --no-install-recommends cmake ninja-build libgtest-dev
Install: libarchive13:amd64 (3.6.2-1+deb12u5, automatic), cmake:amd64 (3.25.1-1)
End-Date: 2026-11-29  18:09:06

Start-Date: 2026-11-29  18:12:58
Commandline: apt-get -qy upgrade
Upgrade: openssl:amd64 (3.0.19-1~deb12u2, 3.0.22-1~deb12u2)
`;
  expect(packageLog.parse({ ...nothing, apt }).runs).toEqual([
    {
      startMs: Date.parse('2026-11-29T18:08:59Z'),
      endMs: Date.parse('2026-11-29T18:09:06Z'),
      command: 'apt-get install -y -qq --no-install-recommends cmake ninja-build libgtest-dev',
    },
    { startMs: Date.parse('2026-11-29T18:12:58Z'), endMs: undefined, command: 'apt-get -qy upgrade' },
  ]);
});

test('package-log joins the new and the old version of dnf', () => {
  const dnf = `2026-03-28T14:27:30+0000 INFO --- logging initialized ---
2026-03-28T14:31:28+0100 SUBDEBUG Upgrade: openssl-libs-1:3.2.2-6.el9.x86_64
2026-03-28T14:31:29+0100 SUBDEBUG Installed: kernel-core-5.14.0-503.el9.x86_64
2026-03-28T14:31:30+0100 SUBDEBUG Upgraded: openssl-libs-1:3.0.7-27.el9.x86_64
2026-03-28T14:31:31+0100 INFO warning: /etc/ssh/sshd_config created as /etc/ssh/sshd_config.rpmnew
2026-03-28T14:31:32+0100 SUBDEBUG Erase: flac-1.3.3-3.fc29.x86_64
`;
  const { packages } = packageLog.parse({ ...nothing, dnf });
  expect(packages.map(({ action, name, from, to }) => [action, name, from, to])).toEqual([
    ['upgraded', 'openssl-libs', '1:3.0.7-27.el9', '1:3.2.2-6.el9'],
    ['installed', 'kernel-core', undefined, '5.14.0-503.el9'],
    ['removed', 'flac', '1.3.3-3.fc29', undefined],
  ]);
  expect(packages[0]?.epochMs).toBe(Date.parse('2026-03-28T13:31:28Z'));
});

test('package-log parses the history of zypper', () => {
  const zypp = `# 2026-03-01 10:00:00 openssl-3 installed ok
2026-03-01 10:00:05|install|openssl-3|3.1.4-1.1|x86_64||repo-update|abc|
2026-03-02 10:00:00|command|root@localhost|'zypper' '-n' 'dup'|
2026-03-02 10:00:09|remove |vim|9.1-1.1|x86_64|root@localhost|
`;
  expect(packageLog.parse({ ...nothing, zypp }).packages).toMatchObject([
    { action: 'installed', name: 'openssl-3', to: '3.1.4-1.1' },
    { action: 'removed', name: 'vim', from: '9.1-1.1' },
  ]);
});

test('etc-files parses names and times, newest first, without caches and copies', () => {
  const etc =
    '1795976100.0000000000 /etc\0' +
    '1795976014.7761546550 /etc/hosts.deny\0' +
    '1795976030.6999673760 /etc/ld.so.cache\0' +
    '1795999342.0000000000 /etc/group-\0' +
    '1795999346.3515701420 /etc/ceph/ceph.conf\0' +
    '1795976015.5 /etc/a file\nwith a line\0';
  expect(etcFiles.parse({ etc, images: '' })).toEqual({
    files: [
      { path: '/etc/ceph/ceph.conf', modifiedMs: 1_795_999_346_352 },
      { path: '/etc/a file\nwith a line', modifiedMs: 1_795_976_015_500 },
      { path: '/etc/hosts.deny', modifiedMs: 1_795_976_014_776 },
    ],
    images: [],
  });
});

test('etc-files gives undefined when nothing was read, and none when nothing was modified', () => {
  // Of a find that does not know -printf.
  expect(etcFiles.parse({ etc: '', images: '' })).toEqual({ files: undefined, images: undefined });
  expect(etcFiles.parse({ etc: '1795976100.0 /etc\0', images: '' })).toEqual({ files: [], images: [] });
  expect(etcFiles.parse({ etc: undefined, images: undefined })).toEqual({ files: undefined, images: undefined });
});

test('etc-files keeps the newest 50', () => {
  const etc = `1795000000.0 /etc\0${Array.from({ length: 3000 }, (_, i) => `${1_795_000_000 + i}.0 /etc/f${i}\0`).join('')}`;
  const { files } = etcFiles.parse({ etc, images: undefined });
  expect(files).toHaveLength(50);
  expect(files?.[0]?.path).toBe('/etc/f2999');
});

test('kernel-modules parses names', () => {
  const modules = `openvswitch 204800 21 - Live 0x0000000000000000
nf_conncount 24576 1 openvswitch, Live 0x0000000000000000
`;
  expect([...(kernelModules.parse({ modules }).modules ?? [])]).toEqual(['openvswitch', 'nf_conncount']);
  expect(kernelModules.parse({ modules: undefined }).modules).toBeUndefined();
});

test('mounts parses target, device and access, without volumes of containers', () => {
  const table = String.raw`/ /dev/vda ext4 rw,relatime,discard
/srv/a\x20b nas:/export/a nfs4 ro,relatime,vers=4.2
/var/lib/kubelet/pods/1/volumes/data /dev/sdb ext4 rw
/run/netns /dev/vda[/run/netns] ext4 rw,relatime
`;
  expect([...(mounts.parse({ table }).mounts?.values() ?? [])]).toEqual([
    { target: '/', device: '/dev/vda', type: 'ext4', access: 'rw' },
    { target: '/srv/a b', device: 'nas:/export/a', type: 'nfs4', access: 'ro' },
  ]);
});

test('mounts declares the names of servers, and of no disk, as identifiers', () => {
  const sample = mounts.parse({
    table: '/a nas:/export nfs4 rw\n/b //files.corp/share cifs rw\n/c /dev/sdb1 ext4 rw\n',
  });
  expect(mounts.identifiers?.(sample)?.map(({ value }) => value)).toEqual(['nas', 'files.corp']);
});

test('sysctl reads no secret and no file with side effects', () => {
  const patterns = Object.values(sysctl.reads).map((read) => (read.kind === 'glob' ? read.pattern : read.path));
  for (const path of ['net/ipv4/tcp_fastopen_key', 'net/core/netdev_rss_key', 'vm/stat_refresh', 'vm/drop_caches'])
    expect(patterns.filter((pattern) => matchesPattern(pattern, `/proc/sys/${path}`))).toEqual([]);
  expect(patterns.some((pattern) => matchesPattern(pattern, '/proc/sys/net/ipv4/tcp_fin_timeout'))).toBe(true);
});

test('sysctl parses settings by their names', () => {
  const { settings } = sysctl.parse({
    vm: new Map([['/proc/sys/vm/overcommit_memory', '0\n']]),
    swappiness: '60\n',
    dirty: undefined,
    core: undefined,
    backlog: undefined,
    tcp: new Map([['/proc/sys/net/ipv4/tcp_rmem', '4096\t131072\t33554432\n']]),
    tcpF: new Map([['/proc/sys/net/ipv4/tcp_fin_timeout', '60\n']]),
    ip: undefined,
    conntrack: undefined,
    limits: undefined,
    pids: '4194304\n',
    threads: undefined,
  });
  expect(Object.fromEntries(settings)).toEqual({
    'vm.overcommit_memory': '0',
    'net.ipv4.tcp_rmem': '4096 131072 33554432',
    'net.ipv4.tcp_fin_timeout': '60',
    'vm.swappiness': '60',
    'kernel.pid_max': '4194304',
  });
});
