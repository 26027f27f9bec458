import { toCpuList } from '../../lib/lines.ts';
import { bytes, count, kib, NONE, percent } from '../../lib/units.ts';
import type { NumaRate } from '../../sources/machine/numa-rates.ts';
import type { NumaNode } from '../../sources/machine/numa.ts';
import type { Detail, LinesSection, TableSection } from '../pane.ts';
import { drawFigures, figure, type Figure, type FigureLine } from '../../ui/kit/figure-lines.ts';
import type { NodeRow } from './nodes.ts';

/** All that is known of one NUMA node, from what the pane has read already; `nodes` are the numbers of all. */
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
        figure(`${kib(memory?.totalKiB)} in all`),
        figure(`${kib(memory?.freeKiB)} free`),
        figure(`${kib(memory?.anonKiB)} programs`),
        figure(`${kib(memory?.fileKiB)} files`),
        figure(`${kib(memory?.slabReclaimableKiB)} slab that can be dropped`),
      ],
    },
    {
      label: 'blocks',
      figures: [
        figure(`${count(row.order3Blocks)} of 8 pages and more`, row.order3Blocks === 0 ? 'crit' : 'text'),
        figure(`${count(row.order9Blocks)} of 512 pages and more`),
      ],
    },
    {
      label: 'huge',
      figures:
        huge.length === 0
          ? [figure('no huge pages set aside', 'dim')]
          : huge.map(({ sizeKiB, pages, freePages, surplusPages }) =>
              figure(
                `${bytes(sizeKiB * 1024)}: ${count(freePages)} of ${count(pages)} free, ${count(surplusPages)} surplus`,
              ),
            ),
    },
    { label: 'distance', figures: distanceFigures(distances, nodes) },
    { label: 'on it', figures: devices.length === 0 ? [figure(NONE, 'dim')] : devices.map((name) => figure(name)) },
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

/** Distances stand in the order of the numbers of the nodes that are online. */
const distanceFigures = (distances: NodeRow['distances'], nodes: readonly number[]): readonly Figure[] =>
  distances?.map((distance, i) => figure(`${distance ?? NONE} to node ${nodes[i] ?? NONE}`)) ?? [figure(NONE, 'dim')];

interface Counter {
  readonly name: string;
  readonly means: string;
  readonly total: number | undefined;
  readonly perSec: number | undefined;
}

const counters = (memory: NumaNode | undefined, rate: NumaRate | undefined): readonly Counter[] => [
  { name: 'hit', means: 'here, as wished', total: memory?.hitAllocs, perSec: rate?.hitPerSec },
  {
    name: 'miss',
    means: 'here, but wished on a node that was full',
    total: memory?.missAllocs,
    perSec: rate?.missPerSec,
  },
  {
    name: 'foreign',
    means: 'wished here, but this one was full',
    total: memory?.foreignAllocs,
    perSec: rate?.foreignPerSec,
  },
  {
    name: 'local',
    means: 'here, by tasks that ran here',
    total: memory?.localAllocs,
    perSec: rate?.localPerSec,
  },
  {
    name: 'other',
    means: 'here, by tasks that ran on another node',
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
    { id: 'name', title: 'counter', about: 'Name in numastat.', width: 8, rank: 0, value: ({ name }) => name },
    {
      id: 'rate',
      title: '/s',
      about: 'Since the reading before, per second.',
      width: 7,
      align: 'right',
      rank: 0,
      value: ({ perSec }) => perSec,
      text: ({ perSec }) => count(perSec),
    },
    {
      id: 'total',
      title: 'since boot',
      about: 'Allocations since boot; a transparent huge page counts as one.',
      width: 10,
      align: 'right',
      rank: 0,
      value: ({ total }) => total,
      text: ({ total }) => count(total),
    },
    {
      id: 'means',
      title: 'means',
      about: 'What it counts.',
      width: 30,
      grow: true,
      rank: 0,
      value: ({ means }) => means,
    },
  ],
  rows: counters(memory, rate),
  key: ({ name }) => name,
  sort: { column: '', descending: false },
  empty: 'nothing was read',
});
