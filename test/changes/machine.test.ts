import { describe, expect, test } from 'vitest';
import { machineChanges } from '../../src/changes/machine.ts';
import { packageChanges } from '../../src/changes/packages.ts';
import { cpuStat } from '../../src/sources/machine/cpu-stat.ts';
import { etcFiles } from '../../src/sources/machine/etc-files.ts';
import { identity } from '../../src/sources/machine/identity.ts';
import { kernelModules } from '../../src/sources/machine/kernel-modules.ts';
import { meminfo } from '../../src/sources/machine/meminfo.ts';
import { mounts } from '../../src/sources/machine/mounts.ts';
import { packageLog } from '../../src/sources/machine/package-log.ts';
import { sysctl } from '../../src/sources/machine/sysctl.ts';
import type { AnySource } from '../../src/sources/source.ts';
import { changesOf, type Read } from '../helpers/changes.ts';

const NOW = Date.parse('2026-11-30T01:00:00Z');
/** Boot 1 000 s before the first reading. */
const BOOT = NOW / 1000 - 1000;

const read = (source: AnySource, values: Readonly<Record<string, unknown>>, seconds = 0): Read => ({
  source,
  values: { ...Object.fromEntries(Object.keys(source.reads).map((name) => [name, undefined])), ...values },
  wallMs: NOW + seconds * 1000,
  at: 1000 + seconds,
});
const stat = (btime: number, cpus = 2, seconds = 0): Read =>
  read(
    cpuStat,
    { text: `${Array.from({ length: cpus }, (_, i) => `cpu${i} 1 0 1 1 0 0 0 0 0 0\n`).join('')}btime ${btime}\n` },
    seconds,
  );
const shown = (reads: readonly Read[]) =>
  changesOf(machineChanges, reads).map(({ what, subject, sentence }) => `${what} ${subject}: ${sentence}`);

describe('machineChanges', () => {
  test('has the boot with its kernel when it was within a day', () => {
    const changes = changesOf(machineChanges, [stat(BOOT), read(identity, { kernel: '6.1.0-26-amd64\n' })]);
    expect(changes).toMatchObject([{ what: 'boot', sentence: 'booted 6.1.0-26-amd64', atMs: BOOT * 1000 }]);
  });

  test('has no boot when it is older than a day', () => {
    const day = { ...stat(BOOT - 100_000), at: 101_000 };
    expect(changesOf(machineChanges, [day])).toEqual([]);
  });

  test('has files of /etc at the time of the engineer when the clocks differ', () => {
    // The host's clock is one hour ahead.
    const ahead = stat(BOOT + 3600);
    const etc = `1.0 /etc\0${NOW / 1000 + 3600 - 60}.5 /etc/ceph/ceph.conf\0`;
    const found = changesOf(machineChanges, [ahead, read(etcFiles, { etc, images: '' })]);
    expect(found.find(({ what }) => what === 'file')).toMatchObject({
      subject: '/etc/ceph/ceph.conf',
      sentence: 'modified',
      atMs: NOW - 59_500,
    });
  });

  test('has kernels that were installed, with the one that runs, and snaps', () => {
    const images = `${NOW / 1000 - 60}.0 /lib/modules/6.1.0-27-amd64/modules.dep\0${NOW / 1000 - 90}.0 /snap/lxd/current\0`;
    expect(
      shown([read(identity, { kernel: '6.1.0-26-amd64' }), read(etcFiles, { etc: '1.0 /etc\0', images })]),
    ).toEqual(['kernel 6.1.0-27-amd64: modules indexed (depmod), running is 6.1.0-26-amd64', 'snap lxd: refreshed']);
  });

  test('has modules that were loaded and removed between two readings', () => {
    const reads = [
      read(kernelModules, { modules: 'nfs 1 0 - Live 0x0\nbonding 1 0 - Live 0x0\n' }),
      read(kernelModules, { modules: 'nfs 2 0 - Live 0x0\nopenvswitch 1 0 - Live 0x0\n' }, 60),
    ];
    expect(shown(reads)).toEqual(['module openvswitch: loaded', 'module bonding: removed']);
    expect(changesOf(machineChanges, reads)[0]).toMatchObject({ atMs: NOW + 60_000, afterMs: NOW });
  });

  test('has no modules when a reading between was not possible', () => {
    const modules = 'nfs 1 0 - Live 0x0\n';
    expect(
      shown([read(kernelModules, { modules }), read(kernelModules, {}, 60), read(kernelModules, { modules }, 120)]),
    ).toEqual([]);
  });

  test('has mounts that came, went and turned read-only', () => {
    expect(
      shown([
        read(mounts, { table: '/srv /dev/sdb1 ext4 rw,relatime\n/old nas:/x nfs4 rw\n' }),
        read(mounts, { table: '/srv /dev/sdb1 ext4 ro,relatime\n/new /dev/sdc xfs rw\n' }, 60),
      ]),
    ).toEqual(['mount /new: mounted /dev/sdc (xfs)', 'mount /old: unmounted nas:/x', 'mount /srv: remounted rw → ro']);
  });

  test('has settings that were changed', () => {
    expect(shown([read(sysctl, { swappiness: '60\n' }), read(sysctl, { swappiness: '1\n' }, 60)])).toEqual([
      'sysctl vm.swappiness: 60 → 1',
    ]);
  });

  test('has memory and CPUs that were added', () => {
    expect(
      shown([
        stat(1),
        stat(1, 4, 60),
        read(meminfo, { text: 'MemTotal: 1048576 kB\n' }),
        read(meminfo, { text: 'MemTotal: 2097152 kB\n' }, 60),
      ]),
    ).toEqual(['memory memory: 1.0 GiB → 2.0 GiB', 'cpu CPUs: 2 → 4 CPUs online', 'boot host: booted']);
  });

  test('has a step of the wall clock, and none when the boot time only rounds differently', () => {
    const old = BOOT - 200_000;
    const late = (read: Read): Read => ({ ...read, at: (read.at ?? 0) + 200_000 });
    expect(shown([late(stat(old)), late(stat(old + 1, 2, 60))])).toEqual([]);
    expect(shown([late(stat(old)), late(stat(old - 90, 2, 60))])).toEqual([
      'clock clock: wall clock stepped back 1m30s',
    ]);
  });
});

describe('packageChanges', () => {
  const dpkg = `2026-11-30 00:31:00 upgrade openssl:amd64 3.0.11-1 3.0.13-1
2026-11-30 00:32:00 install linux-image-6.1.0-27-amd64:amd64 <none> 6.1.115-1
2026-11-30 00:50:00 remove vim:amd64 2:9.0 <none>
`;
  const apt = `Start-Date: 2026-11-30  00:30:58
Commandline: apt-get -y upgrade
End-Date: 2026-11-30  00:32:40

`;

  test('has the versions, and the command of apt when it was within its run', () => {
    const changes = changesOf(packageChanges, [stat(BOOT), read(packageLog, { dpkg, apt })]);
    expect(changes.map(({ what, subject, sentence, by }) => [what, subject, sentence, by])).toEqual([
      ['package', 'vim', 'removed 2:9.0', undefined],
      ['kernel', 'linux-image-6.1.0-27-amd64', 'installed 6.1.115-1', 'apt-get -y upgrade'],
      ['package', 'openssl', 'upgraded 3.0.11-1 → 3.0.13-1', 'apt-get -y upgrade'],
    ]);
    expect(changes.at(-1)?.atMs).toBe(Date.parse('2026-11-30T00:31:00Z'));
  });

  test('is empty when nothing was read', () => {
    expect(changesOf(packageChanges, [stat(BOOT)])).toEqual([]);
  });
});
