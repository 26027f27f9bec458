import { markedArchive, packageOrigins } from '../../../src/sources/packages/package-origins.ts';
import { unattendedUpgrades } from '../../../src/sources/packages/unattended-upgrades.ts';
import { expect, test } from 'vitest';
import { deletedFiles } from '../../../src/sources/packages/deleted-files.ts';
import { packageFiles } from '../../../src/sources/packages/package-files.ts';
import { packages } from '../../../src/sources/packages/packages.ts';
import { rebootRequired } from '../../../src/sources/packages/reboot-required.ts';
import { snaps } from '../../../src/sources/packages/snaps.ts';

// dpkg 1.21.22, of a package whose script failed, one on hold, one removed, one to be installed again.
const DPKG = [
  'ii \topenssl\tamd64\t3.0.17-1~deb12u2\topenssl',
  'iF \tcc-broken\tall\t1.0\tcc-broken',
  'hi \tceph-osd\tamd64\t17.2.5-0ubuntu2\tceph',
  'rc \tlibold\tamd64\t1:2.0-1\tlibold',
  'iHR\thalf\tamd64\t2.0-1\thalf',
  'un \tnever\tamd64\t\tnever',
].join('\n');

test('packages parses names, versions and states of dpkg', () => {
  const sample = packages.parse({ dpkg: DPKG, rpm: undefined });
  expect(sample?.manager).toBe('dpkg');
  const of = (id: string) => sample?.packages.get(id);
  expect(of('openssl:amd64')).toEqual({ name: 'openssl', architecture: 'amd64', version: '3.0.17-1~deb12u2', source: 'openssl', want: 'install', state: 'installed', reinstall: false }); // prettier-ignore
  expect(of('cc-broken:all')).toMatchObject({ state: 'half-configured', want: 'install' });
  expect(of('ceph-osd:amd64')).toMatchObject({ state: 'installed', want: 'hold', source: 'ceph' });
  expect(of('libold:amd64')).toMatchObject({ state: 'config-files', want: 'deinstall' });
  expect(of('half:amd64')).toMatchObject({ state: 'half-installed', reinstall: true });
  expect(of('never:amd64')).toMatchObject({ state: 'not-installed', version: undefined });
});

test('packages parses the database of rpm where dpkg has none', () => {
  // rpm 4.16; gpg-pubkey is a key.
  const rpm =
    'openssl\tx86_64\t1:3.0.7-27.el9\topenssl-3.0.7-27.el9.src.rpm\ngpg-pubkey\t(none)\t0:5a6340b3-6229229e\t(none)\nbash\tx86_64\t0:5.1.8-9.el9\tbash-5.1.8-9.el9.src.rpm\n';
  const sample = packages.parse({ dpkg: undefined, rpm });
  expect(sample?.manager).toBe('rpm');
  expect([...(sample?.packages.values() ?? [])].map(({ name, version, source }) => [name, version, source])).toEqual([
    ['openssl', '1:3.0.7-27.el9', 'openssl'],
    ['bash', '5.1.8-9.el9', 'bash'],
  ]);
  expect(packages.parse({ dpkg: DPKG, rpm })?.manager).toBe('dpkg');
});

test.each([undefined, '', '\n\n', 'xx', '\t\t\t'])('packages has no sample of %j', (text) => {
  expect(packages.parse({ dpkg: text, rpm: undefined })).toBeUndefined();
});

test('packages counts packages beyond its limit', () => {
  const text = Array.from({ length: 100_000 }, (_, i) => `ii \tp${i}\tall\t1\tp`).join('\n');
  const sample = packages.parse({ dpkg: text, rpm: undefined });
  expect(sample?.packages.size).toBe(20_000);
  expect(sample?.left).toBe(80_000);
});

test('rebootRequired parses the wish and its packages, each once', () => {
  expect(rebootRequired.parse({ required: '*** System restart required ***\n', packages: 'linux-image-6.8.0-52-generic\nlinux-base\nlinux-base\n' })).toEqual({ required: true, packages: ['linux-image-6.8.0-52-generic', 'linux-base'] }); // prettier-ignore
  expect(rebootRequired.parse({ required: undefined, packages: undefined })).toEqual({ required: false, packages: [] });
});

test('deletedFiles parses pid and path of each deleted file once', () => {
  const mapped = [
    '/proc/881/maps:7f1c7a400000-7f1c7a695000 r-xp 00028000 fe:01 396412                     /usr/lib/x86_64-linux-gnu/libc.so.6 (deleted)',
    '/proc/881/maps:7f1c7b400000-7f1c7b695000 r-xp 00028000 fe:01 396412                     /usr/lib/x86_64-linux-gnu/libc.so.6 (deleted)',
    '/proc/90/maps:5581b8a00000-5581b8a35000 r-xp 00000000 00:35 77                         /opt/a b/daemon (deleted)',
    'grep: /proc/91/maps: No such process',
  ].join('\n');
  expect(deletedFiles.parse({ mapped })).toEqual([
    { pid: 881, path: '/usr/lib/x86_64-linux-gnu/libc.so.6' },
    { pid: 90, path: '/opt/a b/daemon' },
  ]);
  expect(deletedFiles.parse({ mapped: '' })).toEqual([]);
  expect(deletedFiles.parse({ mapped: undefined })).toBeUndefined();
});

test('snaps parses snaps and changes in progress', () => {
  // Fields of snapd's REST API.
  const list = JSON.stringify({
    type: 'sync',
    result: [
      { name: 'lxd', version: '5.21.2-34459c8', revision: '29568', 'tracking-channel': '5.21/stable', channel: '5.21/stable', status: 'active', confinement: 'strict', apps: [{ name: 'daemon', daemon: 'simple' }, { name: 'lxc' }], hold: '2026-12-24T10:00:00Z' },
      { name: 'shop', version: '1', revision: 'x1', status: 'installed', devmode: true, broken: 'cannot find installed snap', health: { status: 'error', message: 'no database' } },
      { version: 'nameless' },
    ],
  }); // prettier-ignore
  const changes = JSON.stringify({ result: [{ id: '42', summary: 'Refresh "lxd" snap', status: 'Doing', 'spawn-time': '2026-11-30T07:00:00Z' }] }); // prettier-ignore
  const sample = snaps.parse({ snaps: list, changes });
  expect(sample?.snaps).toMatchObject([
    { name: 'lxd', channel: '5.21/stable', services: 1, heldUntil: '2026-12-24T10:00:00Z', broken: undefined, health: undefined },
    { name: 'shop', confinement: 'devmode', broken: 'cannot find installed snap', health: { status: 'error', message: 'no database' } },
  ]); // prettier-ignore
  expect(sample?.changes).toEqual([{ id: '42', summary: 'Refresh "lxd" snap', status: 'Doing', since: '2026-11-30T07:00:00Z' }]); // prettier-ignore
  expect(snaps.parse({ snaps: 'x', changes: undefined })).toEqual({ snaps: [], changes: [] });
});

test('packageFiles parses revisions of the database and of the wish for a reboot apart', () => {
  const one = (files: object) => packageFiles.parse({ files: JSON.stringify({ files, locks: [] }) });
  const before = one({ '/var/lib/dpkg/status': [1, 2, 3] });
  const after = one({ '/var/lib/dpkg/status': [1, 2, 3], '/run/reboot-required': [9, 9, 9] });
  expect(after?.database).toBe(before?.database);
  expect(after?.reboot).not.toBe(before?.reboot);
  expect(one({ '/var/lib/dpkg/status': [1, 2, 4] })?.database).not.toBe(before?.database);
  expect(packageFiles.parse({ files: undefined })).toBeUndefined();
});

test('packageOrigins parses suites, packages of no archive and newer versions', () => {
  const origins = packageOrigins.parse(
    {
      list: [
        'openssl/jammy-updates,jammy-security,now 3.0.2-0ubuntu1.18 amd64 [installed,upgradable to: 3.0.2-0ubuntu1.19]',
        'lab-tool/now 1.0 amd64 [installed,local]',
        'WARNING: apt does not have a stable CLI interface.',
      ].join('\n'),
    },
    {},
  );
  expect(origins).toEqual([
    { name: 'openssl', architecture: 'amd64', version: '3.0.2-0ubuntu1.18', suites: ['jammy-updates', 'jammy-security'], candidate: '3.0.2-0ubuntu1.19' },
    { name: 'lab-tool', architecture: 'amd64', version: '1.0', suites: [], candidate: undefined },
  ]);
}); // prettier-ignore

test.each([
  ['3:25.2.1-0ubuntu2~cloud0', 'Ubuntu Cloud Archive'],
  ['7.0.33-0ubuntu0.16.04.16+esm14', 'Ubuntu Pro (ESM)'],
  ['1.24.0-1~ppa1', 'PPA'],
  ['6.11.10-1~bpo12+1', 'backports'],
  ['3.0.17-1~deb12u2', undefined],
  ['2.35-0ubuntu3.8', undefined],
])('markedArchive of %s is %s', (version, archive) => expect(markedArchive(version)).toBe(archive));

test('unattendedUpgrades takes the last file that sets it, and none without a setting', () => {
  const settings = (...files: readonly (readonly [string, string])[]) => unattendedUpgrades.parse({ settings: new Map(files.map(([name, text]) => [`/etc/apt/apt.conf.d/${name}`, text])) });
  const auto = 'APT::Periodic::Update-Package-Lists "1";\nAPT::Periodic::Unattended-Upgrade "1";\n';
  expect(settings(['20auto-upgrades', auto], ['50unattended-upgrades', '//Unattended-Upgrade::Automatic-Reboot "true";\n'])).toEqual({ isEnabled: true, reboots: false });
  expect(settings(['20auto-upgrades', auto], ['99off', 'APT::Periodic::Unattended-Upgrade "0";'])).toEqual({ isEnabled: false, reboots: false });
  expect(settings(['20auto-upgrades', auto], ['52reboot', 'Unattended-Upgrade::Automatic-Reboot "true";'])).toEqual({ isEnabled: true, reboots: true });
  expect(settings(['00aptitude', 'Aptitude::Get-Root-Command "sudo:/usr/bin/sudo";'])).toEqual({ isEnabled: false, reboots: false });
}); // prettier-ignore
