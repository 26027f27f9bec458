import { expect, test } from 'vitest';
import { ownProcesses, protectionOf } from '../../src/debugger/protect.ts';

const none: ReadonlySet<number> = new Set();
const levelOf = (name: string, commandLine = name, pid = 4242): string =>
  protectionOf({ pid, name, commandLine }, none).level;

test.each([
  ['ceph-osd', '/usr/bin/ceph-osd -f --id 14'],
  ['ceph-mon', '/usr/bin/ceph-mon'],
  ['qemu-system-x86', '/usr/bin/qemu-system-x86_64 -name guest=web-3'],
  ['CPU 0/KVM', '/usr/bin/kvm -id 100'],
  ['libvirtd', '/usr/sbin/libvirtd'],
  ['virtqemud', '/usr/sbin/virtqemud'],
  ['ovs-vswitchd', 'ovs-vswitchd unix:/var/run/openvswitch/db.sock'],
  ['ovsdb-server', 'ovsdb-server'],
  ['kubelet', '/usr/bin/kubelet'],
  ['kube-apiserver', 'kube-apiserver'],
  ['etcd', 'etcd'],
  ['containerd-shim', '/usr/bin/containerd-shim-runc-v2'],
  ['dockerd', '/usr/bin/dockerd'],
  ['lxd', 'lxd'],
  ['mariadbd', '/usr/sbin/mariadbd'],
  ['postgres', 'postgres: checkpointer'],
  ['mongod', 'mongod'],
  ['beam.smp', '/usr/lib/erlang/bin/beam.smp -- -sname rabbit@node'],
  ['systemd-journal', '/lib/systemd/systemd-journald'],
  ['dbus-daemon', '@dbus-daemon --system'],
  ['sshd', 'sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups'],
])('%s needs its name typed, with a reason', (name, commandLine) => {
  const protection = protectionOf({ pid: 4242, name, commandLine }, none);
  expect(protection).toMatchObject({ level: 'typed', reason: expect.stringMatching(/\w{4}/) });
});

test('protectionOf is typed for pid 1 with any name', () => {
  expect(levelOf('init', '/sbin/init', 1)).toBe('typed');
  expect(levelOf('sleep', 'sleep 1', 1)).toBe('typed');
});

test('protectionOf is free for an ordinary program, also with a protected name in its arguments', () => {
  expect(levelOf('sleep', 'sleep 60')).toBe('free');
  expect(levelOf('vim', 'vim /etc/postgres.conf etcd kubelet')).toBe('free');
});

const parents = (...chain: readonly (readonly [pid: number, parentPid: number, commandLine: string])[]) =>
  new Map(chain.map(([pid, parentPid, commandLine]) => [pid, { parentPid, commandLine }]));

test('protectionOf refuses collector, sudo, shell and the sshd of our login, not the listening sshd', () => {
  const table = parents(
    [900, 1, 'sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups'],
    [1000, 900, 'sshd: support [priv]'],
    [1001, 1000, 'sshd: support@notty'],
    [1002, 1001, 'python3 -I -c boot'],
    [1003, 1001, 'sudo -n -- python3'],
    [1004, 1003, 'python3 -I -c boot'],
    [2000, 900, 'sshd: other@pts/0'],
  );
  const ours = ownProcesses(table, [1002, 1004]);
  expect([...ours].toSorted((a, b) => a - b)).toEqual([1000, 1001, 1002, 1003, 1004]);
  expect(protectionOf({ pid: 1000, name: 'sshd', commandLine: '' }, ours).level).toBe('refused');
  expect(protectionOf({ pid: 2000, name: 'sshd', commandLine: '' }, ours).level).toBe('typed');
});

test('ownProcesses ends for a table with a loop', () => {
  expect(ownProcesses(parents([10, 11, 'a'], [11, 10, 'b']), [10])).toEqual(new Set([10, 11]));
});
