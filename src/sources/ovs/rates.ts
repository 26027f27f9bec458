import { delta, type Seen } from '../../timeline/moment.ts';
import type { Datapath, OvsDatapathSample } from './datapath.ts';
import { threadRates } from '../processes/thread-rates.ts';
import type { ScheduledThread, ThreadsSample } from '../processes/thread-table.ts';

export interface LookupRate {
  readonly hitsPerSec: number | undefined;
  readonly missesPerSec: number | undefined;
  readonly lostPerSec: number | undefined;
  /** Share of lookups with a hit. */
  readonly hitPct: number | undefined;
  /** Share of upcalls that were lost. */
  readonly lostPct: number | undefined;
  /** Kernel datapath: masks visited per packet (hit/pkt). */
  readonly masksPerPacket: number | undefined;
}

/** Lookup rates of one datapath between two samples; none across a restart. */
export function lookupRate(
  seen: Pick<Seen<OvsDatapathSample>, 'now' | 'before' | 'seconds'>,
  name: string,
): LookupRate {
  const now = seen.now?.datapaths.find((one) => one.name === name);
  const before = seen.before?.datapaths.find((one) => one.name === name);
  const more = (pick: (one: Datapath) => number | undefined, seconds: number | undefined) =>
    delta(now && pick(now), before && pick(before), seconds);
  const [hits, misses, lost] = [more((one) => one.hits, 1), more((one) => one.misses, 1), more((one) => one.lost, 1)];
  const masks = more((one) => one.maskHits, 1);
  // Lost upcalls count as missed in the kernel (openvswitch.ko), not in the userspace datapath (dpif-netdev).
  const apart = name.startsWith('netdev@') ? (lost ?? 0) : 0;
  const all = hits === undefined || misses === undefined ? undefined : hits + misses + apart;
  return {
    hitsPerSec: more((one) => one.hits, seen.seconds),
    missesPerSec: more((one) => one.misses, seen.seconds),
    lostPerSec: more((one) => one.lost, seen.seconds),
    hitPct: all === undefined || all === 0 || hits === undefined ? undefined : (100 * hits) / all,
    lostPct: lost === undefined || !misses ? undefined : (100 * lost) / (misses + apart),
    masksPerPacket: masks === undefined || all === undefined || all === 0 ? undefined : masks / all,
  };
}

/**
 * Rate of a coverage event between two samples; the daemon's average over 5 s where there is one sample only. Undefined for an
 * event that never happened, which coverage/show leaves out.
 */
export function eventRate(
  { now, before, seconds }: Pick<Seen<OvsDatapathSample>, 'now' | 'before' | 'seconds'>,
  event: string,
): number | undefined {
  const count = now?.coverage.get(event);
  if (before === undefined || before.coverage.size === 0 || seconds === undefined) return count?.last5sPerSec;
  return delta(count?.total, before.coverage.get(event)?.total ?? 0, seconds);
}

/** Kind of a thread of ovs-vswitchd by its name, which ends in a number: lib/ovs-thread.c. */
export type ThreadKind = 'main' | 'handler' | 'revalidator' | 'pmd' | 'other';

export function threadKind(name: string): ThreadKind {
  const kind = /^(handler|revalidator|pmd)/.exec(name)?.[1] as ThreadKind | undefined;
  return kind ?? (name === 'ovs-vswitchd' ? 'main' : 'other');
}

export interface ThreadUse {
  readonly pid: number;
  readonly thread: ScheduledThread;
  readonly cpuPct: number | undefined;
  readonly delayPct: number | undefined;
}

/** CPU use of each thread between two samples; exact where the kernel counts ns. */
export function threadUses(seen: Pick<Seen<ThreadsSample>, 'now' | 'before' | 'seconds'>): readonly ThreadUse[] {
  return [...(seen.now?.processes.values() ?? [])].flatMap((process) =>
    threadRates(process, seen.before?.processes.get(process.pid), seen.seconds).map(
      ({ thread, runPct, delayPct }): ThreadUse => ({ pid: process.pid, thread, cpuPct: runPct, delayPct }),
    ),
  );
}
