import { expect, test } from 'vitest';
import { dataFolders } from '../../../src/entities/storage/data-folders.ts';
import { deviceOfPath } from '../../../src/entities/storage/device-name.ts';
import { unmountedTops } from '../../../src/entities/storage/stack.ts';
import { blockDevices } from '../../../src/sources/machine/block-devices.ts';
import { processes } from '../../../src/sources/processes/processes.ts';
import { blockStack } from '../../../src/sources/storage/block-stack.ts';

const files = (texts: Readonly<Record<string, string>>) => new Map(Object.entries(texts));
const links = (folder: string, ...names: readonly string[]) =>
  files(Object.fromEntries(names.map((name) => [`${folder}/${name}`, name.startsWith('sda') ? `../../devices/pci0000:00/0000:00:1f.2/block/sda${name === 'sda' ? '' : `/${name}`}` : `../../devices/virtual/block/${name}`]))); // prettier-ignore

/** An LV of a guest on a partition, a swap partition, an unused LV, a loop, a drive without a medium. */
const devices = blockDevices.parse({
  ...(Object.fromEntries(['rotational', 'models', 'states', 'backingFiles', 'nvmeControllers'].map((name) => [name, undefined])) as Record<'rotational' | 'models' | 'states' | 'backingFiles' | 'nvmeControllers', undefined>),
  links: links('/sys/block', 'sda', 'dm-0', 'dm-1', 'loop0', 'sr0', 'zram0'),
  sizes: files({ '/sys/block/sda/size': '2048', '/sys/block/dm-0/size': '1024', '/sys/block/dm-1/size': '512', '/sys/block/loop0/size': '8', '/sys/block/sr0/size': '0' }),
  mappedNames: files({ '/sys/block/dm-0/dm/name': 'vg--a-lv', '/sys/block/dm-1/dm/name': 'vg--a-old' }),
  slaves: files({ '/sys/block/dm-0/slaves/sda1': '', '/sys/block/dm-1/slaves/sda1': '' }),
}); // prettier-ignore
const stack = blockStack.parse({
  ...(Object.fromEntries(['numbers', 'mappedIds', 'schedulers', 'requests', 'caches', 'depths', 'bcacheStates', 'zramStats', 'pathStates'].map((name) => [name, undefined])) as Record<'numbers' | 'mappedIds' | 'schedulers' | 'requests' | 'caches' | 'depths' | 'bcacheStates' | 'zramStats' | 'pathStates', undefined>),
  links: links('/sys/class/block', 'sda', 'sda1', 'sda2', 'dm-0', 'dm-1', 'loop0', 'sr0', 'zram0'),
}); // prettier-ignore

test('deviceOfPath finds a volume by its group and name, by its mapper name, and a partition', () => {
  const of = (path: string) => deviceOfPath(path, { devices, stack });
  expect(['/dev/vg-a/lv', '/dev/mapper/vg--a-lv', '/dev/sda2', '/dev/disk/by-id/x', '/srv/image', '/dev/nil'].map(of)).toEqual(['dm-0', 'dm-0', 'sda2', undefined, undefined, undefined]); // prettier-ignore
});

test('unmountedTops are volumes and partitions that nothing stands on, without those that have a mount', () => {
  const tops = unmountedTops({ devices, stack, btrfs: undefined, filesystems: undefined }, new Set(['dm-1']));
  expect(tops).toEqual(['sda2', 'dm-0']);
  const unread = { devices: undefined, stack, btrfs: undefined, filesystems: undefined };
  expect(unmountedTops(unread, new Set())).toEqual([]);
});

test('dataFolders takes the folder of a postmaster, not of its backends, and the default of MariaDB', () => {
  const stat = (pid: number, parent: number, command: string) => `${pid} (${command}) S ${parent} ${pid} ${pid} 0 -1 4194560 0 0 0 0 10 5 0 0 20 0 1 0 500 1000 100`; // prettier-ignore
  const table = new Map(
    [
      { pid: 10, stat: stat(10, 1, 'postgres'), cmdline: '/usr/lib/postgresql/15/bin/postgres\0-D\0/srv/pg/main\0' },
      { pid: 11, stat: stat(11, 10, 'postgres'), cmdline: 'postgres: checkpointer ' },
      { pid: 12, stat: stat(12, 1, 'mariadbd'), cmdline: '/usr/sbin/mariadbd\0' },
      { pid: 13, stat: stat(13, 1, 'mariadbd'), cmdline: '/usr/sbin/mariadbd\0--datadir=/srv/my\0' },
    ].map((texts) => [texts.pid, texts]),
  );
  const found = dataFolders(processes.parse({ table }).processes);
  expect(found.map(({ process, folder }) => [process.pid, folder])).toEqual([
    [10, '/srv/pg/main'],
    [12, '/var/lib/mysql'],
    [13, '/srv/my'],
  ]);
});
