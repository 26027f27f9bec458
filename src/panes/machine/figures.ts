import { bytes, count, kib, percent } from '../../lib/units.ts';
import { cpuUse } from '../../sources/machine/cpu-stat.ts';
import { stallHistory, type StallKind } from '../../sources/machine/pressure-rates.ts';
import { perSecond, type Moment } from '../../timeline/moment.ts';
import { LEAST } from '../../ui/kit/columns.ts';
import type { PaneFigure } from '../pane.ts';
import type { CpusNeeds } from './cpus.ts';
import type { MemoryNeeds } from './memory.ts';
import type { PressureNeeds } from './pressure.ts';

type Needs = CpusNeeds & MemoryNeeds & PressureNeeds;
type Format = Pick<PaneFigure, 'format' | 'least' | 'unit'>;

const PERCENT: Format = { format: percent, least: LEAST.percent, unit: 'percent' };
const TASKS: Format = { format: (value) => value.toFixed(value < 10 ? 1 : 0), least: 0.5, unit: 'number' };
const PER_SECOND: Format = { format: count, least: LEAST.count, unit: 'number' };
const SIZE: Format = { format: kib, least: 8 * LEAST.kib, unit: 'KiB' };
const THROUGHPUT: Format = { format: (value) => bytes(value * 1024), least: 64, unit: 'KiB' };

/** Figures of the whole machine: CPU, load, pressure, memory. */
export const machineFigures = (moment: Moment<Needs>): readonly PaneFigure[] => [
  ...cpuFigures(moment),
  ...pressureFigures(moment),
  ...memoryFigures(moment),
];

function cpuFigures({ cpuStat: stat, loadavg: load }: Moment<Needs>): readonly PaneFigure[] {
  const use = cpuUse(stat.now?.all, stat.before?.all);
  const section = { id: 'cpus', title: 'CPUs', sources: ['cpu-stat'] };
  const loads = { id: 'load', title: 'CPUs', sources: ['loadavg'] };
  const figure = (id: string, value: number | undefined, format = PERCENT): PaneFigure => ({
    id,
    title: id,
    section,
    value,
    ...format,
  });
  return [
    figure('busy', use?.busyPct),
    figure('user', use?.userPct),
    figure('system', use?.systemPct),
    figure('iowait', use?.iowaitPct),
    figure('softirq', use?.softirqPct),
    figure('steal', use?.stealPct),
    figure('running', stat.now?.runningTasks, TASKS),
    figure('blocked', stat.now?.blockedTasks, TASKS),
    figure(
      'cswch/s',
      perSecond(stat, ({ contextSwitches }) => contextSwitches),
      PER_SECOND,
    ),
    figure(
      'intr/s',
      perSecond(stat, ({ interrupts }) => interrupts),
      PER_SECOND,
    ),
    figure(
      'forks/s',
      perSecond(stat, ({ forks }) => forks),
      PER_SECOND,
    ),
    { id: 'load 1 min', title: 'load 1 min', section: loads, value: load.now?.load1, ...TASKS },
    {
      id: 'threads',
      title: 'threads',
      section: loads,
      value: load.now?.threads,
      format: count,
      least: 5,
      unit: 'number',
    },
  ];
}

const KINDS: readonly StallKind[] = [
  { resource: 'cpu', kind: 'some' },
  { resource: 'memory', kind: 'some' },
  { resource: 'memory', kind: 'full' },
  { resource: 'io', kind: 'some' },
  { resource: 'io', kind: 'full' },
  { resource: 'irq', kind: 'full' },
];

const pressureFigures = ({ pressure: seen }: Moment<Needs>): readonly PaneFigure[] =>
  KINDS.map((kind) => ({
    id: `${kind.resource} ${kind.kind}`,
    title: `PSI ${kind.resource} ${kind.kind}`,
    section: { id: 'pressure', title: 'Pressure', sources: ['pressure'] },
    value: stallHistory(seen.history, 1, kind).at(-1),
    ...PERCENT,
  }));

function memoryFigures({ meminfo, vmstat: seen }: Moment<Needs>): readonly PaneFigure[] {
  const { now } = meminfo;
  const sizes = { id: 'memory', title: 'Memory', sources: ['meminfo'] };
  const rates = { id: 'vmstat', title: 'Memory', sources: ['vmstat'] };
  const size = (id: string, value: number | undefined): PaneFigure => ({ id, title: id, section: sizes, value, ...SIZE }); // prettier-ignore
  const rate = (
    id: string,
    pick: (sample: NonNullable<typeof seen.now>) => number | undefined,
    format = PER_SECOND,
  ): PaneFigure => ({ id, title: id, section: rates, value: perSecond(seen, pick), ...format });
  const swapUsed =
    now?.swapTotalKiB === undefined || now.swapFreeKiB === undefined ? undefined : now.swapTotalKiB - now.swapFreeKiB;
  return [
    size('available', now?.availableKiB),
    size('free', now?.freeKiB),
    size('cached', now?.cachedKiB),
    size('anon', now?.anonKiB),
    size('shmem', now?.shmemKiB),
    size('unreclaimable slab', now?.slabUnreclaimableKiB),
    size('dirty', now?.dirtyKiB),
    size('writeback', now?.writebackKiB),
    size('swap used', swapUsed),
    rate('page in/s', ({ pageInKiB }) => pageInKiB, THROUGHPUT),
    rate('page out/s', ({ pageOutKiB }) => pageOutKiB, THROUGHPUT),
    rate('swap in pages/s', ({ swapInPages }) => swapInPages),
    rate('swap out pages/s', ({ swapOutPages }) => swapOutPages),
    rate('faults/s', ({ faults }) => faults),
    rate('major faults/s', ({ majorFaults }) => majorFaults),
    rate('refaults/s', ({ refaultPages }) => refaultPages),
    rate('kswapd scans/s', ({ scanKswapdPages }) => scanKswapdPages),
    rate('direct scans/s', ({ scanDirectPages }) => scanDirectPages),
    rate('reclaim stalls/s', ({ allocStalls }) => allocStalls),
    rate('compaction stalls/s', ({ compactStalls }) => compactStalls),
    rate('OOM kills/s', ({ oomKills }) => oomKills, { format: count, least: 0.01, unit: 'number' }),
  ];
}
