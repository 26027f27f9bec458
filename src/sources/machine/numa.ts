import { keyValues, partOf, pathNumber, toCount } from '../../lib/lines.ts';
import { meminfoFields } from './meminfo.ts';
import { defineSource } from '../source.ts';

/**
 * Memory of each NUMA node, and where allocations landed since boot.
 * https://docs.kernel.org/admin-guide/numastat.html
 *
 *     node0/meminfo:  Node 0 MemFree:          420080 kB
 *     node0/numastat: numa_hit 20013
 *
 * numa_miss on B together with numa_foreign on A means: A was full. Memory bound to a remote node on purpose counts as hit
 * there: only other_node grows. All of it counts allocations, not accesses; a transparent huge page counts as one.
 */
export const numa = defineSource({
  id: 'numa',
  title: 'NUMA nodes',
  why: 'Shows memory use and allocations (numastat) of every NUMA node.',
  everySeconds: 2,
  countsSince: 'boot',
  reads: {
    meminfo: { kind: 'glob', pattern: '/sys/devices/system/node/node[0-9]*/meminfo' },
    numastat: { kind: 'glob', pattern: '/sys/devices/system/node/node[0-9]*/numastat' },
  },
  parse: ({ meminfo, numastat }) => {
    const nodes = new Map<number, NumaNode>();
    for (const [path, text] of meminfo ?? []) {
      const node = pathNumber(path, 'node');
      if (node === undefined) continue;
      const fields = meminfoFields(text);
      const totalKiB = fields.get('MemTotal');
      const of = (name: string): number | undefined => partOf(fields.get(name), totalKiB);
      nodes.set(node, {
        ...nothing(node),
        totalKiB,
        freeKiB: of('MemFree'),
        usedKiB: of('MemUsed'),
        fileKiB: of('FilePages'),
        anonKiB: of('AnonPages'),
        slabReclaimableKiB: of('SReclaimable'),
      });
    }
    for (const [path, text] of numastat ?? []) {
      const node = pathNumber(path, 'node');
      if (node === undefined) continue;
      const counters = keyValues(text);
      const of = (name: string): number | undefined => toCount(counters.get(name));
      nodes.set(node, {
        ...(nodes.get(node) ?? nothing(node)),
        hitAllocs: of('numa_hit'),
        missAllocs: of('numa_miss'),
        foreignAllocs: of('numa_foreign'),
        localAllocs: of('local_node'),
        otherAllocs: of('other_node'),
      });
    }
    return { nodes: new Map([...nodes].toSorted(([a], [b]) => a - b)) };
  },
});

export interface NumaNode {
  readonly node: number;
  readonly totalKiB: number | undefined;
  readonly freeKiB: number | undefined;
  readonly usedKiB: number | undefined;
  /** Page cache, mostly reclaimable. */
  readonly fileKiB: number | undefined;
  readonly anonKiB: number | undefined;
  readonly slabReclaimableKiB: number | undefined;
  /** numa_hit: allocated here as intended. */
  readonly hitAllocs: number | undefined;
  /** numa_miss: allocated here, intended for another node. */
  readonly missAllocs: number | undefined;
  /** numa_foreign: intended for this node, allocated on another. */
  readonly foreignAllocs: number | undefined;
  /** local_node: allocated here by a task that ran here. */
  readonly localAllocs: number | undefined;
  /** other_node: allocated here by a task that ran on another node. */
  readonly otherAllocs: number | undefined;
}

const nothing = (node: number): NumaNode => ({
  node,
  totalKiB: undefined,
  freeKiB: undefined,
  usedKiB: undefined,
  fileKiB: undefined,
  anonKiB: undefined,
  slabReclaimableKiB: undefined,
  hitAllocs: undefined,
  missAllocs: undefined,
  foreignAllocs: undefined,
  localAllocs: undefined,
  otherAllocs: undefined,
});
