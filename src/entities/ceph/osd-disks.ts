import { mappedName } from '../storage/device-name.ts';
import type { BlockDevice } from '../../sources/machine/block-devices.ts';
import type { OsdLinks } from '../../sources/ceph/devices.ts';
import type { OsdMetadata } from '../../sources/ceph/fleet.ts';

export interface OsdDisks {
  /** Logical volume, mapped device or partition that its block link names. */
  readonly volume: string | undefined;
  /** Whole disks below its data, and below DB and WAL; empty when they are the same or unknown. */
  readonly data: readonly string[];
  readonly db: readonly string[];
}

type Devices = ReadonlyMap<string, BlockDevice>;

/** Disks of an OSD through logical volume and device mapper, from its links and /sys/block, else from `osd metadata`. */
export function osdDisks(
  links: OsdLinks | undefined,
  metadata: OsdMetadata | undefined,
  devices: Devices | undefined,
): OsdDisks {
  const below = (target: string | undefined): readonly string[] => {
    const name = devices && target !== undefined ? deviceOf(target, devices) : undefined;
    return name !== undefined && devices ? disksBelow(name, devices) : [];
  };
  const data = below(links?.block);
  const reported = (metadata?.devices ?? []).filter((name) => devices?.has(name));
  const db = [...new Set([...below(links?.db), ...below(links?.wal)])].filter((name) => !data.includes(name));
  return { volume: links?.block?.replace(/^\/dev\//, ''), data: data.length > 0 ? data : reported, db };
}

/** Name in /sys/block of a path in /dev. */
function deviceOf(target: string, devices: Devices): string | undefined {
  const [root, dev, first = '', second, ...more] = target.split('/');
  if (root !== '' || dev !== 'dev' || more.length > 0) return undefined;
  if (second === undefined) return wholeDisk(first, devices);
  const alias = first === 'mapper' ? second : mappedName(first, second);
  return [...devices.values()].find((device) => device.alias === alias)?.name;
}

/** Disk of a partition, which is listed below its disk only: `sda1` is on `sda`, `nvme0n1p2` on `nvme0n1`. */
function wholeDisk(name: string, devices: Devices): string | undefined {
  if (devices.has(name)) return name;
  const disk = /^(?:(.+\d)p|(.*\D))\d+$/.exec(name);
  const whole = disk?.[1] ?? disk?.[2];
  return whole !== undefined && devices.has(whole) ? whole : undefined;
}

/** Limit of a device stack: a deeper one is a loop of hostile names. */
const MAX_DEPTH = 8;

function disksBelow(name: string, devices: Devices, depth = 0): readonly string[] {
  const slaves = devices.get(name)?.slaves ?? [];
  if (slaves.length === 0 || depth >= MAX_DEPTH) return [name];
  const below = slaves.flatMap((slave) => {
    const disk = wholeDisk(slave, devices);
    return disk === undefined ? [] : disksBelow(disk, devices, depth + 1);
  });
  return [...new Set(below)];
}

/** Local OSDs by disk, with data, DB or WAL on it. */
export function osdsByDisk(
  localOsds: Iterable<number>,
  links: ReadonlyMap<number, OsdLinks> | undefined,
  metadata: ReadonlyMap<number, OsdMetadata> | undefined,
  devices: Devices | undefined,
): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  for (const osd of new Set([...localOsds, ...(links?.keys() ?? [])])) {
    const { data, db } = osdDisks(links?.get(osd), metadata?.get(osd), devices);
    for (const disk of [...data, ...db]) found.set(disk, [...(found.get(disk) ?? []), osd]);
  }
  return found;
}
