import { lines, toCount, words } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';

/**
 * Free memory by block size: 2^order contiguous pages. proc_buddyinfo(5).
 *
 *     Node 0, zone   Normal   1020    310     96     22      4      1      0      0      0      0      0
 *
 * With free memory but no large blocks, allocations of network cards and guests fail.
 */
export const buddyinfo = defineSource({
  id: 'buddyinfo',
  title: 'Fragmentation',
  why: 'Shows free blocks per order: fragmentation fails allocations while memory is free.',
  everySeconds: 10,
  value: 'low',
  reads: { text: { kind: 'file', path: '/proc/buddyinfo' } },
  parse: ({ text }) => {
    const zones: BuddyZone[] = [];
    for (const line of lines(text ?? '')) {
      const [, node, zone, counts] = /^Node\s+(\d+),\s+zone\s+(\S+)\s+(.*)$/.exec(line) ?? [];
      const number = toCount(node);
      if (number === undefined || zone === undefined) continue;
      zones.push({ node: number, zone, freeBlocks: words(counts ?? '').map(toCount) });
    }
    return { zones };
  },
});

export interface BuddyZone {
  readonly node: number;
  /** DMA, DMA32, Normal, Movable… */
  readonly zone: string;
  /** Free blocks by order, from one page up; usually 11 orders. */
  readonly freeBlocks: readonly (number | undefined)[];
}

/** Free blocks of this order and higher; undefined when a count is missing. */
export function blocksFrom(zone: BuddyZone, order: number): number | undefined {
  let total = 0;
  for (const count of zone.freeBlocks.slice(order)) {
    if (count === undefined) return undefined;
    total += count;
  }
  return zone.freeBlocks.length > order ? total : undefined;
}
