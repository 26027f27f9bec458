import { delta, type Seen } from '../../timeline/moment.ts';
import type { OvsDatapathSample } from './datapath.ts';
import { threadRates } from '../processes/thread-rates.ts';
import type { ScheduledThread, ThreadsSample } from '../processes/thread-table.ts';

export interface LookupRate {
  readonly hitsPerSec: number | undefined;
  readonly missesPerSec: number | undefined;
  readonly lostPerSec: number | undefined;
  /** Share of lookups that found a flow. */
  readonly hitPct: number | undefined;
  /** Kernel datapath: masks tried for one packet. */
  readonly masksPerPacket: number | undefined;
}

/** Lookups of one datapath between two samples; a switch that was started anew gives none. */
export function lookupRate(
  seen: Pick<Seen<OvsDatapathSample>, 'now' | 'before' | 'seconds'>,
  name: string,
): LookupRate {
  const now = seen.now?.datapaths.find((one) => one.name === name);
  const before = seen.before?.datapaths.find((one) => one.name === name);
  const hitsPerSec = delta(now?.hits, before?.hits, seen.seconds);
  const missesPerSec = delta(now?.misses, before?.misses, seen.seconds);
  const masks = delta(now?.maskHits, before?.maskHits, seen.seconds);
  const lostPerSec = delta(now?.lost, before?.lost, seen.seconds);
  // The kernel counts what it lost as missed too (openvswitch.ko), the userspace datapath does not (dpif-netdev).
  const apart = name.startsWith('netdev@') ? (lostPerSec ?? 0) : 0;
  const all = hitsPerSec === undefined || missesPerSec === undefined ? undefined : hitsPerSec + missesPerSec + apart;
  return {
    hitsPerSec,
    missesPerSec,
    lostPerSec,
    hitPct: all === undefined || all === 0 || hitsPerSec === undefined ? undefined : (100 * hitsPerSec) / all,
    masksPerPacket: masks === undefined || all === undefined || all === 0 ? undefined : masks / all,
  };
}

/** What a thread of ovs-vswitchd is for, by its name: lib/ovs-thread.c, ovs-thread names end in a number. */
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

/** Each thread with the share of a CPU that it used between two samples; exact where the kernel counts ns. */
export function threadUses(seen: Pick<Seen<ThreadsSample>, 'now' | 'before' | 'seconds'>): readonly ThreadUse[] {
  return [...(seen.now?.processes.values() ?? [])].flatMap((process) =>
    threadRates(process, seen.before?.processes.get(process.pid), seen.seconds).map(
      ({ thread, runPct, delayPct }): ThreadUse => ({ pid: process.pid, thread, cpuPct: runPct, delayPct }),
    ),
  );
}
