import { delta, type Seen } from '../../timeline/moment.ts';
import type { numa, NumaNode } from './numa.ts';
import type { SampleOf } from '../source.ts';

/** Allocations on a node between two readings, per second. */
export interface NumaRate {
  readonly node: number;
  readonly hitPerSec: number | undefined;
  readonly missPerSec: number | undefined;
  readonly foreignPerSec: number | undefined;
  readonly localPerSec: number | undefined;
  readonly otherPerSec: number | undefined;
  /** numa_miss in percent of allocations here; undefined when there were hardly any. */
  readonly missPct: number | undefined;
}

/** Allocations per second below which shares are noise. */
const FEW_PER_SEC = 10;

export function numaRates(seen: Seen<SampleOf<typeof numa>>): ReadonlyMap<number, NumaRate> {
  const rates = new Map<number, NumaRate>();
  for (const [node, now] of seen.now?.nodes ?? []) {
    const before = seen.before?.nodes.get(node);
    const rate = (pick: (one: NumaNode) => number | undefined): number | undefined =>
      before && delta(pick(now), pick(before), seen.seconds);
    const hitPerSec = rate((one) => one.hitAllocs);
    const missPerSec = rate((one) => one.missAllocs);
    const all = hitPerSec === undefined || missPerSec === undefined ? undefined : hitPerSec + missPerSec;
    rates.set(node, {
      node,
      hitPerSec,
      missPerSec,
      foreignPerSec: rate((one) => one.foreignAllocs),
      localPerSec: rate((one) => one.localAllocs),
      otherPerSec: rate((one) => one.otherAllocs),
      missPct: all === undefined || all < FEW_PER_SEC ? undefined : (100 * (missPerSec ?? 0)) / all,
    });
  }
  return rates;
}

/**
 * Available memory of a node: free memory, page cache and reclaimable slab, KiB. The kernel has MemAvailable for the whole
 * machine only; shared memory is part of the page cache here, so this is an upper bound.
 */
export const reclaimableKiB = (node: NumaNode): number | undefined =>
  node.freeKiB === undefined ? undefined : node.freeKiB + (node.fileKiB ?? 0) + (node.slabReclaimableKiB ?? 0);

/** Used share of a node, neither free nor reclaimable, percent. */
export function nodeUsedPct(node: NumaNode): number | undefined {
  const reclaimable = reclaimableKiB(node);
  if (reclaimable === undefined || node.totalKiB === undefined || node.totalKiB === 0) return undefined;
  return Math.max(0, 100 - (100 * reclaimable) / node.totalKiB);
}
