import { blockedIn } from '../../entities/storage/mount-state.ts';
import { devicesOf, mountOfLoop } from '../../entities/storage/stack.ts';
import { zfsPoolRef } from '../../entities/storage/zfs-pool-ref.ts';
import { entityRef, processRef } from '../../findings/entity-ref.ts';
import { lxdPools } from '../../sources/containers/lxd-pools.ts';
import { blockDevices } from '../../sources/machine/block-devices.ts';
import { mountFinder } from '../../sources/machine/mounts.ts';
import { processes } from '../../sources/processes/processes.ts';
import { blockStack } from '../../sources/storage/block-stack.ts';
import { filesystemErrors } from '../../sources/storage/filesystem-errors.ts';
import { filesystems, isRemote, serverOf } from '../../sources/storage/filesystems.ts';
import { defineDependencies, type Dependency } from '../dependency.ts';

/** Mount to its block devices or its server, partition to its disk, process that waits in a mount to that, LXD's pool in a folder to its mount. */
export const storageDependencies = defineDependencies({
  id: 'storage',
  needs: { filesystems, filesystemErrors, blockStack, blockDevices, processes, lxdPools },
  of: ({
    filesystems: seen,
    filesystemErrors: errors,
    blockStack: stack,
    blockDevices: devices,
    processes: running,
    lxdPools: { now: { servers } = { servers: new Map() } },
  }) => {
    const parts = {
      devices: devices.now,
      stack: stack.now,
      btrfs: errors.now?.btrfs,
      filesystems: seen.now?.filesystems,
    };
    const found: Dependency[] = [];
    for (const one of seen.now?.filesystems ?? []) {
      const mount = entityRef('mount', one.target);
      for (const name of devicesOf(one, parts))
        found.push({ dependent: mount, via: 'stored-on', on: entityRef('disk', name) });
      const [pool] = one.type === 'zfs' ? one.source.split('/') : [];
      if (pool !== undefined) found.push({ dependent: mount, via: 'stored-on', on: zfsPoolRef(pool) });
      const server = isRemote(one) ? serverOf(one) : undefined;
      if (server !== undefined) found.push({ dependent: mount, via: 'served-by', on: entityRef('daemon', server) });
    }
    for (const { name, partitionOf } of stack.now?.values() ?? [])
      if (partitionOf !== undefined)
        found.push({ dependent: entityRef('disk', name), via: 'stored-on', on: entityRef('disk', partitionOf) });
    for (const device of devices.now?.values() ?? []) {
      const mount = mountOfLoop(device, parts.filesystems);
      if (mount) found.push({ dependent: entityRef('disk', device.name), via: 'stored-on', on: entityRef('mount', mount.target) }); // prettier-ignore
    }
    for (const [pid, target] of seen.now ? blockedIn(seen.now) : []) {
      const process = running.now?.processes.get(pid);
      if (process) found.push({ dependent: processRef(process), via: 'stored-on', on: entityRef('mount', target) });
    }
    const mountOf = mountFinder(new Map(parts.filesystems?.map((one) => [one.target, one])));
    for (const [place, pools] of servers)
      for (const { name, driver, source } of pools) {
        const mount = driver === 'dir' && source !== undefined ? mountOf(source) : undefined;
        const pool = entityRef('storage-pool', `${place}/${name}`);
        if (mount) found.push({ dependent: pool, via: 'stored-on', on: entityRef('mount', mount.target) });
      }
    return found;
  },
});
