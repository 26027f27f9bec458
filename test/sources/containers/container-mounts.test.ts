import { expect, test } from 'vitest';
import { containerMounts } from '../../../src/sources/containers/container-mounts.ts';

test('containerMounts parses the folder of a bind mount and the propagation of each mount', () => {
  const mounts = [
    '1206 900 0:95 / / rw,relatime - overlay overlay rw,lowerdir=/a',
    '1214 1206 8:1 /var/lib/kubelet/pods/u-1/volumes/x /data\\040b rw,relatime master:27 - ext4 /dev/sda1 rw',
    '1215 1206 8:1 / /host ro,relatime shared:3 master:1 - ext4 /dev/sda1 rw',
    '1216 1206 0:50 / /run rw shared:9 - tmpfs tmpfs rw',
    '1217 1206 0:51 / /secret rw unbindable - tmpfs tmpfs rw',
    'cut off',
  ].join('\n');
  expect(containerMounts.parse({ mounts }, { pid: 1 })?.map(({ target, root, propagation }) => [target, root, propagation])).toEqual([
    ['/', '/', 'private'],
    ['/data b', '/var/lib/kubelet/pods/u-1/volumes/x', 'slave'],
    ['/host', '/', 'slave, shared'],
    ['/run', '/', 'shared'],
    ['/secret', '/', 'unbindable'],
  ]);
}); // prettier-ignore
