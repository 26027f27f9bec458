import { numaNodeRef } from '../../findings/entity-ref.ts';
import { plain } from '../../lib/plain.ts';
import { toCpuList } from '../../lib/lines.ts';
import { bytes, NONE } from '../../lib/units.ts';
import { grade, limits } from '../../thresholds.ts';
import { busyNodes } from '../../entities/machine/busy-nodes.ts';
import { buddyinfo } from '../../sources/machine/buddyinfo.ts';
import { freeBlocks } from '../../sources/machine/compaction.ts';
import { meanBusyPct, cpuUses } from '../../sources/machine/cpu-rates.ts';
import { cpuStat } from '../../sources/machine/cpu-stat.ts';
import { cpuTopology } from '../../sources/machine/cpu-topology.ts';
import { hugepages, type HugePool } from '../../sources/machine/hugepages.ts';
import { nodeUsedPct, numaRates, type NumaRate } from '../../sources/machine/numa-rates.ts';
import { numa, type NumaNode } from '../../sources/machine/numa.ts';
import type { Moment } from '../../timeline/moment.ts';
import type { Column, TableSection } from '../pane.ts';
import { nothingWords, stateOf, type NothingWords } from '../../timeline/reading-state.ts';
import { nodeDetail } from './node-detail.ts';
import { countColumn, kibColumn, numberColumn, percentColumn } from '../../ui/kit/columns.ts';

export const nodesNeeds = { cpuStat, topology: cpuTopology, numa, hugepages, buddyinfo };
export type NodesNeeds = typeof nodesNeeds;

export interface NodeRow {
  readonly node: number;
  readonly cpus: readonly number[] | undefined;
  readonly busyPct: number | undefined;
  /** Busy while another node is idle. */
  readonly isBusy: boolean;
  readonly memory: NumaNode | undefined;
  readonly usedPct: number | undefined;
  readonly rate: NumaRate | undefined;
  readonly huge: readonly HugePool[];
  readonly distances: readonly (number | undefined)[] | undefined;
  readonly devices: readonly string[];
  /** Free blocks of order 3 (8 pages) and more, and of order 9 (512 pages, a huge page on x86) and more. */
  readonly order3Blocks: number | undefined;
  readonly order9Blocks: number | undefined;
}

export interface NodesModel {
  readonly rows: readonly NodeRow[];
  /** Sizes of huge pages in use on this host, ascending. */
  readonly hugeSizesKiB: readonly number[];
  readonly empty: NothingWords;
}

export function nodesModel(
  moment: Moment<NodesNeeds>,
  devicesByNode: ReadonlyMap<number, readonly string[]>,
): NodesModel {
  const places = moment.topology.now?.nodes ?? [];
  const memory = moment.numa.now?.nodes;
  const use = cpuUses(moment.cpuStat);
  const busy = new Set(busyNodes(moment).busy.map(({ node }) => node));
  const rates = numaRates(moment.numa);
  const pools = (moment.hugepages.now?.nodes ?? []).filter(({ pages }) => (pages ?? 0) > 0);
  const free = freeBlocks(moment.buddyinfo.now?.zones ?? []);
  const numbers = new Set([...places.map(({ node }) => node), ...(memory?.keys() ?? [])]);
  const rows = [...numbers]
    .toSorted((a, b) => a - b)
    .map((node): NodeRow => {
      const place = places.find((one) => one.node === node);
      const own = memory?.get(node);
      const blocks = free.find((one) => one.node === node);
      return {
        node,
        cpus: place?.cpus,
        busyPct: meanBusyPct(use, place?.cpus ?? []),
        isBusy: busy.has(node),
        memory: own,
        usedPct: own && nodeUsedPct(own),
        rate: rates.get(node),
        huge: pools.filter((pool) => pool.node === node),
        distances: place?.distances,
        devices: (devicesByNode.get(node) ?? []).map(plain),
        order3Blocks: blocks?.order3,
        order9Blocks: blocks?.order9,
      };
    });
  const hugeSizesKiB = [...new Set(pools.map(({ sizeKiB }) => sizeKiB))].toSorted((a, b) => a - b);
  return { rows, hugeSizesKiB, empty: nothingWords('not present: no NUMA', stateOf(moment.numa)) };
}

const missRole = (row: NodeRow) => grade(row.rate?.missPct, limits.numaMissPct);
const usedRole = (row: NodeRow) => grade(row.usedPct, limits.nodeUsedPct);
const busyRole = (row: NodeRow) => (row.isBusy ? grade(row.busyPct, limits.cpuBusyPct) : 'text');

/** Free and total huge pages of one size: `12/16`. */
function hugeColumn(sizeKiB: number): Column<NodeRow> {
  const pool = (row: NodeRow) => row.huge.find((one) => one.sizeKiB === sizeKiB);
  const none = (row: NodeRow) => pool(row)?.freePages === 0;
  return {
    id: `huge${sizeKiB}`,
    title: `${bytes(sizeKiB * 1024)}pages`.replace('.0', ''),
    about: `Huge pages of this size on the node: free/total.`,
    width: 7,
    align: 'right',
    rank: 1,
    value: (row) => pool(row)?.freePages,
    text: (row) => {
      const own = pool(row);
      return own ? `${own.freePages ?? NONE}/${own.pages ?? NONE}` : NONE;
    },
    role: (row) => (none(row) ? 'info' : 'text'),
  };
}

const distanceText = (row: NodeRow): string | undefined =>
  row.distances?.map((distance) => String(distance ?? NONE).padStart(2)).join(' ');

const columns = (model: NodesModel): readonly Column<NodeRow>[] => [
  numberColumn({
    id: 'node',
    title: 'node',
    about: 'Number of the NUMA node.',
    width: 4,
    rank: 0,
    value: (row) => row.node,
  }),
  percentColumn({
    id: 'cpu',
    title: 'cpu',
    about: 'Busy time of its CPUs, percent, mean; none where a node has memory only.',
    width: 6,
    rank: 0,
    value: (row) => row.busyPct,
    missing: (row) => (row.cpus?.length === 0 ? 'none' : NONE),
    role: busyRole,
  }),
  percentColumn({
    id: 'used',
    title: 'used',
    about: 'Used memory, percent: neither free nor reclaimable cache; huge pages count as used.',
    width: 6,
    rank: 0,
    value: (row) => row.usedPct,
    role: usedRole,
  }),
  kibColumn({
    id: 'free',
    title: 'free',
    about: 'Free memory. nodeN/meminfo MemFree.',
    width: 5,
    rank: 1,
    value: (row) => row.memory?.freeKiB,
  }),
  kibColumn({
    id: 'total',
    title: 'total',
    about: 'Total memory. nodeN/meminfo MemTotal.',
    width: 5,
    rank: 3,
    value: (row) => row.memory?.totalKiB,
  }),
  kibColumn({
    id: 'cache',
    title: 'cache',
    about: 'Page cache, mostly reclaimable. nodeN/meminfo FilePages.',
    width: 5,
    rank: 5,
    value: (row) => row.memory?.fileKiB,
  }),
  ...model.hugeSizesKiB.map(hugeColumn),
  countColumn({
    id: 'hit',
    title: 'hit/s',
    about: 'Allocations on this node as intended. numastat numa_hit.',
    width: 6,
    rank: 4,
    value: (row) => row.rate?.hitPerSec,
  }),
  countColumn({
    id: 'miss',
    title: 'miss/s',
    about: 'Allocations on this node that were intended for another, full one. numastat numa_miss.',
    width: 6,
    rank: 1,
    value: (row) => row.rate?.missPerSec,
    role: missRole,
  }),
  countColumn({
    id: 'foreign',
    title: 'foreign/s',
    about: 'Allocations intended for this node that went to another: this one was full. numastat numa_foreign.',
    width: 9,
    rank: 3,
    value: (row) => row.rate?.foreignPerSec,
  }),
  countColumn({
    id: 'other',
    title: 'other/s',
    about: 'Allocations on this node by tasks that ran on another. numastat other_node.',
    width: 7,
    rank: 1,
    value: (row) => row.rate?.otherPerSec,
  }),
  {
    id: 'distance',
    title: 'distance',
    about: 'Distance to each node, in the order of their numbers; 10 is the node itself (ACPI SLIT).',
    width: Math.max(8, ...model.rows.map((row) => distanceText(row)?.length ?? 0)),
    rank: 2,
    value: distanceText,
  },
  countColumn({
    id: 'order3',
    title: 'ord3+',
    about: 'Free blocks of order 3 (8 pages) and higher. /proc/buddyinfo.',
    width: 5,
    rank: 5,
    value: (row) => row.order3Blocks,
    role: (row) => (row.order3Blocks === 0 ? 'crit' : 'text'),
  }),
  countColumn({
    id: 'order9',
    title: 'ord9+',
    about: 'Free blocks of order 9 (512 pages, a huge page on x86) and higher. /proc/buddyinfo.',
    width: 5,
    rank: 5,
    value: (row) => row.order9Blocks,
  }),
  {
    id: 'cpus',
    title: 'cpus',
    about: 'CPUs of the node (cpulist).',
    width: 9,
    rank: 4,
    value: (row) => (row.cpus === undefined ? undefined : toCpuList(row.cpus)),
  },
  {
    id: 'devices',
    title: 'devices',
    about: 'NICs, disks and accelerators attached to the node.',
    width: 16,
    grow: true,
    rank: 1,
    value: (row) => row.devices.join(' ') || undefined,
  },
];

export const nodesSection = (model: NodesModel): TableSection<NodeRow> => ({
  kind: 'table',
  id: 'nodes',
  title: 'NUMA nodes',
  note: `${model.rows.length}`,
  sources: ['numa', 'hugepages', 'cpu-topology', 'cpu-stat', 'buddyinfo', 'pci-devices'],
  columns: columns(model),
  rows: model.rows,
  key: (row) => `node${row.node}`,
  entity: ({ node }) => numaNodeRef(node),
  name: ({ node }) => `NUMA node ${node}`,
  detail: (row) =>
    nodeDetail(
      row,
      model.rows.map(({ node }) => node),
    ),
  sort: { column: 'node', descending: false },
  empty: model.empty,
  minRows: 4,
});
