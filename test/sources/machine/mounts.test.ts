import { expect, test } from 'vitest';
import { deviceName, mountFinder, mounts } from '../../../src/sources/machine/mounts.ts';

const TABLE = `/ /dev/vda ext4 rw,relatime
/run/netns /dev/vda[/run/netns] ext4 rw,relatime
/var/lib/my\\x20data /dev/mapper/vg0-data[/sub] xfs rw,relatime
/mnt/nfs nas:/export nfs4 ro,relatime
`;
const { mounts: all = new Map() } = mounts.parse({ table: TABLE });

test('mounts gives disks and servers, with blanks in their names', () => {
  expect([...all.values()].map((mount) => [mount.target, mount.access, deviceName(mount)])).toEqual([
    ['/', 'rw', 'vda'],
    ['/var/lib/my data', 'rw', 'mapper/vg0-data'],
    ['/mnt/nfs', 'ro', undefined],
  ]);
});

test('mountFinder finds the nearest mount above a path', () => {
  const at = mountFinder(all);
  expect(at('/var/lib/my data/web.qcow2')?.target).toBe('/var/lib/my data');
  expect(at('/var/lib/my database/web.qcow2')?.target).toBe('/');
  expect(mountFinder(new Map())('/var/lib')).toBeUndefined();
});
