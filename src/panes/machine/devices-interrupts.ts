import { placeInterrupts, type PlacedInterrupt } from '../../entities/machine/numa-place.ts';
import { remoteIrqs } from '../../entities/machine/remote-irqs.ts';
import { plain } from '../../lib/plain.ts';
import { count, NONE } from '../../lib/units.ts';
import { interruptRates } from '../../sources/machine/interrupt-rates.ts';
import type { Moment } from '../../timeline/moment.ts';
import type { TableSection } from '../pane.ts';
import type { DeviceNeeds } from './devices.ts';
import { ownWords, stateOf, stateWords, type NothingWords } from '../../timeline/reading-state.ts';
import { countColumn, numberColumn, percentColumn } from '../../ui/kit/columns.ts';

export interface InterruptsModel {
  /** Busiest first; undefined before there are two readings. */
  readonly rows: readonly PlacedInterrupt[] | undefined;
  readonly totalPerSec: number | undefined;
  /** PCI addresses of devices with most of their interrupts on another node, at a rate that costs. */
  readonly remote: ReadonlySet<string>;
  readonly empty: NothingWords;
}

export function interruptsModel(moment: Moment<DeviceNeeds>): InterruptsModel {
  const rates = interruptRates(moment.interrupts);
  const nodes = moment.topology.now?.nodes;
  const rows = rates && placeInterrupts(rates, nodes, moment.pciDevices.now, moment.nics.now?.nics);
  return {
    rows,
    remote: new Set(remoteIrqs(moment).map(({ pci }) => pci)),
    totalPerSec: rows?.reduce((sum, row) => sum + row.perSec, 0),
    empty:
      moment.interrupts.now === undefined
        ? stateWords(stateOf(moment.interrupts))
        : ownWords(rows ? 'no interrupts since the last reading' : 'not read yet: rates need two readings'),
  };
}

const node = (value: number | undefined): string => (value === undefined ? NONE : `${value}`);
const sharePct = (row: PlacedInterrupt): number => (100 * row.topCpuPerSec) / row.perSec;

export const interruptsSection = (model: InterruptsModel): TableSection<PlacedInterrupt> => ({
  kind: 'table',
  id: 'interrupts',
  title: 'Interrupts',
  note: model.totalPerSec === undefined ? '' : `${count(model.totalPerSec)}/s`,
  sources: ['interrupts', 'pci-devices', 'cpu-topology'],
  rows: model.rows ?? [],
  key: (row) => row.irq,
  sort: { column: 'rate', descending: true },
  rowRole: (row) => (row.perSec < 1 ? 'dim' : undefined),
  empty: model.empty,
  minRows: 4,
  columns: [
    {
      id: 'irq',
      title: 'irq',
      about: 'IRQ number, or name of an architecture interrupt (LOC timer, RES reschedule, CAL, TLB).',
      width: 5,
      rank: 0,
      value: (row) => (/^\d+$/.test(row.irq) ? Number(row.irq) : row.irq),
      text: (row) => plain(row.irq),
    },
    countColumn({
      id: 'rate',
      title: '/s',
      about: 'Interrupts per second on all CPUs. /proc/interrupts.',
      width: 6,
      rank: 0,
      value: (row) => row.perSec,
    }),
    numberColumn({
      id: 'cpu',
      title: 'cpu',
      about: 'CPU that serves most of them.',
      width: 4,
      rank: 0,
      value: (row) => row.topCpu,
    }),
    percentColumn({
      id: 'share',
      title: 'share',
      about: 'Share that this CPU serves, percent.',
      width: 6,
      rank: 2,
      value: sharePct,
    }),
    {
      id: 'nodes',
      title: 'node>cpu',
      about: 'NUMA node of the device > node of the CPU that serves it; remote when they differ.',
      width: 10,
      rank: 1,
      value: (row) => (row.deviceNode === undefined ? undefined : `${row.deviceNode}>${node(row.cpuNode)}`),
      text: (row) =>
        row.deviceNode === undefined
          ? NONE
          : `${row.deviceNode}>${node(row.cpuNode)}${row.remote === true ? ' remote' : ''}`,
      role: (row) => (row.remote === true && model.remote.has(row.devicePci ?? '') ? 'warn' : 'text'),
    },
    {
      id: 'label',
      title: 'name',
      about: 'Name that the driver gave it: device and queue.',
      width: 16,
      grow: true,
      rank: 0,
      value: (row) => row.label,
      text: (row) => plain(row.label) || NONE,
    },
  ],
});
