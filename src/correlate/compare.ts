/** Least number of readings in the window, and in the time before it, for a result. */
export const LEAST_DURING = 3;
export const LEAST_BEFORE = 6;

/** Comparison of the readings in a window with those before it. Invariant to a shift and a scale of all values. */
export interface Comparison {
  /** Shift: the whole window differs. Peaks: part of its readings lie outside the range before. */
  readonly kind: 'shift' | 'peaks';
  readonly direction: 1 | -1;
  readonly beforeMedian: number;
  readonly duringMedian: number;
  /** Highest reading of the window, or the lowest for a fall. */
  readonly extreme: number;
  /** Two-sample Kolmogorov–Smirnov statistic, 0 to 1; for peaks 1 − p. */
  readonly separation: number;
  /** Probability of such a difference in readings of one distribution, independent of each other. */
  readonly p: number;
  /** Size of the change in robust standard deviations of the readings before; at most 1000. */
  readonly spreads: number;
}

const MAX_SPREADS = 1000;

/**
 * Compares two samples by the Kolmogorov–Smirnov statistic, as KS2 of Netdata's Metric Correlations does, and by the
 * size of the change. `floor` is the least standard deviation that is assumed: jitter below it does not matter.
 * Undefined with too few readings, and without a change.
 */
export function compare(before: readonly number[], during: readonly number[], floor: number): Comparison | undefined {
  if (before.length < LEAST_BEFORE || during.length < LEAST_DURING) return undefined;
  const a = Float64Array.from(before).toSorted();
  const b = Float64Array.from(during).toSorted();
  const [low = 0, high = 0] = [a[0], a.at(-1)];
  if (low === high && b[0] === low && b.at(-1) === low) return undefined;
  const beforeMedian = middle(a);
  const duringMedian = middle(b);
  const spread = Math.max(spreadOf(a, beforeMedian), floor);
  const sizeOf = (change: number) =>
    spread > 0 ? Math.min(MAX_SPREADS, change / spread) : change > 0 ? MAX_SPREADS : 0;
  const shift = duringMedian - beforeMedian;
  const rises = shift === 0 ? (b.at(-1) ?? 0) - high >= low - (b[0] ?? 0) : shift > 0;
  const separation = ksStatistic(a, b);
  const shifted = {
    kind: 'shift',
    direction: rises ? 1 : -1,
    beforeMedian,
    duringMedian,
    extreme: (rises ? b.at(-1) : b[0]) ?? duringMedian,
    separation,
    p: ksProbability(separation, a.length, b.length),
    spreads: sizeOf(Math.abs(shift)),
  } as const;
  const peaks = peaksOf(a, b, { beforeMedian, duringMedian, sizeOf });
  return peaks && rankOf(peaks) < rankOf(shifted) ? peaks : shifted;
}

/** Readings of the window outside the range before: chance of so many, and their mean distance from the range. */
function peaksOf(
  a: Float64Array,
  b: Float64Array,
  {
    beforeMedian,
    duringMedian,
    sizeOf,
  }: Pick<Comparison, 'beforeMedian' | 'duringMedian'> & { readonly sizeOf: (change: number) => number },
): Comparison | undefined {
  const [low = 0, high = 0] = [a[0], a.at(-1)];
  const above = b.filter((value) => value > high);
  const below = b.filter((value) => value < low);
  const direction = above.length >= below.length ? 1 : -1;
  const outside = direction === 1 ? above : below;
  const edge = direction === 1 ? high : low;
  if (outside.length === 0) return undefined;
  let chance = 1;
  for (let i = 0; i < outside.length; i++) chance *= (b.length - i) / (a.length + b.length - i);
  const p = Math.min(1, 2 * chance);
  const mean = outside.reduce((sum, value) => sum + Math.abs(value - edge), 0) / outside.length;
  return {
    kind: 'peaks',
    direction,
    beforeMedian,
    duringMedian,
    extreme: (direction === 1 ? b.at(-1) : b[0]) ?? edge,
    separation: 1 - p,
    p,
    spreads: sizeOf(mean),
  };
}

/** Robust standard deviation: 1.4826 times the median distance from the median; of mostly idle series the plain one. */
function spreadOf(sorted: Float64Array, mid: number): number {
  const distances = sorted.map((value) => Math.abs(value - mid)).toSorted();
  const robust = 1.4826 * middle(distances);
  if (robust > 0) return robust;
  return Math.sqrt(distances.reduce((sum, value) => sum + value * value, 0) / distances.length);
}

const middle = (sorted: Float64Array): number => {
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 0 ? ((sorted[half - 1] ?? upper) + upper) / 2 : upper;
};

/** Largest distance of the two empirical distribution functions. */
export function ksStatistic(a: Float64Array, b: Float64Array): number {
  let [i, j, most] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i] ?? 0, b[j] ?? 0);
    while (i < a.length && a[i] === value) i++;
    while (j < b.length && b[j] === value) j++;
    most = Math.max(most, Math.abs(i / a.length - j / b.length));
  }
  return most;
}

/** Asymptotic probability of the statistic: Numerical Recipes, 14.3.3. */
function ksProbability(statistic: number, before: number, during: number): number {
  const root = Math.sqrt((before * during) / (before + during));
  const lambda = (root + 0.12 + 0.11 / root) * statistic;
  let sum = 0;
  for (let k = 1; k <= 100; k++) {
    const term = 2 * (k % 2 === 1 ? 1 : -1) * Math.exp(-2 * k * k * lambda * lambda);
    sum += term;
    if (Math.abs(term) <= 1e-10 * Math.abs(sum)) return Math.min(1, Math.max(0, sum));
  }
  return 1;
}

export type Strength = 'strong' | 'clear' | 'weak';

/** Strength by both measures, each with a limit; undefined below the least. */
export function strengthOf({ p, spreads }: Pick<Comparison, 'p' | 'spreads'>): Strength | undefined {
  if (p <= 1e-4 && spreads >= 6) return 'strong';
  if (p <= 0.01 && spreads >= 3) return 'clear';
  return p <= 0.05 && spreads >= 1.5 ? 'weak' : undefined;
}

const RANK = { strong: 0, clear: 1, weak: 2, none: 3 } as const;
const rankOf = (comparison: Comparison): number => RANK[strengthOf(comparison) ?? 'none'];

/** Order: strength, separation with size, then size. */
export const byStrength = (a: Comparison, b: Comparison): number =>
  rankOf(a) - rankOf(b) || score(b) - score(a) || b.spreads - a.spreads;

/** Value to rank by within a strength: how separate the readings are, and how far apart on a logarithmic scale. */
const score = ({ separation, spreads }: Pick<Comparison, 'separation' | 'spreads'>): number =>
  separation * Math.log2(1 + spreads);
