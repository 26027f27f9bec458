import { describe, expect, test } from 'vitest';
import { osdsByDisk } from '../../../src/entities/ceph/osd-disks.ts';
import { processTies } from '../../../src/entities/processes/links.ts';
import { poolLinks } from '../../../src/panes/kvm/guest-devices.ts';
import type { BlockDevice } from '../../../src/sources/machine/block-devices.ts';
import type { Process } from '../../../src/sources/processes/processes.ts';

// The links read these fields only.
const process = (one: Partial<Process>): Process => ({ pid: 7, command: 'x', ...one }) as Process;
const CONTAINER = 'ab'.repeat(32);
const UID = '1f0e6d2c-0000-4000-8000-000000000001';

describe('process links', () => {
  test.each([
    ['an OSD', { command: 'ceph-osd', commandLine: 'ceph-osd -f --cluster ceph --id 3' }, ['ceph osd.3']],
    [
      'an OSD that cephadm runs in a container',
      {
        command: 'ceph-osd',
        commandLine: '/usr/bin/ceph-osd -n osd.12 -f',
        owner: { kind: 'podman', name: CONTAINER.slice(0, 12), id: CONTAINER } as const,
      },
      ['ceph osd.12', `containers id:${CONTAINER}`],
    ],
    [
      'an OSD in a pod of Rook',
      {
        command: 'ceph-osd',
        commandLine: 'ceph-osd --foreground --id 0 --fsid x',
        owner: { kind: 'pod', name: UID.slice(0, 8), id: UID, container: CONTAINER } as const,
      },
      ['ceph osd.0', `containers id:${CONTAINER}`, `kubernetes ${UID}`],
    ],
    [
      'a guest',
      { command: 'qemu', commandLine: 'qemu-system-x86_64 -name guest=web -uuid ff91d2dc-0000-4000-8000-000000000001' },
      ['kvm ff91d2dc-0000-4000-8000-000000000001'],
    ],
    ['another', { command: 'ceph-osd-like', commandLine: 'ceph-osd-like --id 3' }, []],
  ])('%s', (_, one, leads) => {
    expect(processTies(process(one)).map(({ pane, row }) => `${pane} ${row}`)).toEqual(leads);
  });
});

test('disk links to its OSDs, by symlinks or by their own devices', () => {
  const device = (name: string, slaves: readonly string[] = [], alias?: string) =>
    // The links read these fields only.
    [name, { name, slaves, alias } as BlockDevice] as const;
  const devices = new Map([device('sdb'), device('nvme0n1'), device('dm-0', ['sdb'], 'ceph--vg-osd--block--1')]);
  const links = new Map([[1, { block: '/dev/ceph-vg/osd-block-1', db: '/dev/nvme0n1p2', wal: undefined }]]);
  const about = new Map([[2, { host: 'h', rotational: true, version: undefined, devices: ['sdb'] }]]);
  // OSD 3 is on another host with disks of the same names.
  const all = new Map([...about, [3, { host: 'other', rotational: true, version: undefined, devices: ['sdb'] }]]);
  expect([...osdsByDisk([2], links, all, devices)]).toEqual([
    ['sdb', [2, 1]],
    ['nvme0n1', [1]],
  ]);
});

test("a guest's disk links to its pool", () => {
  expect(poolLinks(['rbd:vms/disk-1', 'rbd:vms/disk-2', '/var/lib/x.img', undefined])).toEqual([
    { label: 'pool vms', pane: 'ceph', row: 'pool vms' },
  ]);
});
