import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cgroupOwner } from '../../src/entities/cgroup-owner.ts';

const id = '0123456789abcdef'.repeat(4);
const uid = '1f0e9a52-7c3b-4f6e-9d2a-0b8c7d6e5f40';

describe('the owner in a cgroup', () => {
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

  test('a pod is known by its whole UID whatever the driver wrote', () => {
    expect(cgroupOwner(`0::/kubepods.slice/kubepods-pod${uid.replaceAll('-', '_')}.slice`)?.id).toBe(uid);
  });

  test.each(['', '0::/', '0::/init.scope', 'garbage', undefined])('nobody: %s', (cgroup) => {
    expect(cgroupOwner(cgroup)).toBeUndefined();
  });

  test('takes any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(cgroupOwner(text)?.name).not.toBe('');
      }),
    );
  });
});
