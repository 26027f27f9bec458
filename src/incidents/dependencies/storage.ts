import { blockedIn } from '../../entities/storage/mount-state.ts';
import { cephClientUse } from '../../entities/storage/ceph-requests.ts';
import { dataFolders } from '../../entities/storage/data-folders.ts';
import { deviceOfPath } from '../../entities/storage/device-name.ts';
import { devicesOf, mountOfLoop } from '../../entities/storage/stack.ts';
import { zfsPoolRef } from '../../entities/storage/zfs-pool-ref.ts';
import { entityRef, hostResource, osdRef, processRef } from '../../findings/entity-ref.ts';
import { lxdPools } from '../../sources/containers/lxd-pools.ts';
import { libvirtXml } from '../../sources/kvm/libvirt-xml.ts';
import { blockDevices } from '../../sources/machine/block-devices.ts';
import { mountFinder } from '../../sources/machine/mounts.ts';
import { processes } from '../../sources/processes/processes.ts';
import { blockStack } from '../../sources/storage/block-stack.ts';
import { cephClients } from '../../sources/storage/ceph-clients.ts';
import { filesystemErrors } from '../../sources/storage/filesystem-errors.ts';
import { filesystems, isRemote, serverOf } from '../../sources/storage/filesystems.ts';
import { nfsServer } from '../../sources/storage/nfs-server.ts';
import { defineDependencies, type Dependency } from '../dependency.ts';

/** Mount to its block devices or its server, partition to its disk, guest disk to its volume, processes that wait in a mount or have their data there to that, LXD's pool in a folder to its mount, NFS server to the I/O of the host. */
export const storageDependencies = defineDependencies({
  id: 'storage',
  needs: {
    filesystems,
    filesystemErrors,
    blockStack,
    blockDevices,
    processes,
    lxdPools,
    libvirtXml,
    nfsServer,
    cephClients,
  },
  of: ({
    filesystems: seen,
    filesystemErrors: errors,
    blockStack: stack,
    blockDevices: devices,
    processes: running,
    lxdPools: { now: { servers } = { servers: new Map() } },
    libvirtXml: definitions,
    nfsServer: server,
    cephClients: ceph,
  }) => {
    const parts = {
      devices: devices.now,
      stack: stack.now,
      btrfs: errors.now?.btrfs,
      filesystems: seen.now?.filesystems,
    };
    const mountOf = mountFinder(new Map(parts.filesystems?.map((one) => [one.target, one])));
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
    for (const { process, folder } of dataFolders(running.now?.processes)) {
      const mount = mountOf(folder);
      if (mount) found.push({ dependent: processRef(process), via: 'stored-on', on: entityRef('mount', mount.target) });
    }
    for (const [pid, target] of seen.now ? blockedIn(seen.now) : []) {
      const process = running.now?.processes.get(pid);
      if (process) found.push({ dependent: processRef(process), via: 'stored-on', on: entityRef('mount', target) });
    }
    for (const { entity, client } of cephClientUse(ceph, parts.filesystems))
      for (const daemon of new Set(client.requests.map((one) => one.daemon))) {
        const osd = /^osd\.(\d{1,9})$/.exec(daemon ?? '')?.[1];
        if (osd !== undefined) found.push({ dependent: entity, via: 'waits-for', on: osdRef(Number(osd)) });
      }
    if (server.now?.threads) found.push({ dependent: entityRef('daemon', 'nfsd'), via: 'shares', on: hostResource('io') }); // prettier-ignore
    for (const { uuid, disks } of definitions.now?.values() ?? [])
      for (const { name, source } of disks) {
        const disk = source === undefined ? undefined : deviceOfPath(source, parts);
        if (disk !== undefined) found.push({ dependent: entityRef('guest-disk', `${uuid}/${name}`), via: 'stored-on', on: entityRef('disk', disk) }); // prettier-ignore
      }
    for (const [place, pools] of servers)
      for (const { name, driver, source } of pools) {
        const mount = driver === 'dir' && source !== undefined ? mountOf(source) : undefined;
        const pool = entityRef('storage-pool', `${place}/${name}`);
        if (mount) found.push({ dependent: pool, via: 'stored-on', on: entityRef('mount', mount.target) });
      }
    return found;
  },
});
