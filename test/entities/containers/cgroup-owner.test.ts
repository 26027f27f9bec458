import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cgroupOwner, keptGroups, ownerOfPath } from '../../../src/sources/containers/cgroup-owner.ts';

const id = '0123456789abcdef'.repeat(4);
const uid = '1f0e9a52-7c3b-4f6e-9d2a-0b8c7d6e5f40';

describe('cgroupOwner', () => {
  test.each([
    [`0::/system.slice/docker-${id}.scope`, 'docker', '0123456789ab'],
    [`4:memory:/docker/${id}\n0::/`, 'docker', '0123456789ab'],
    [`0::/machine.slice/libpod-${id}.scope`, 'podman', '0123456789ab'],
    [
      `0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${uid.replaceAll('-', '_')}.slice/cri-containerd-${id}.scope`,
      'pod',
      '1f0e9a52',
    ],
    [`3:cpu:/kubepods/besteffort/pod${uid}/${id}`, 'pod', '1f0e9a52'],
    ['0::/lxc.payload.web-1/system.slice/nginx.service', 'lxc', 'web-1'],
    [
      String.raw`0::/machine.slice/machine-qemu\x2d3\x2dinstance\x2d0000002a.scope/libvirt/vcpu0`,
      'guest',
      'instance-0000002a',
    ],
    ['5:cpu:/machine/qemu-3-lab-db.libvirt-qemu/emulator', 'guest', 'lab-db'],
    ['0::/lxc.payload.shop_db', 'lxc', 'shop_db'],
    ['0::/lxc/old-style', 'lxc', 'old-style'],
    [String.raw`0::/machine.slice/machine-lxc\x2d4711\x2dbox\x2d1.scope/libvirt`, 'lxc', 'box-1'],
    ['3:cpu:/machine/lxc-4711-box.libvirt-lxc', 'lxc', 'box'],
    [String.raw`0::/machine.slice/machine-debian\x2dtree.scope/payload`, 'nspawn', 'debian-tree'],
    ['0::/machine.slice/systemd-nspawn@debian.service/payload', 'nspawn', 'debian'],
    [
      `0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${id}.scope/container`,
      'podman',
      '0123456789ab',
    ],
    [
      `0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${uid.replaceAll('-', '_')}.slice/crio-${id}.scope`,
      'pod',
      '1f0e9a52',
    ],
    [`0::/docker/${id}/kubelet/kubepods/besteffort/pod${uid}/${id}`, 'pod', '1f0e9a52'],
    [`0::/kubepods/burstable/pod0123456789abcdef0123456789abcdef/${id}`, 'pod', '01234567'],
    ['0::/system.slice/ssh.service', 'service', 'ssh'],
    [
      String.raw`0::/system.slice/system-postgresql.slice/postgresql@15\x2dmain.service`,
      'service',
      'postgresql@15-main',
    ],
    ['0::/user.slice/user-1000.slice/session-3.scope', 'user', '1000'],
  ])('%s', (cgroup, kind, name) => {
    expect(cgroupOwner(cgroup)).toMatchObject({ kind, name });
  });

  test('finds the whole UID of a pod when either cgroup driver named it', () => {
    expect(cgroupOwner(`0::/kubepods.slice/kubepods-pod${uid.replaceAll('-', '_')}.slice`)?.id).toBe(uid);
  });

  test.each([
    [`/kubepods/burstable/pod${uid}/${id}`, { id: uid, container: id }],
    [
      `/kubepods.slice/kubepods-pod${uid.replaceAll('-', '_')}.slice/cri-containerd-${id}.scope`,
      { id: uid, container: id },
    ],
    [`/kubepods.slice/kubepods-pod${uid.replaceAll('-', '_')}.slice/docker-${id}.scope`, { id: uid, container: id }],
    [`/kubepods/pod${uid}/labpod-app`, { id: uid, container: 'labpod-app' }],
    [String.raw`/machine.slice/machine-qemu\x2d3\x2dweb.scope/libvirt/vcpu12`, { name: 'web', part: 'vcpu12' }],
    ['/machine/qemu-3-web.libvirt-qemu/emulator', { name: 'web', part: 'emulator' }],
    [`/docker/${id}`, { kind: 'docker', id }],
  ])('what of it: %s', (path, owner) => {
    expect(ownerOfPath(path)).toMatchObject(owner);
  });

  test('finds no inner part when the group is that of a whole pod or guest', () => {
    expect(ownerOfPath(`/kubepods/pod${uid}`)).not.toHaveProperty('container');
    expect(ownerOfPath('/machine/qemu-3-web.libvirt-qemu')).not.toHaveProperty('part');
  });

  test.each(['', '0::/', '0::/init.scope', 'garbage', undefined])('finds no owner when the cgroup is %s', (cgroup) => {
    expect(cgroupOwner(cgroup)).toBeUndefined();
  });

  test('finds an owner or none when the text is arbitrary', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(cgroupOwner(text)?.name).not.toBe('');
      }),
    );
  });
});

describe('keptGroups', () => {
  const pod = `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${uid.replaceAll('-', '_')}.slice`;
  const guest = String.raw`/machine.slice/machine-qemu\x2d3\x2dweb.scope`;
  test.each([
    `/docker/${id}`,
    `/system.slice/docker-${id}.scope`,
    `/machine.slice/libpod-${id}.scope`,
    `/k8s.io/${id}`,
    '/lxc.payload.web',
    '/lxc.payload.shop_db',
    '/lxc/web',
    pod,
    `${pod}/cri-containerd-${id}.scope`,
    `/kubepods/pod${uid}/${id}`,
    guest,
    `${guest}/libvirt/vcpu0`,
    '/machine/qemu-3-web.libvirt-qemu/iothread1',
    String.raw`/machine.slice/machine-lxc\x2d4711\x2dbox.scope`,
    '/machine.slice/systemd-nspawn@debian.service',
    '/machine.slice/machine-debian.scope',
  ])('%s', (path) => {
    expect(path).toMatch(new RegExp(keptGroups.keep));
    expect(ownerOfPath(path)).toBeDefined();
    expect(ownerOfPath(path)?.kind).not.toBe('service');
  });

  test.each([
    '/system.slice/ssh.service',
    '/lxc.monitor.web',
    '/lxc.payload.web/system.slice/nginx.service',
    `/system.slice/docker-${id}.scope/init`,
    `${pod}/crio-conmon-${id}.scope`,
    `${guest}/libvirt`,
    '/kubepods.slice',
    '/docker',
  ])('not %s', (path) => {
    expect(path).not.toMatch(new RegExp(keptGroups.keep));
  });

  test('descends into a group when it is of a pod or guest', () => {
    const enter = new RegExp(keptGroups.enter);
    expect([pod, guest, `${guest}/libvirt`].filter((path) => enter.test(path))).toHaveLength(3);
    expect(
      ['/lxc.payload.web', `/docker/${id}`, `${pod}/x`, `${guest}/libvirt/vcpu0`].filter((path) => enter.test(path)),
    ).toEqual([]);
  });
});
