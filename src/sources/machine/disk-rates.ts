import type { Seen } from '../../timeline/moment.ts';
import { delta } from '../../timeline/moment.ts';
import type { DiskCounters } from './diskstats.ts';

/** A disk between two samples, by the formulas and names of iostat(1) -x. Undefined: unknown, or no request. */
export interface DiskRate {
  readonly name: string;
  readonly readsPerSec: number | undefined;
  readonly writesPerSec: number | undefined;
  readonly readBytesPerSec: number | undefined;
  readonly writeBytesPerSec: number | undefined;
  readonly flushesPerSec: number | undefined;
  /** Mean latency of a request, queue included. */
  readonly readAwaitMs: number | undefined;
  readonly writeAwaitMs: number | undefined;
  readonly flushAwaitMs: number | undefined;
  readonly awaitMs: number | undefined;
  /** Mean number of requests in flight (aqu-sz). */
  readonly queueLength: number | undefined;
  /** Share of time with requests in flight (%util); a device that serves in parallel is not saturated at 100. */
  readonly utilPct: number | undefined;
  /** Requests in flight at the reading: the only sign of a hung disk. */
  readonly inFlight: number;
}

export function diskRates(seen: Seen<ReadonlyMap<string, DiskCounters> | undefined>): readonly DiskRate[] {
  const { now, before, seconds } = seen;
  return [...(now?.values() ?? [])].map((disk) => diskRate(disk, before?.get(disk.name), seconds));
}

function diskRate(now: DiskCounters, before: DiskCounters | undefined, seconds: number | undefined): DiskRate {
  const per = (pick: (disk: DiskCounters) => number | undefined): number | undefined =>
    delta(pick(now), before && pick(before), seconds);
  const ratio = (time: number | undefined, requests: number | undefined): number | undefined =>
    time === undefined || requests === undefined || requests === 0 ? undefined : time / requests;
  const [reads, writes, flushes] = [per((d) => d.reads), per((d) => d.writes), per((d) => d.flushes)];
  const [readMs, writeMs] = [per((d) => d.readMs), per((d) => d.writeMs)];
  const [discards, discardMs] = [per((d) => d.discards) ?? 0, per((d) => d.discardMs) ?? 0];
  const [read, written] = [per((d) => d.sectorsRead), per((d) => d.sectorsWritten)];
  const [busy, queue] = [per((d) => d.busyMs), per((d) => d.queueMs)];
  return {
    name: now.name,
    readsPerSec: reads,
    writesPerSec: writes,
    readBytesPerSec: read === undefined ? undefined : read * 512,
    writeBytesPerSec: written === undefined ? undefined : written * 512,
    flushesPerSec: flushes,
    readAwaitMs: ratio(readMs, reads),
    writeAwaitMs: ratio(writeMs, writes),
    flushAwaitMs: ratio(
      per((d) => d.flushMs),
      flushes,
    ),
    awaitMs:
      readMs === undefined || writeMs === undefined || reads === undefined || writes === undefined
        ? undefined
        : ratio(readMs + writeMs + discardMs, reads + writes + discards),
    queueLength: queue === undefined ? undefined : queue / 1000,
    utilPct: busy === undefined ? undefined : Math.min(100, busy / 10),
    inFlight: now.inFlight,
  };
}
