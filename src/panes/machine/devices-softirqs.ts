import { softirqHotCpuOf } from '../../entities/machine/softirq-hot-cpu.ts';
import { fit } from '../../lib/text-width.ts';
import { count, percent } from '../../lib/units.ts';
import { cpuUse } from '../../sources/machine/cpu-stat.ts';
import { softnetRates, type SoftnetRate } from '../../sources/machine/softnet.ts';
import { delta, type Moment } from '../../timeline/moment.ts';
import type { Role, Theme } from '../../theme.ts';
import { heatStrip } from '../../ui/heat.ts';
import type { LinesSection } from '../pane.ts';
import type { DeviceNeeds } from './devices.ts';
import { stateOf, stateWords } from '../../timeline/reading-state.ts';

/** Softirqs shown: network, timers, scheduler, disks. */
const KINDS = ['NET_RX', 'NET_TX', 'TIMER', 'SCHED', 'BLOCK'] as const;

interface Spread {
  readonly cpu: number;
  readonly value: number | undefined;
}

export interface SoftirqsModel {
  /** Softirq time of each CPU (mpstat %soft). */
  readonly timePct: readonly Spread[];
  /** One CPU is full of them while the others are not. */
  readonly isHot: boolean;
  readonly kinds: readonly { readonly kind: string; readonly perSec: readonly Spread[] }[];
  readonly backlog: readonly SoftnetRate[];
  readonly empty: string;
}

export function softirqsModel(moment: Moment<DeviceNeeds>): SoftirqsModel {
  const { softirqs, softnet, cpuStat } = moment;
  // /proc/softirqs has all possible CPUs; /proc/stat has the online ones.
  const online = new Set(cpuStat.now?.cpus.keys());
  const present = (cpu: number): boolean => online.size === 0 || online.has(cpu);
  const kinds = KINDS.flatMap((kind) => {
    const now = softirqs.now?.counts.get(kind);
    if (!softirqs.now || !now) return [];
    const before = softirqs.before?.counts.get(kind);
    const perSec = softirqs.now.cpus.map((cpu, i) => ({ cpu, value: delta(now[i], before?.[i], softirqs.seconds) }));
    return [{ kind, perSec: perSec.filter(({ cpu }) => present(cpu)) }];
  });
  return {
    timePct: [...(cpuStat.now?.cpus ?? [])].map(([cpu, ticks]) => ({
      cpu,
      value: cpuUse(ticks, cpuStat.before?.cpus.get(cpu))?.softirqPct,
    })),
    isHot: softirqHotCpuOf(cpuStat) !== undefined,
    kinds,
    backlog: softnetRates(softnet),
    empty: softirqs.now === undefined ? stateWords(stateOf(softirqs)) : '',
  };
}

interface Row {
  readonly label: string;
  readonly cells: readonly (number | undefined)[];
  readonly total: string;
  readonly top: string;
  readonly role: Role;
}

const known = (spread: readonly Spread[]): number[] => spread.flatMap(({ value }) => value ?? []);
const sum = (spread: readonly Spread[]): number | undefined =>
  known(spread).length === 0 ? undefined : known(spread).reduce((a, b) => a + b, 0);

function topOf(spread: readonly Spread[]): { cpu: number; value: number } | undefined {
  let top: { cpu: number; value: number } | undefined;
  for (const { cpu, value } of spread)
    if (value !== undefined && value > 0 && value > (top?.value ?? 0)) top = { cpu, value };
  return top;
}

/** Rate from which a CPU is hot by one softirq: a few per second must not look like many. */
const HOT_PER_SEC = 10_000;

/** Row whose cells are shares of the busiest CPU, or of `hot` where that has less. */
function relative(
  label: string,
  spread: readonly Spread[],
  hot: number,
  role: (total: number) => Role = () => 'text',
): Row {
  const top = topOf(spread);
  const full = Math.max(hot, top?.value ?? 0);
  const total = sum(spread);
  return {
    label,
    cells: spread.map(({ value }) => (value === undefined ? undefined : full > 0 ? (100 * value) / full : 0)),
    total: total === undefined ? count(undefined) : `${count(total)}/s`,
    top: top ? `cpu${top.cpu} ${count(top.value)}` : '',
    role: role(total ?? 0),
  };
}

function rowsOf(model: SoftirqsModel): readonly Row[] {
  const top = topOf(model.timePct);
  const time = sum(model.timePct);
  const pick = (value: (rate: SoftnetRate) => number | undefined): readonly Spread[] =>
    model.backlog.map((rate) => ({ cpu: rate.cpu, value: value(rate) }));
  return [
    {
      label: '%soft',
      cells: model.timePct.map(({ value }) => value),
      total: percent(time === undefined ? undefined : time / model.timePct.length),
      top: top ? `cpu${top.cpu} ${percent(top.value)}` : '',
      role: model.isHot ? 'warn' : 'text',
    },
    ...model.kinds.map(({ kind, perSec }) => relative(kind, perSec, HOT_PER_SEC)),
    ...(model.backlog.length === 0
      ? []
      : [
          relative(
            'dropped',
            pick((rate) => rate.droppedPerSec),
            0,
            (total) => (total > 0 ? 'crit' : 'text'),
          ),
          relative(
            'squeezed',
            pick((rate) => rate.squeezedPerSec),
            0,
          ),
        ]),
  ];
}

const LABEL = 9;
const TOTAL = 8;
const TOP = 13;

function drawRow(row: Row, columns: number, theme: Theme): string {
  const space = Math.max(8, columns - LABEL - TOTAL - TOP - 2);
  const strip = heatStrip(row.cells, Math.min(space, row.cells.length), theme);
  const label = theme.paint('label', fit(row.label, LABEL));
  const figures = fit(row.total, TOTAL, 'right');
  return `${label}${theme.paint(row.role, figures)} ${fit(row.top, TOP)} ${strip}`;
}

export const softirqsSection = (model: SoftirqsModel): LinesSection => {
  const rows = rowsOf(model);
  const everDropped = model.backlog.reduce((total, { dropped }) => total + dropped, 0);
  return {
    kind: 'lines',
    id: 'softirqs',
    title: 'Softirqs per CPU',
    note: everDropped > 0 ? `${count(everDropped)} packets dropped since boot` : '',
    sources: ['softirqs', 'softnet', 'cpu-stat'],
    minColumns: 46,
    wantRows: () => (model.kinds.length === 0 ? 1 : rows.length),
    draw: (columns, height, theme) =>
      model.kinds.length === 0
        ? [theme.paint('dim', fit(model.empty, columns))]
        : rows.slice(0, height).map((row) => drawRow(row, columns, theme)),
  };
};
