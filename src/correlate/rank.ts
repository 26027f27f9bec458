import { median } from '../lib/outlier.ts';
import {
  byStrength,
  compare,
  LEAST_BEFORE,
  LEAST_DURING,
  strengthOf,
  type Comparison,
  type Strength,
} from './compare.ts';
import { windowBefore, type Series, type Window } from './series.ts';

/** Series that moved in the window. */
export interface Moved {
  readonly series: Series;
  readonly comparison: Comparison;
  readonly strength: Strength;
  /** Compared values, at the times of the series: its own, or the rates of a counter. */
  readonly values: ArrayLike<number>;
  /** The series is a counter: its rate per second was compared. */
  readonly perSecond: boolean;
  /** The row did not exist before the window. */
  readonly appeared: boolean;
  /** Further rows of the column that moved the same way, strongest first. */
  readonly others: readonly Moved[];
}

export interface Correlation {
  readonly window: Window;
  readonly before: Window;
  /** Strongest first, folded by column. */
  readonly moved: readonly Moved[];
  /** Number of series with enough readings. */
  readonly compared: number;
  /** Number of series that vary and have too few readings in the window or before. */
  readonly tooFew: number;
}

/** Series between two yields. */
const STEP = 200;
/** Least standard deviation that is assumed, as a share of the column's scale, and of the value before. */
const SCALE_SHARE = 0.01;
const LEVEL_SHARE = 0.02;
/** The same for a row that appeared: only the large ones of its table matter. */
const APPEARED_SHARE = 0.02;
/** Rows of one column that moved the same way are folded from this number. */
const FOLD_FROM = 2;

/** Ranks series by how far they moved in the window against the time before it; yields the number done between steps. */
export function* rank(all: readonly Series[], window: Window, startMs: number): Generator<number, Correlation> {
  const before = windowBefore(window, startMs);
  const found: Moved[] = [];
  let compared = 0;
  let tooFew = 0;
  for (const [index, series] of all.entries()) {
    const result = compareSeries(series, window, before);
    if (result === 'too few') tooFew++;
    else {
      compared++;
      if (result !== 'same') found.push(result);
    }
    if (index % STEP === STEP - 1) yield index + 1;
  }
  return { window, before, moved: folded(onePerAppearance(found.toSorted(byMove))), compared, tooFew };
}

const byMove = (a: Moved, b: Moved): number => byStrength(a.comparison, b.comparison);

function compareSeries(series: Series, window: Window, before: Window): Moved | 'too few' | 'same' {
  const { least, format } = series.measure;
  if (series.absentBefore !== undefined && series.absentBefore >= LEAST_BEFORE) {
    const { values } = series;
    const during = within(series.at, values, window.fromMs, window.toMs + 1);
    if (during.length < LEAST_DURING) return 'too few';
    const zeros = Array.from({ length: series.absentBefore }, () => 0);
    const comparison = compare(zeros, during, Math.max(least, APPEARED_SHARE * series.scale));
    const strength = comparison && strengthOf(comparison);
    if (!strength) return 'same';
    return { series, comparison, strength, values, perSecond: false, appeared: true, others: [] };
  }
  const rated = rateOf(series, before);
  const values = rated ?? series.values;
  const during = within(series.at, values, window.fromMs, window.toMs + 1);
  const earlier = within(series.at, values, before.fromMs, before.toMs);
  if (earlier.length < LEAST_BEFORE || during.length < LEAST_DURING) return 'too few';
  const scale = rated ? 0 : series.scale;
  if (rangeOf(earlier, during) < Math.max(least, SCALE_SHARE * scale)) return 'same';
  const level = Math.abs(median(earlier) ?? 0);
  const comparison = compare(earlier, during, Math.max(least, SCALE_SHARE * scale, LEVEL_SHARE * level));
  const strength = comparison && strengthOf(comparison);
  if (!strength) return 'same';
  const shown = comparison.kind === 'shift' ? comparison.duringMedian : comparison.extreme;
  if (format(comparison.beforeMedian) === format(shown)) return 'same';
  return { series, comparison, strength, values, perSecond: rated !== undefined, appeared: false, others: [] };
}

/** Distance of the largest from the smallest value. */
function rangeOf(...all: readonly (readonly number[])[]): number {
  let [low, high] = [Infinity, -Infinity];
  for (const values of all)
    for (const value of values) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  return high - low;
}

/** Known values in a time; NaN is missing. */
function within(at: ArrayLike<number>, values: ArrayLike<number>, fromMs: number, untilMs: number): number[] {
  const found: number[] = [];
  for (let i = 0; i < at.length; i++) {
    const value = values[i] ?? Number.NaN;
    const wallMs = at[i] ?? 0;
    if (wallMs >= fromMs && wallMs < untilMs && Number.isFinite(value)) found.push(value);
  }
  return found;
}

/** Share of the steps before the window that rise in a counter. */
const COUNTER_SHARE = 0.5;

/**
 * Rate per second of a counter: a figure that never falls and rises in half of the steps before the window (packets, an
 * uptime), or never rises and falls in as many. Undefined for other figures.
 */
function rateOf({ at, values }: Series, before: Window): readonly number[] | undefined {
  let last: { readonly wallMs: number; readonly value: number } | undefined;
  let [moves, steps] = [0, 0];
  let monotone: 1 | -1 | 0 = 0;
  const rates: number[] = [];
  for (let i = 0; i < at.length; i++) {
    const value = values[i] ?? Number.NaN;
    const wallMs = at[i] ?? 0;
    if (!Number.isFinite(value)) {
      rates.push(Number.NaN);
      continue;
    }
    const change = last === undefined ? 0 : value - last.value;
    if (change !== 0) {
      const direction = change > 0 ? 1 : -1;
      if (monotone === -direction) return undefined;
      monotone = direction;
    }
    rates.push(last === undefined || wallMs <= last.wallMs ? Number.NaN : (change / (wallMs - last.wallMs)) * 1000);
    if (last !== undefined && wallMs >= before.fromMs && wallMs < before.toMs) {
      steps++;
      if (change !== 0) moves++;
    }
    last = { wallMs, value };
  }
  return steps >= LEAST_BEFORE - 1 && moves >= COUNTER_SHARE * steps ? rates : undefined;
}

/** The strongest figure of each row that appeared: all of its figures are new. */
function onePerAppearance(ranked: readonly Moved[]): readonly Moved[] {
  const seen = new Set<string>();
  return ranked.filter(({ appeared, series: { pane, section, row } }) => {
    if (!appeared) return true;
    const object = [pane, section, row].join('\n');
    if (seen.has(object)) return false;
    seen.add(object);
    return true;
  });
}

/** Rows of one column that moved the same way, as the strongest of them with the others. */
function folded(ranked: readonly Moved[]): readonly Moved[] {
  const groups = Map.groupBy(ranked, ({ series, comparison }) => `${series.group}\n${comparison.direction}`);
  const out: Moved[] = [];
  for (const members of groups.values()) {
    const [first, ...others] = members;
    if (first && members.length >= FOLD_FROM) out.push({ ...first, others });
    else out.push(...members);
  }
  return out.toSorted(byMove);
}
