import { blocksFrom, type BuddyZone } from './buddyinfo.ts';
import type { SampleOf } from '../source.ts';
import type { vmstat } from './vmstat.ts';

/** Memory compaction since boot. */
export interface Compaction {
  readonly failPct: number | undefined;
  /** Enough attempts to judge by: hotsos needs 10 000 successes. */
  readonly many: boolean;
}

const ENOUGH_SUCCESSES = 10_000;

export function compaction(sample: SampleOf<typeof vmstat> | undefined): Compaction {
  const [fails, successes] = [sample?.compactFails, sample?.compactSuccesses];
  if (fails === undefined || successes === undefined) return { failPct: undefined, many: false };
  const tries = fails + successes;
  return { failPct: tries === 0 ? undefined : (100 * fails) / tries, many: successes > ENOUGH_SUCCESSES };
}

/** Free blocks of a node of order 3 and higher (8 pages), and of order 9 and higher (512 pages, a huge page on x86). */
export interface FreeBlocks {
  readonly node: number;
  readonly order3: number;
  readonly order9: number;
  /** All free pages of the node. */
  readonly pages: number;
}

/** Free blocks by node. Zones below 16 MiB (DMA) keep large blocks in reserve, so they are left out. */
export function freeBlocks(zones: readonly BuddyZone[]): readonly FreeBlocks[] {
  const nodes = new Map<number, FreeBlocks>();
  for (const zone of zones) {
    const [order3, order9] = [blocksFrom(zone, 3), blocksFrom(zone, 9)];
    if (zone.zone === 'DMA' || order3 === undefined || order9 === undefined) continue;
    const sum = nodes.get(zone.node);
    nodes.set(zone.node, {
      node: zone.node,
      order3: order3 + (sum?.order3 ?? 0),
      order9: order9 + (sum?.order9 ?? 0),
      pages: zone.freeBlocks.reduce<number>((all, free, order) => all + (free ?? 0) * 2 ** order, sum?.pages ?? 0),
    });
  }
  return [...nodes.values()];
}
