import { describe, expect, test } from 'vitest';
import { kernelsOf } from '../../../src/entities/packages/kernels.ts';
import { packageFaults } from '../../../src/entities/packages/known-faults.ts';
import { outdatedServices } from '../../../src/entities/packages/outdated-services.ts';
import { packageRuns } from '../../../src/entities/packages/package-runs.ts';
import { packages } from '../../../src/sources/packages/packages.ts';
import { processes } from '../../../src/sources/processes/processes.ts';

const dpkg = (...rows: readonly (readonly [name: string, version: string])[]) =>
  packages.parse({
    dpkg: rows.map(([name, version]) => `ii \t${name}\tamd64\t${version}\ts`).join('\n'),
    rpm: undefined,
  });

describe('kernelsOf', () => {
  const installed = dpkg(
    ['linux-image-6.1.0-9-amd64', '6.1.27-1'],
    ['linux-image-6.1.0-27-amd64', '6.1.115-1'],
    ['linux-image-6.11.0-9-cloud-amd64', '6.11-1'],
    ['linux-image-amd64', '6.1.115-1'],
    ['linux-image-6.1.0-28-amd64-dbg', '6.1.119-1'],
  );

  test.each([
    ['6.1.0-9-amd64', '6.1.0-27-amd64', true],
    ['6.1.0-27-amd64', undefined, true],
    ['6.11.0-9-cloud-amd64', undefined, true],
    ['6.18.44-custom', undefined, false],
  ])('finds what is pending beside %s by its flavour and number', (running, pending, isPackaged) => {
    expect(kernelsOf(running, installed)).toEqual({ running, pending, isPackaged });
  });

  test('knows nothing of a container, which has no kernel package', () => {
    expect(kernelsOf('6.1.0-9-amd64', dpkg(['bash', '5']))?.isPackaged).toBeUndefined();
  });

  test('finds the pending kernel of rpm', () => {
    const rpm = ['5.14.0-427.el9', '5.14.0-503.11.1.el9_5'].map((v) => `kernel-core\tx86_64\t0:${v}\tkernel-${v}.src.rpm`); // prettier-ignore
    const sample = packages.parse({ dpkg: undefined, rpm: rpm.join('\n') });
    expect(kernelsOf('5.14.0-427.el9.x86_64', sample)?.pending).toBe('5.14.0-503.11.1.el9_5.x86_64');
  });
});

test.each([
  ['ceph-osd', '17.2.5-0ubuntu0.22.04.3', ['ceph#58274', 'LP#2013960']],
  ['ceph-osd', '17.2.9-0ubuntu0.22.04.1', []],
  // Debian's own version, which no report is about.
  ['ceph-osd', '16.2.9+ds-1', []],
  ['python3-openvswitch', '2.17.0-0ubuntu1', ['LP#1980211']],
])('packageFaults of %s %s are %j', (name, version, ids) => {
  expect(packageFaults(dpkg([name, version])).map(({ fault }) => fault.id)).toEqual(ids);
});

const stat = (pid: number, command: string, parent: number, start: number) =>
  `${pid} (${command}) S ${parent} ${pid} ${pid} 0 -1 4194560 0 0 0 0 1 1 0 0 20 0 1 0 ${start} 0 0`;
const table = (
  ...rows: readonly (readonly [pid: number, command: string, parent: number, cgroup: string, cmdline?: string])[]
) =>
  processes.parse({
    table: new Map(rows.map(([pid, command, parent, cgroup, cmdline = command]) => [pid, { pid, stat: stat(pid, command, parent, 1000), cmdline, cgroup }])), // prettier-ignore
  }).processes;

test('packageRuns lists managers without those that they started', () => {
  const all = table([10, 'apt-get', 1, ''], [11, 'dpkg', 10, ''], [12, 'bash', 1, '']);
  expect(packageRuns(all, 70).map(({ process, seconds }) => [process.pid, seconds])).toEqual([[10, 60]]);
});

test('packageRuns leaves out the service that waits for a shutdown and managers in containers', () => {
  const script = (name: string) => `/usr/bin/python3\0/usr/share/unattended-upgrades/${name}\0--wait-for-signal`;
  const all = table(
    [10, 'unattended-upgr', 1, '0::/system.slice/unattended-upgrades.service', script('unattended-upgrade-shutdown')],
    [11, 'unattended-upgr', 1, '0::/system.slice/apt-daily-upgrade.service', '/usr/bin/python3\0/usr/bin/unattended-upgrade'],
    [12, 'apt-get', 1, `0::/system.slice/docker-${'a'.repeat(64)}.scope`],
  ); // prettier-ignore
  expect(packageRuns(all, 70).map(({ process }) => process.pid)).toEqual([11]);
});

test('outdatedServices groups processes by their service and leaves out those that ended', () => {
  const all = table([10, 'sshd', 1, '0::/system.slice/ssh.service'], [11, 'sshd', 10, '0::/system.slice/ssh.service'], [12, 'mine', 1, '']); // prettier-ignore
  const found = outdatedServices(
    [
      { pid: 12, path: '/opt/mine' },
      { pid: 10, path: '/usr/lib/libc.so.6' },
      { pid: 11, path: '/usr/lib/libc.so.6' },
      { pid: 99, path: '/usr/lib/libc.so.6' },
    ],
    all,
  );
  expect(found.map(({ name, unit, processes: own, files }) => [name, unit, own.length, files])).toEqual([
    ['ssh.service', 'ssh.service', 2, ['/usr/lib/libc.so.6']],
    ['mine', undefined, 1, ['/opt/mine']],
  ]);
});
