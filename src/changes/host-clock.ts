import { cpuStat } from '../sources/machine/cpu-stat.ts';
import type { Moment } from '../timeline/moment.ts';

export const clockNeeds = { cpuStat };

/** Difference of the two clocks below which they are taken for the same: the boot time is in whole seconds. */
const SAME_MS = 2000;

/** The host's clocks in terms of the engineer's. */
export interface HostClock {
  /** Time of boot. */
  readonly bootMs: number | undefined;
  /** Engineer's time of a time of the host's wall clock. */
  readonly ofHost: (hostMs: number) => number;
  /** Engineer's time of ticks since boot (1/100 s). */
  readonly ofTicks: (ticks: number | undefined) => number | undefined;
}

/** Clock by the last reading of /proc/stat; without its boot time, both wall clocks are taken for the same. */
export function hostClock({ cpuStat: seen }: Moment<typeof clockNeeds>): HostClock {
  const entry = seen.history.at(-1) ?? seen.older().at(-1);
  const boot = entry?.sample.bootEpochSeconds;
  const aheadMs = entry === undefined || boot === undefined ? 0 : (boot + entry.at) * 1000 - entry.wallMs;
  const offsetMs = Math.abs(aheadMs) < SAME_MS ? 0 : aheadMs;
  return {
    bootMs: boot === undefined ? undefined : boot * 1000 - offsetMs,
    ofHost: (hostMs) => hostMs - offsetMs,
    ofTicks: (ticks) =>
      entry === undefined || ticks === undefined ? undefined : Math.round(entry.wallMs - entry.at * 1000 + ticks * 10),
  };
}
