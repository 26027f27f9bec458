import { diskOfPath, kindOf, type BlockDevice } from '../../sources/machine/block-devices.ts';
import type { DiskRate } from '../../sources/machine/disk-rates.ts';

/** Names of partitions, where /sys is not readable. */
export const isWholeDisk = (name: string): boolean =>
  !/^(?:[svx]v?d[a-z]+\d+|hd[a-z]\d+|(?:nvme\d+n\d+|mmcblk\d+|md\d+|loop\d+)p\d+)$/.test(name);

/**
 * Limits of the mean latency: a rotating disk needs some 10 ms for a seek, a solid one well under 1.
 * No authority sets these; a device that merges or maps others is judged like a solid one.
 */
export const awaitLimits = (device: BlockDevice | undefined): { readonly warnMs: number; readonly critMs: number } =>
  device?.rotational === true ? { warnMs: 50, critMs: 200 } : { warnMs: 10, critMs: 100 };

/** Physical or network disk with its load. */
export interface LoadedDisk {
  readonly name: string;
  readonly device: BlockDevice | undefined;
  readonly rate: DiskRate;
}

/** Whether a device is a path of a disk that counts its requests; before v6.5 the paths alone count them. */
export const isCountedByDisk = (name: string, counted: Pick<ReadonlyMap<string, unknown>, 'has'>): boolean =>
  counted.has(diskOfPath(name) ?? '');

/** Whole disks, local or over the network; devices stacked on them (dm, md, loops, bcache) would count twice. */
export function loadedDisks(
  rates: readonly DiskRate[],
  devices: ReadonlyMap<string, BlockDevice> | undefined,
): readonly LoadedDisk[] {
  const counted = new Set(rates.map(({ name }) => name));
  return rates.flatMap((rate) => {
    const device = devices?.get(rate.name);
    // A partition has no entry in /sys/block.
    const whole = devices ? device !== undefined : isWholeDisk(rate.name);
    const kind = device?.kind ?? kindOf(rate.name);
    const loaded = kind === 'disk' || kind === 'network' || (kind === 'path' && !isCountedByDisk(rate.name, counted));
    return whole && loaded ? [{ name: rate.name, device, rate }] : [];
  });
}
