import { entityRef } from '../../findings/entity-ref.ts';
import { idKey } from '../../sources/containers/container-key.ts';
import { docker } from '../../sources/containers/docker.ts';
import { dockerInfo } from '../../sources/containers/docker-info.ts';
import { blockDevices, type BlockDevice } from '../../sources/machine/block-devices.ts';
import { deviceName, mountFinder, mounts, type Mount } from '../../sources/machine/mounts.ts';
import { defineDependencies, type Dependency } from '../dependency.ts';

/** Mount to its device, partition to its disk, Docker's containers to the mount of their layers. */
export const mountDependencies = defineDependencies({
  id: 'mounts',
  needs: { mounts, blockDevices, docker, dockerInfo },
  of: ({ mounts: { now: mounted }, blockDevices: { now: devices = new Map() }, docker: engine, dockerInfo: info }) => {
    const found: Dependency[] = [];
    const disks = diskNames(devices);
    const parts = new Set<string>();
    const byTarget = mounted?.mounts ?? new Map<string, Mount>();
    for (const mount of byTarget.values()) {
      const device = deviceName(mount);
      if (device === undefined) continue;
      const name = disks.named(device);
      found.push({ dependent: entityRef('mount', mount.target), via: 'stored-on', on: entityRef('disk', name) });
      parts.add(name);
    }
    for (const { slaves } of devices.values()) for (const slave of slaves) parts.add(slave);
    for (const part of parts) {
      const disk = devices.has(part) ? undefined : disks.of(part);
      if (disk !== undefined)
        found.push({ dependent: entityRef('disk', part), via: 'stored-on', on: entityRef('disk', disk) });
    }
    const { rootDir } = info.now ?? {};
    const layers = rootDir === undefined ? undefined : mountFinder(byTarget)(rootDir);
    if (layers)
      for (const { id } of engine.now?.containers ?? [])
        found.push({
          dependent: entityRef('container', idKey(id)),
          via: 'stored-on',
          on: entityRef('mount', layers.target),
        });
    return found;
  },
});

/** Names of devices as in /sys/block. */
function diskNames(devices: ReadonlyMap<string, BlockDevice>) {
  const byAlias = new Map([...devices.values()].flatMap(({ alias, name }) => (alias === undefined ? [] : [[alias, name] as const]))); // prettier-ignore
  return {
    /** `mapper/vg0-data` → `dm-2`; others are as they stand. */
    named: (device: string): string => byAlias.get(device.replace(/^mapper\//, '')) ?? device,
    /** Disk of a partition: `sda1`, `nvme0n1p2`. */
    of: (part: string): string | undefined => {
      const name = /^(.*?\D)p?\d+$/.exec(part)?.[1]?.replace(/(\d)p$/, '$1');
      return name !== undefined && devices.has(name) ? name : undefined;
    },
  };
}
