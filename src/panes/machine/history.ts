import { resample, type Point } from '../../lib/resample.ts';
import { duration } from '../../lib/units.ts';
import { busyHistory } from '../../sources/machine/cpu-rates.ts';
import { cpuStat } from '../../sources/machine/cpu-stat.ts';
import { stallHistory, type StallKind } from '../../sources/machine/pressure-rates.ts';
import { pressure } from '../../sources/machine/pressure.ts';
import type { Entry, Moment } from '../../timeline/moment.ts';
import type { Role } from '../../theme.ts';
import { lineChart } from '../../ui/chart.ts';
import type { LinesSection } from '../pane.ts';

export const historyNeeds = { cpuStat, pressure };

/** Shares in percent over time, since connect, up to 15 minutes. */
export interface HistoryModel {
  readonly fromMs: number;
  readonly toMs: number;
  readonly series: readonly { readonly title: string; readonly role: Role; readonly points: readonly Point[] }[];
}

const STALLS: readonly (StallKind & { readonly role: Role })[] = [
  { resource: 'cpu', kind: 'some', role: 'info' },
  { resource: 'memory', kind: 'some', role: 'warn' },
  { resource: 'io', kind: 'some', role: 'crit' },
];
/** A dot of the chart is half a cell wide; more steps than that are not seen. */
const MAX_STEPS = 180;

export function historyModel(moment: Moment<typeof historyNeeds>): HistoryModel {
  const cpu = moment.cpuStat.history;
  const stalls = moment.pressure.history;
  const times = [...cpu, ...stalls].map(({ wallMs }) => wallMs);
  return {
    fromMs: Math.min(...times),
    toMs: Math.max(...times),
    series: [
      { title: 'CPU busy', role: 'accent', points: pointsOf(cpu, busyHistory(cpu, cpu.length)) },
      ...STALLS.map(({ role, ...kind }) => ({
        title: `PSI ${kind.resource} ${kind.kind}`,
        role,
        points: pointsOf(stalls, stallHistory(stalls, stalls.length, kind)),
      })),
    ],
  };
}

const CHART_ROWS = 12;

/** Whether two readings or more have a value: before that the chart is one line of words. */
const isDrawable = ({ series }: HistoryModel): boolean =>
  series.some(({ points }) => points.filter(({ value }) => value !== undefined).length > 1);

/** Values between entries belong to the later one. */
const pointsOf = (entries: readonly Entry[], values: readonly (number | undefined)[]): Point[] =>
  values.map((value, index) => ({ wallMs: entries[index + 1]?.wallMs ?? Number.NaN, value }));

export function historySection(model: HistoryModel): LinesSection {
  const seconds = (model.toMs - model.fromMs) / 1000;
  return {
    kind: 'lines',
    id: 'history',
    title: 'Last minutes',
    note: Number.isFinite(seconds) ? `${duration(seconds)}, percent` : '',
    sources: ['cpu-stat', 'pressure'],
    isCourse: true,
    minColumns: 70,
    wantRows: () => (isDrawable(model) ? CHART_ROWS : 1),
    draw: (columns, rows, theme) => {
      const steps = Math.min(MAX_STEPS, Math.max(2, Math.floor(seconds / 2) || 2));
      // A resource without PSI on this kernel has no line.
      const series = model.series
        .map(({ title, role, points }) => ({ title, role, values: resample(points, model.fromMs, model.toMs, steps) }))
        .filter(({ values }) => values.some((value) => value !== undefined));
      const labels = Array.from({ length: steps }, (_, index) => `-${duration(seconds * (1 - (index + 1) / steps))}`);
      return lineChart({ series, labels, max: 100, columns, rows, theme });
    },
  };
}
