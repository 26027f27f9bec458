import { outlierAbove } from '../../lib/outlier.ts';
import type { BlockDevice, blockDevices } from '../../sources/machine/block-devices.ts';
import { diskRates, type DiskRate } from '../../sources/machine/disk-rates.ts';
import type { diskstats } from '../../sources/machine/diskstats.ts';
import type { Moment } from '../../timeline/moment.ts';
import { overLast } from '../../timeline/window.ts';
import { awaitLimits, loadedDisks } from './disk-load.ts';

type DiskMoment = Moment<{ readonly diskstats: typeof diskstats; readonly blockDevices: typeof blockDevices }>;

const WINDOW_SECONDS = 30;
const LEAST_SECONDS = 1.5;
/** Requests below which a mean is noise. */
const LEAST_REQUESTS = 10;
const LEAST_PEERS = 3;
const LONG_QUEUE = 10;
const BUSY_PCT = 90;

/** Whole disks with their rates over the last seconds. */
const recentDisks = (moment: DiskMoment) => {
  const seen = overLast(moment.diskstats, WINDOW_SECONDS, LEAST_SECONDS);
  return { seconds: seen.seconds ?? 0, disks: loadedDisks(diskRates(seen), moment.blockDevices.now) };
};

export interface SlowDisk {
  readonly name: string;
  readonly rate: DiskRate;
  readonly awaitMs: number;
  readonly severity: 'crit' | 'warn';
  /** Number and median of its peers, where there are enough. */
  readonly peers: { readonly count: number; readonly medianMs: number } | undefined;
}

/** Disks with a long await: by the median of their peers where there are enough, else by absolute limits. */
export function slowDisks(moment: DiskMoment): readonly SlowDisk[] {
  const { seconds, disks } = recentDisks(moment);
  const loaded = disks.flatMap((disk) => {
    const perSec = (disk.rate.readsPerSec ?? 0) + (disk.rate.writesPerSec ?? 0);
    const { awaitMs } = disk.rate;
    return awaitMs === undefined || perSec * seconds < LEAST_REQUESTS ? [] : [{ ...disk, awaitMs }];
  });
  return loaded.flatMap((disk): SlowDisk[] => {
    const { name, rate, awaitMs } = disk;
    const { warnMs, critMs } = awaitLimits(disk.device);
    if (awaitMs < warnMs) return [];
    const others = loaded.filter((other) => other !== disk && other.device?.rotational === disk.device?.rotational);
    const normal = others.length < LEAST_PEERS ? undefined : outlierAbove(others.map((other) => other.awaitMs));
    const slow = normal === undefined ? awaitMs >= critMs : awaitMs > Math.max(normal.limit, 2 * normal.median);
    if (!slow) return [];
    const peers = normal && { count: others.length, medianMs: normal.median };
    return [{ name, rate, awaitMs, severity: awaitMs >= critMs ? 'crit' : 'warn', peers }];
  });
}

export interface SaturatedDisk {
  readonly name: string;
  readonly rate: DiskRate;
  readonly severity: 'warn' | 'info';
}

/** Disks with a long queue, or with %util near 100, which means little on a disk that serves in parallel. */
export const saturatedDisks = (moment: DiskMoment): readonly SaturatedDisk[] =>
  recentDisks(moment).disks.flatMap(({ name, device, rate }): SaturatedDisk[] => {
    const queued = isLongQueue(rate);
    if (!queued && !isBusy(rate)) return [];
    return [{ name, rate, severity: queued || device?.rotational === true ? 'warn' : 'info' }];
  });

/** Role of a latency of a disk: only one of a slow disk warns, where it is long for that kind of disk. */
export function awaitGrade(
  valueMs: number | undefined,
  device: BlockDevice | undefined,
  slow: SlowDisk | undefined,
): 'crit' | 'warn' | 'text' {
  const { warnMs, critMs } = awaitLimits(device);
  if (slow === undefined || valueMs === undefined || valueMs < warnMs) return 'text';
  return valueMs < critMs ? 'warn' : slow.severity;
}

export const isLongQueue = (rate: DiskRate | undefined): boolean => (rate?.queueLength ?? 0) > LONG_QUEUE;
export const isBusy = (rate: DiskRate | undefined): boolean => (rate?.utilPct ?? 0) >= BUSY_PCT;
