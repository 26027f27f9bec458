import { expect, test } from 'vitest';
import { blockDevices } from '../../../src/sources/machine/block-devices.ts';
import { cpufreq } from '../../../src/sources/machine/cpufreq.ts';
import { dmi } from '../../../src/sources/machine/dmi.ts';
import { pciDevices } from '../../../src/sources/machine/pci-devices.ts';
import { sampleOf } from '../../helpers/sample.ts';

test('blockDevices reads size, kind and PCI function of a disk, none of a RAM disk', async () => {
  const devices = await sampleOf(blockDevices, 'kvm-host');
  // 536 870 912 sectors of 512 bytes.
  expect(devices?.get('vda')).toMatchObject({
    kind: 'disk',
    sizeBytes: 274_877_906_944,
    rotational: true,
    pci: '0000:00:02.0',
  });
  expect(devices?.get('zram0')).toMatchObject({ kind: 'ram', sizeBytes: 0, rotational: false, pci: undefined });
});

test('blockDevices reads the PCI function of an NVMe disk by a path when it has several', () => {
  const virtual = '../devices/virtual/nvme-subsystem/nvme-subsys0';
  const devices = blockDevices.parse({
    links: new Map([
      ['/sys/block/nvme0n1', `${virtual}/nvme0n1`],
      ['/sys/block/nvme0c3n1', `${virtual}/nvme3/nvme0c3n1`],
      ['/sys/block/nvme1n1', `${virtual}/nvme1n1`],
    ]),
    nvmeControllers: new Map([
      ['/sys/class/nvme/nvme0', '../../devices/pci0000:00/0000:01:00.0/nvme/nvme0'],
      ['/sys/class/nvme/nvme1', '../../devices/pci0000:00/0000:02:00.0/nvme/nvme1'],
      ['/sys/class/nvme/nvme3', '../../devices/pci0000:00/0000:04:00.0/nvme/nvme3'],
    ]),
    sizes: undefined,
    rotational: undefined,
    models: undefined,
    states: undefined,
    mappedNames: undefined,
    slaves: undefined,
    backingFiles: undefined,
  });
  expect([...(devices?.values() ?? [])].map(({ name, kind, pci }) => [name, kind, pci])).toEqual([
    ['nvme0n1', 'disk', '0000:04:00.0'],
    ['nvme0c3n1', 'path', '0000:04:00.0'],
    ['nvme1n1', 'disk', '0000:02:00.0'],
  ]);
});

test('pciDevices reads kind by class and driver, no node when it is -1', async () => {
  const devices = await sampleOf(pciDevices, 'ceph-calm');
  // Class 0x02 is a network controller, 0x01 mass storage, 0x06 a bridge.
  expect(devices?.get('0000:00:03.0')).toMatchObject({ kind: 'nic', driver: 'virtio-pci', node: undefined });
  expect(devices?.get('0000:00:02.0')).toMatchObject({ kind: 'storage', driver: 'virtio-pci' });
  expect(devices?.get('0000:00:00.0')).toMatchObject({ kind: 'other', driver: undefined });
});

test('dmi reads vendor, product and firmware', async () => {
  expect(await sampleOf(dmi, 'numa-guest')).toMatchObject({
    vendor: 'Lab Systems',
    product: 'PowerLab R7525',
    board: '0LABBRD',
    biosVendor: 'LabBIOS',
    biosVersion: '2.19.1',
    biosDate: '03/14/2024',
    serial: 'LAB0001',
  });
});

test('cpufreq reads governor, preference and limits in kHz, undefined on a host without it', async () => {
  const parse = cpufreq.parse({
    governor: 'powersave\n',
    driver: 'intel_pstate\n',
    current: '1200013\n',
    allowed: '3600000\n',
    possible: '3600000\n',
    preference: 'balance_performance\n',
  });
  expect(parse).toEqual({
    governor: 'powersave',
    driver: 'intel_pstate',
    preference: 'balance_performance',
    currentKHz: 1_200_013,
    allowedKHz: 3_600_000,
    possibleKHz: 3_600_000,
  });
  expect(await sampleOf(cpufreq, 'cloud-vm')).toBeUndefined();
});
