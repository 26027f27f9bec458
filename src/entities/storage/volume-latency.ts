import { hungSeconds } from '../machine/hung-disks.ts';
import { awaitLimits } from '../machine/disk-load.ts';
import { isBusy, isLongQueue } from '../machine/disk-verdicts.ts';
import type { BlockDevice, blockDevices } from '../../sources/machine/block-devices.ts';
import { diskRates, type DiskRate } from '../../sources/machine/disk-rates.ts';
import type { diskstats } from '../../sources/machine/diskstats.ts';
import type { Moment } from '../../timeline/moment.ts';
import { overLast } from '../../timeline/window.ts';

type VolumeMoment = Moment<{ readonly diskstats: typeof diskstats; readonly blockDevices: typeof blockDevices }>;

const WINDOW_SECONDS = 30;
const LEAST_SECONDS = 1.5;
/** Requests below which a mean is noise. */
const LEAST_REQUESTS = 10;
const HUNG_SECONDS = 10;

interface StackedVolume {
  readonly device: BlockDevice;
  readonly rate: DiskRate;
  readonly below: readonly DiskRate[];
}

/** Mapped devices and arrays with the load of what they stand on; those with an unknown member are left out. */
function stackedVolumes(
  rates: readonly DiskRate[],
  devices: ReadonlyMap<string, BlockDevice> | undefined,
): readonly StackedVolume[] {
  const byName = new Map(rates.map((rate) => [rate.name, rate]));
  return [...(devices?.values() ?? [])].flatMap((device) => {
    const rate = byName.get(device.name);
    const below = device.slaves.flatMap((name) => byName.get(name) ?? []);
    const isStacked = device.kind === 'mapped' || device.kind === 'raid';
    return isStacked && rate && below.length === device.slaves.length ? [{ device, rate, below }] : [];
  });
}

export interface SlowVolume {
  readonly name: string;
  readonly alias: string | undefined;
  readonly rate: DiskRate;
  readonly awaitMs: number;
  /** Longest await of what it stands on; undefined where that had no requests. */
  readonly belowMs: number | undefined;
}

/** Volumes whose requests wait in the volume: what they stand on is neither slow nor busy. */
export function slowVolumes(moment: VolumeMoment): readonly SlowVolume[] {
  const seen = overLast(moment.diskstats, WINDOW_SECONDS, LEAST_SECONDS);
  const seconds = seen.seconds ?? 0;
  return stackedVolumes(diskRates(seen), moment.blockDevices.now).flatMap(({ device, rate, below }): SlowVolume[] => {
    const { awaitMs } = rate;
    const requests = ((rate.readsPerSec ?? 0) + (rate.writesPerSec ?? 0)) * seconds;
    if (awaitMs === undefined || requests < LEAST_REQUESTS || awaitMs < awaitLimits(device).critMs) return [];
    const awaits = below.flatMap((one) => one.awaitMs ?? []);
    const belowMs = awaits.length === 0 ? undefined : Math.max(...awaits);
    if ((belowMs ?? 0) > awaitMs / 2 || below.some((one) => isBusy(one) || isLongQueue(one))) return [];
    return [{ name: device.name, alias: device.alias, rate, awaitMs, belowMs }];
  });
}

export interface HungVolume {
  readonly name: string;
  readonly alias: string | undefined;
  readonly inFlight: number;
  readonly forSeconds: number;
}

/** Volumes with requests in flight that complete none, while nothing is in flight in what they stand on. */
export const hungVolumes = (moment: VolumeMoment): readonly HungVolume[] =>
  stackedVolumes(diskRates(moment.diskstats), moment.blockDevices.now).flatMap(({ device, rate, below }) => {
    const forSeconds = hungSeconds(moment.diskstats.history, device.name);
    if (forSeconds < HUNG_SECONDS || below.some(({ inFlight }) => inFlight > 0)) return [];
    return [{ name: device.name, alias: device.alias, inFlight: rate.inFlight, forSeconds }];
  });
