import { expect, test } from 'vitest';
import { devicesOf, stackOf, stepsOf, wayText } from '../../../src/entities/storage/stack.ts';
import type { BlockDevice } from '../../../src/sources/machine/block-devices.ts';
import type { StackDevice } from '../../../src/sources/storage/block-stack.ts';
import { parseFilesystems } from '../../../src/sources/storage/filesystems.ts';

const device = (name: string, more: Partial<BlockDevice> = {}): readonly [string, BlockDevice] => [
  name,
  { name, sizeBytes: undefined, rotational: undefined, model: undefined, state: undefined, alias: undefined, slaves: [], pci: undefined, kind: 'disk', ...more },
]; // prettier-ignore
const layer = (name: string, more: Partial<StackDevice> = {}): readonly [string, StackDevice] => [
  name,
  { name, number: undefined, partitionOf: undefined, mapping: undefined, scheduler: undefined, requests: undefined, queueDepth: undefined, writeCache: undefined, bcacheState: undefined, zramDataBytes: undefined, zramMemoryBytes: undefined, controllerState: undefined, ...more },
]; // prettier-ignore

/** LV on a LUKS device on a partition of an md array of two partitions. */
const parts = {
  devices: new Map([
    device('dm-0', { kind: 'mapped', alias: 'vg0-data', slaves: ['dm-1'] }),
    device('dm-1', { kind: 'mapped', slaves: ['md0'] }),
    device('md0', { kind: 'raid', slaves: ['sda1', 'sdb1'] }),
    device('sda'),
    device('sdb'),
  ]),
  stack: new Map([
    layer('dm-0', { number: '252:0', mapping: 'LVM' }),
    layer('dm-1', { number: '252:1', mapping: 'crypt' }),
    layer('sda1', { partitionOf: 'sda' }),
    layer('sdb1', { partitionOf: 'sdb' }),
    layer('sda'),
    layer('sdb'),
  ]),
  btrfs: [
    { uuid: 'u', devices: ['sda', 'sdb'], errors: undefined, faulty: [], lost: [], operation: undefined, profiles: undefined, reserveBytes: undefined, reserveUsedBytes: undefined, unallocatedBytes: undefined, metadataBytes: undefined, metadataUsedBytes: undefined },
  ],
  filesystems: undefined,
}; // prettier-ignore

const mount = (line: string) => parseFilesystems(`-\t${line}`, undefined).filesystems[0]!;

test('stackOf goes down to the disks through each layer', () => {
  const top = stackOf('dm-0', parts);
  expect(stepsOf(top).map(({ name, kind }) => `${name} ${kind}`)).toEqual([
    'dm-0 LVM',
    'dm-1 crypt',
    'md0 md',
    'sda1 partition',
    'sda disk',
    'sdb1 partition',
    'sdb disk',
  ]);
  expect(wayText(top)).toBe('dm-0 → dm-1 → md0 → sda1 → sda +1');
});

test('stackOf goes on below the mount that holds the file of a loop device', () => {
  const loop = device('loop0', { kind: 'loop', alias: '/srv/image' });
  const filesystems = [mount('1 1 252:0 / /srv rw - ext4 /dev/dm-0 rw')];
  expect(wayText(stackOf('loop0', { ...parts, devices: new Map([...parts.devices, loop]), filesystems }))).toBe(
    'loop0 → dm-0 → dm-1 → md0 → sda1 → sda +1',
  );
});

test('stackOf ends when devices stand on each other', () => {
  const loop = { ...parts, devices: new Map([device('dm-7', { slaves: ['dm-7'] })]) };
  expect(stepsOf(stackOf('dm-7', loop)).length).toBeLessThan(20);
});

test.each([
  ['by its number', '1 1 252:0 / / rw - ext4 /dev/root rw', ['dm-0']],
  ['by the name of a mapping', '1 1 0:9 / / rw - xfs /dev/mapper/vg0-data rw', ['dm-0']],
  ['through all devices of a btrfs', '1 1 0:44 / / rw - btrfs /dev/sdb rw', ['sda', 'sdb']],
  ['of a server', '1 1 0:45 / / rw - nfs4 nas:/export rw', []],
])('devicesOf finds the device of a mount %s', (_, line, names) => {
  expect(devicesOf(mount(line), parts)).toEqual(names);
});

test('stackOf ends on devices that stand on each other', () => {
  const names = Array.from({ length: 60 }, (_, i) => `md${i}`);
  const circular = { ...parts, devices: new Map(names.map((name) => device(name, { kind: 'raid', slaves: names }))) };
  expect(stepsOf(stackOf('md0', circular)).length).toBeLessThanOrEqual(2000);
});

test('stackOf names the paths of an NVMe disk with ANA and controller state', () => {
  const link = (kind: 'NVMe path' | 'NVMe controller', name: string, state: string, target?: string) => ({ kind, name, state, target, pci: undefined, speed: undefined, lossTimeoutSeconds: undefined });
  const paths = {
    ...parts,
    devices: new Map([device('nvme0n1'), device('nvme0c0n1', { kind: 'path' }), device('nvme0c2n1', { kind: 'path' }), device('nvme1n1'), device('nvme1c1n1', { kind: 'path' })]),
    links: [link('NVMe path', 'nvme0c0n1', 'optimized'), link('NVMe controller', 'nvme0', 'live'), link('NVMe controller', 'nvme2', 'connecting', 'tcp traddr=10.0.0.6,trsvcid=4420')],
  };
  const [, first, second] = stepsOf(stackOf('nvme0n1', paths));
  expect(first).toMatchObject({ kind: 'NVMe path', path: { controller: 'nvme0', controllerState: 'live', ana: 'optimized' } });
  expect(second).toMatchObject({ name: 'nvme0c2n1', path: { controllerState: 'connecting', ana: undefined, target: 'tcp traddr=10.0.0.6,trsvcid=4420' } });
  expect(stepsOf(stackOf('nvme1n1', paths))).toHaveLength(1);
}); // prettier-ignore
