import { cephDevices } from '../../sources/ceph/devices.ts';
import { docker } from '../../sources/containers/docker.ts';
import { dockerInfo } from '../../sources/containers/docker-info.ts';
import { lxdPools } from '../../sources/containers/lxd-pools.ts';
import { libvirtXml } from '../../sources/kvm/libvirt-xml.ts';
import type { BlockDevice } from '../../sources/machine/block-devices.ts';
import { mountFinder } from '../../sources/machine/mounts.ts';
import { processes } from '../../sources/processes/processes.ts';
import type { Filesystem } from '../../sources/storage/filesystems.ts';
import type { StackDevice } from '../../sources/storage/block-stack.ts';
import { swaps } from '../../sources/storage/swaps.ts';
import type { Moment } from '../../timeline/moment.ts';
import { dataFolders } from './data-folders.ts';
import { deviceOfPath } from './device-name.ts';

export const storageUserNeeds = { cephDevices, docker, dockerInfo, libvirtXml, lxdPools, processes, swaps };

interface Storage {
  readonly devices: ReadonlyMap<string, BlockDevice> | undefined;
  readonly stack: ReadonlyMap<string, StackDevice> | undefined;
  readonly filesystems: readonly Filesystem[] | undefined;
}

/** Words of what uses storage: `osd.3 data`, `guest web vda`, `swap`, `postgres[812]`. Its names are hostile texts. */
export interface StorageUsers {
  /** By kernel name of the block device. */
  readonly ofDevice: ReadonlyMap<string, readonly string[]>;
  /** By mount point. */
  readonly ofMount: ReadonlyMap<string, readonly string[]>;
}

/** Guests, OSDs, swap, pools of LXD, containers of Docker and databases by the block device or mount that they are stored on. */
export function storageUsers(moment: Moment<typeof storageUserNeeds>, storage: Storage): StorageUsers {
  const ofDevice = new Map<string, string[]>();
  const ofMount = new Map<string, string[]>();
  const mountAt = mountFinder(new Map(storage.filesystems?.map((one) => [one.target, one])));
  const add = (path: string | undefined, user: string): void => {
    if (path === undefined || !path.startsWith('/')) return;
    const isDevice = path.startsWith('/dev/');
    const key = isDevice ? deviceOfPath(path, storage) : mountAt(path)?.target;
    if (key === undefined) return;
    const found = isDevice ? ofDevice : ofMount;
    found.set(key, [...(found.get(key) ?? []), user]);
  };
  for (const [osd, { block, db, wal }] of moment.cephDevices.now ?? []) {
    add(block, `osd.${osd}`);
    add(db, `osd.${osd} DB`);
    add(wal, `osd.${osd} WAL`);
  }
  for (const { name, uuid, disks } of moment.libvirtXml.now?.values() ?? [])
    for (const disk of disks) add(disk.source, `guest ${name ?? uuid} ${disk.name}`);
  for (const { name } of moment.swaps.now?.areas ?? []) add(name, 'swap');
  for (const pools of moment.lxdPools.now?.servers.values() ?? [])
    for (const { name, source } of pools) add(source, `LXD pool ${name}`);
  const containers = moment.docker.now?.containers?.length ?? 0;
  if (containers > 0) add(moment.dockerInfo.now?.rootDir, `docker (${containers} containers)`);
  for (const { process, folder } of dataFolders(moment.processes.now?.processes))
    add(folder, `${process.command}[${process.pid}]`);
  return { ofDevice, ofMount };
}
