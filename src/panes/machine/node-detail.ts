import { toCpuList } from '../../lib/lines.ts';
import { bytes, count, kib, NONE, percent } from '../../lib/units.ts';
import type { NumaRate } from '../../sources/machine/numa-rates.ts';
import type { NumaNode } from '../../sources/machine/numa.ts';
import { ownWords } from '../../timeline/reading-state.ts';
import type { Detail, LinesSection, TableSection } from '../pane.ts';
import { drawFigures, figure, type Figure, type FigureLine } from '../../ui/kit/figure-lines.ts';
import type { NodeRow } from './nodes.ts';
import { countColumn } from '../../ui/kit/columns.ts';

/** Details of one NUMA node, from samples of the pane; `nodes` are the numbers of all. */
export const nodeDetail = (row: NodeRow, nodes: readonly number[]): Detail => ({
  id: `node${row.node}`,
  title: `NUMA node ${row.node}`,
  sources: {},
  everySeconds: 0,
  sections: () => [summary(row, nodes), allocations(row)],
});

function summary(row: NodeRow, nodes: readonly number[]): LinesSection {
  const { memory, cpus, distances, devices, huge } = row;
  const lines: readonly FigureLine[] = [
    {
      label: 'cpus',
      figures: [
        figure(cpus === undefined ? NONE : cpus.length === 0 ? 'none: memory only' : toCpuList(cpus)),
        figure(`${percent(row.busyPct)} busy`),
      ],
    },
    {
      label: 'memory',
      figures: [
        figure(`${kib(memory?.totalKiB)} total`),
        figure(`${kib(memory?.freeKiB)} free`),
        figure(`${kib(memory?.anonKiB)} anon`),
        figure(`${kib(memory?.fileKiB)} page cache`),
        figure(`${kib(memory?.slabReclaimableKiB)} slab reclaimable`),
      ],
    },
    {
      label: 'blocks',
      figures: [
        figure(`order ≥3: ${count(row.order3Blocks)}`, row.order3Blocks === 0 ? 'crit' : 'text'),
        figure(`order ≥9: ${count(row.order9Blocks)}`),
      ],
    },
    {
      label: 'huge',
      figures:
        huge.length === 0
          ? [figure('none', 'dim')]
          : huge.map(({ sizeKiB, pages, freePages, surplusPages }) =>
              figure(
                `${bytes(sizeKiB * 1024)}: ${count(freePages)} of ${count(pages)} free, ${count(surplusPages)} surplus`,
              ),
            ),
    },
    { label: 'distance', figures: distanceFigures(distances, nodes) },
    { label: 'devices', figures: devices.length === 0 ? [figure(NONE, 'dim')] : devices.map((name) => figure(name)) },
  ];
  return {
    kind: 'lines',
    id: 'node',
    title: `Node ${row.node}`,
    sources: ['numa', 'hugepages', 'cpu-topology', 'cpu-stat', 'buddyinfo', 'pci-devices'],
    wantRows: () => lines.length,
    draw: (columns, rows, theme) => lines.slice(0, rows).map((line) => drawFigures(line, columns, theme)),
  };
}

/** Distances, in the order of the numbers of the online nodes. */
const distanceFigures = (distances: NodeRow['distances'], nodes: readonly number[]): readonly Figure[] =>
  distances?.map((distance, i) => figure(`${distance ?? NONE} to node ${nodes[i] ?? NONE}`)) ?? [figure(NONE, 'dim')];

interface Counter {
  readonly name: string;
  readonly meaning: string;
  readonly total: number | undefined;
  readonly perSec: number | undefined;
}

const counters = (memory: NumaNode | undefined, rate: NumaRate | undefined): readonly Counter[] => [
  { name: 'numa_hit', meaning: 'on this node, as intended', total: memory?.hitAllocs, perSec: rate?.hitPerSec },
  {
    name: 'numa_miss',
    meaning: 'on this node, intended for another that was full',
    total: memory?.missAllocs,
    perSec: rate?.missPerSec,
  },
  {
    name: 'numa_foreign',
    meaning: 'intended for this node, which was full',
    total: memory?.foreignAllocs,
    perSec: rate?.foreignPerSec,
  },
  {
    name: 'local_node',
    meaning: 'on this node, by tasks that ran on it',
    total: memory?.localAllocs,
    perSec: rate?.localPerSec,
  },
  {
    name: 'other_node',
    meaning: 'on this node, by tasks that ran on another',
    total: memory?.otherAllocs,
    perSec: rate?.otherPerSec,
  },
];

const allocations = ({ memory, rate }: NodeRow): TableSection<Counter> => ({
  kind: 'table',
  id: 'allocations',
  title: 'Allocations',
  sources: ['numa'],
  columns: [
    { id: 'name', title: 'counter', about: 'Counter of numastat.', width: 12, rank: 0, value: ({ name }) => name },
    countColumn({
      id: 'rate',
      title: '/s',
      about: 'Allocations per second since the last reading.',
      width: 7,
      rank: 0,
      value: ({ perSec }) => perSec,
    }),
    countColumn({
      id: 'total',
      title: 'since boot',
      about: 'Allocations since boot; a transparent huge page counts as one.',
      width: 10,
      rank: 0,
      value: ({ total }) => total,
    }),
    {
      id: 'means',
      title: 'allocations',
      about: 'Allocations that it counts.',
      width: 30,
      grow: true,
      rank: 0,
      value: ({ meaning }) => meaning,
    },
  ],
  rows: counters(memory, rate),
  key: ({ name }) => name,
  sort: { column: '', descending: false },
  empty: ownWords('not readable'),
});
