import { cpuSaturation } from '../../entities/machine/cpu-saturation.ts';
import { cut, cutStyled, fit } from '../../lib/text-width.ts';
import { percent } from '../../lib/units.ts';
import { grade, limits, milder, type Limit } from '../../thresholds.ts';
import {
  standingPct,
  stallHistory,
  stallOf,
  type PressureSample,
  type StallKind,
} from '../../sources/machine/pressure-rates.ts';
import { cpuStat } from '../../sources/machine/cpu-stat.ts';
import { pressure, type Stall } from '../../sources/machine/pressure.ts';
import type { Entry, Moment } from '../../timeline/moment.ts';
import type { Role, Theme } from '../../theme.ts';
import { sparkline } from '../../ui/spark.ts';
import type { LinesSection } from '../pane.ts';
import { whyMissing } from '../../ui/kit/missing-lines.ts';
import { notTakenText } from '../../ui/kit/missing-reason.ts';

export const pressureNeeds = { pressure, cpuStat };
export type PressureNeeds = typeof pressureNeeds;

/** Kinds shown: cpu full is undefined for the whole machine, and irq has full only. */
const KINDS: readonly (StallKind & { readonly limit: Limit })[] = [
  { resource: 'cpu', kind: 'some', limit: limits.cpuSomePct },
  { resource: 'memory', kind: 'some', limit: limits.memorySomePct },
  { resource: 'memory', kind: 'full', limit: limits.memoryFullPct },
  { resource: 'io', kind: 'some', limit: limits.ioSomePct },
  { resource: 'io', kind: 'full', limit: limits.ioFullPct },
  { resource: 'irq', kind: 'full', limit: limits.irqFullPct },
];

export interface PressureRow extends StallKind {
  readonly stall: Stall | undefined;
  readonly role: Role;
  /** Text in the place of the figure, where there is none. */
  readonly why: string;
}

export interface PressureModel {
  readonly rows: readonly PressureRow[];
  readonly history: readonly Entry<PressureSample>[];
  /** Shown in the place of the section when nothing of it could be read. */
  readonly empty: string | undefined;
}

/** A row has the colour of its rule; of PSI cpu that is `cpu-saturated`, since one pinned task raises it on any host. */
export function pressureModel(moment: Moment<PressureNeeds>): PressureModel {
  const { pressure: seen } = moment;
  const saturated = cpuSaturation(moment)?.isSaturated === true ? 'warn' : 'text';
  const rows = KINDS.map(({ resource, kind, limit }) => {
    const stall = stallOf(seen.now, { resource, kind });
    const missing = seen.missing[resource];
    const why =
      !missing || missing.why === 'absent'
        ? 'not present on this kernel'
        : (notTakenText(missing.detail) ?? `not readable: ${missing.why}`);
    const role =
      resource === 'cpu'
        ? milder(grade(stall?.avg10Pct, limit), saturated)
        : grade(standingPct(seen, { resource, kind }), limit);
    return { resource, kind, stall, role, why };
  });
  return { rows, history: seen.history, empty: rows.some(({ stall }) => stall) ? undefined : whyNone(seen) };
}

function whyNone(seen: Moment<PressureNeeds>['pressure']): string {
  const why = whyMissing(seen);
  return why === 'unread'
    ? 'not read yet'
    : why === 'absent'
      ? 'not present: /proc/pressure needs Linux 4.20 and psi=1'
      : why.detail;
}

const LABEL = 12;
const FIGURE = 7;
/** Least share that fills a cell of the trend. */
const LEAST_TOP_PCT = 10;

function drawRow(
  { resource, kind, stall, role, why }: PressureRow,
  model: PressureModel,
  columns: number,
  theme: Theme,
) {
  const label = theme.paint('label', fit(`${resource} ${kind}`, LABEL));
  if (!stall) return label + theme.paint('dim', cut(`${theme.glyphs.missing} ${why}`, columns - LABEL));
  const trend = Math.max(0, columns - LABEL - 4 * FIGURE - 2);
  const past = stallHistory(model.history, Math.max(1, trend), { resource, kind });
  // Traces of pressure are not scaled up to the full height.
  const top = Math.max(LEAST_TOP_PCT, ...past.slice(-trend).map((pct) => pct ?? 0));
  const mark = role === 'warn' || role === 'crit' ? theme.glyphs.severity[role] : '';
  const figures = [
    theme.paint('text', fit(percent(past.at(-1)), FIGURE, 'right')),
    theme.paint(role, fit(mark + percent(stall.avg10Pct), FIGURE, 'right')),
    theme.paint('dim', fit(percent(stall.avg60Pct), FIGURE, 'right')),
    theme.paint('dim', fit(percent(stall.avg300Pct), FIGURE, 'right')),
  ].join('');
  return cutStyled(
    `${label}${figures}  ${sparkline(past, trend, theme, top, role === 'text' ? 'accent' : role)}`,
    columns,
  );
}

export const pressureSection = (model: PressureModel): LinesSection => ({
  kind: 'lines',
  id: 'pressure',
  title: 'Pressure',
  note: model.empty === undefined ? 'PSI, % of time stalled' : '',
  sources: ['pressure'],
  wantRows: () => (model.empty === undefined ? model.rows.length + 1 : 1),
  draw: (columns, rows, theme) => {
    if (model.empty !== undefined) return [theme.paint('dim', cut(model.empty, columns))];
    const head = ['now', 'avg10', 'avg60', 'avg300'].map((title) => fit(title, FIGURE, 'right')).join('');
    return [
      theme.paint('dim', cut(' '.repeat(LABEL) + head, columns)),
      ...model.rows.map((row) => drawRow(row, model, columns, theme)),
    ].slice(0, rows);
  },
});
