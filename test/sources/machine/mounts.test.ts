import { expect, test } from 'vitest';
import { mountFinder, mounts } from '../../../src/sources/machine/mounts.ts';

const REAL = `/ 254:0 ext4 /dev/vda
/run/netns 254:0 ext4 /dev/vda[/run/netns]
/var/lib/my\\x20data 253:2 xfs /dev/mapper/vg0-data
/mnt/nfs 0:44 nfs4 nas:/export
`;

test('mounts keeps filesystems on block devices, with blanks in their names', () => {
  expect(mounts.parse({ real: REAL })).toEqual([
    { target: '/', type: 'ext4', device: 'vda' },
    { target: '/run/netns', type: 'ext4', device: 'vda' },
    { target: '/var/lib/my data', type: 'xfs', device: 'mapper/vg0-data' },
  ]);
});

test('mountFinder finds the nearest mount above a path', () => {
  const at = mountFinder(mounts.parse({ real: REAL }));
  expect(at('/var/lib/my data/web.qcow2')?.target).toBe('/var/lib/my data');
  expect(at('/var/lib/my database/web.qcow2')?.target).toBe('/');
  expect(mountFinder([])('/var/lib')).toBeUndefined();
});
