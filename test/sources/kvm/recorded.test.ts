import { expect, test } from 'vitest';
import { libvirtAbout } from '../../../src/sources/kvm/libvirt-about.ts';
import { libvirtDomains } from '../../../src/sources/kvm/libvirt-domains.ts';
import { libvirtMonitor } from '../../../src/sources/kvm/libvirt-monitor.ts';
import { libvirtXml } from '../../../src/sources/kvm/libvirt-xml.ts';
import { qemuThreads } from '../../../src/sources/kvm/qemu-threads.ts';
import { sampleOf } from '../../helpers/sample.ts';

/** Replies of libvirt 9.0 in test/hosts, with the figures that stand in them. */

const LAB_RAW = 'd2c430a4-480b-4fec-83cb-b6a5d8de041e';

test('libvirtDomains reads id, state and reason, no id of a guest that is shut off', async () => {
  const domains = [...((await sampleOf(libvirtDomains, 'v2-stacks'))?.domains.values() ?? [])];
  expect(domains.map(({ name, id, state, reason }) => [name, id, state, reason])).toEqual([
    ['lab-raw', 1, 1, 1],
    ['lab-paused', 2, 3, 11],
    ['lab-off', undefined, 5, 0],
  ]);
});

test('libvirtXml reads vCPUs, memory, quota and disks of a definition', async () => {
  expect((await sampleOf(libvirtXml, 'kvm-host'))?.get(LAB_RAW)).toMatchObject({
    name: 'lab-raw',
    type: 'kvm',
    vcpus: 2,
    memoryKiB: 65_536,
    // 12 000 µs of each 100 000.
    vcpuQuotaPct: 12,
    disks: [{ name: 'vda', bus: 'virtio', source: '/tmp/kvm-lab/kvm/bootsect.img' }],
  });
});

test('libvirtMonitor reads balloon, disks and exits of a guest, with the age of its figures', async () => {
  const guest = (await sampleOf(libvirtMonitor, 'kvm-host'))?.guests.get(LAB_RAW);
  expect(guest).toMatchObject({
    id: 3,
    // Of 3550 ms, in a reply of 3624 ms.
    atSeconds: 3.55,
    ageSeconds: 0.074,
    balloon: { currentKiB: 65_536, maximumKiB: 65_536, usableKiB: undefined, updatedEpochSeconds: undefined },
    exits: new Map([
      [0, 1_126_228],
      [1, 4],
    ]),
  });
  expect(guest?.disks[0]).toMatchObject({ name: 'vda', read: { requests: 1, bytes: 512, ns: 7_280_412 } });
});

test('libvirtAbout reads versions and the kind of daemon', async () => {
  expect(await sampleOf(libvirtAbout, 'kvm-host')).toEqual({
    libvirt: '9.0.0',
    qemu: '7.2.22',
    cpus: 2,
    modular: false,
  });
});

test('qemuThreads reads scheduler counters of each thread of QEMU', async () => {
  const one = (await sampleOf(qemuThreads, 'kvm-host')).processes.get(23_188);
  expect(one?.startTicks).toBe(1_245_262);
  // 1763 and 2942 ticks of 10 ms in user and system mode.
  expect(one?.threads[0]).toMatchObject({
    tid: 23_188,
    name: 'qemu-system-x86',
    state: 'S',
    cpuSeconds: 47.05,
    runNs: 47_059_071_132,
    delayNs: 574_231_084_222,
    slices: 945_340,
    lastCpu: 1,
    cpusAllowed: '0-1',
    wchan: 'poll_schedule_timeout.constprop.0',
  });
  expect(one?.threads.map(({ name }) => name)).toContain('IO mon_iothread');
});
