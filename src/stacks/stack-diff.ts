import type { FoldedStacks } from './folded.ts';

/** Share of samples of a function before and after, in percent. */
export interface ShareChange {
  readonly name: string;
  /** With the function anywhere in the stack, once for a recursive one. */
  readonly beforePct: number;
  readonly afterPct: number;
  /** Change of the share that ends in the function, in percentage points. */
  readonly selfPoints: number;
}

/** Difference of two samples of stacks, of one process or of the same program on two hosts. */
export interface StackDiff {
  readonly beforeSamples: number;
  readonly afterSamples: number;
  /** Greatest change first; those without one are left out. */
  readonly functions: readonly ShareChange[];
}

/** Smaller changes are noise of sampling, in percentage points. */
const LEAST_POINTS = 0.1;

/** Change of a function's share, in percentage points. */
export const pointsOf = ({ beforePct, afterPct }: Pick<ShareChange, 'beforePct' | 'afterPct'>): number =>
  afterPct - beforePct;

/** `+12.5`, `-3.0`: percentage points with their sign. */
export const pointsText = (points: number): string => `${points < 0 ? '-' : '+'}${Math.abs(points).toFixed(1)}`;

/** Difference of two folded samples by shares, so that samplings of unequal length compare. */
export function diffStacks(before: FoldedStacks, after: FoldedStacks): StackDiff {
  const [old, now] = [sharesOf(before), sharesOf(after)];
  const functions = [...new Set([...old.total.keys(), ...now.total.keys()])].map((name) => ({
    name,
    beforePct: old.total.get(name) ?? 0,
    afterPct: now.total.get(name) ?? 0,
    selfPoints: (now.self.get(name) ?? 0) - (old.self.get(name) ?? 0),
  }));
  const size = (change: ShareChange): number => Math.max(Math.abs(pointsOf(change)), Math.abs(change.selfPoints));
  return {
    beforeSamples: old.samples,
    afterSamples: now.samples,
    functions: functions
      .filter((change) => size(change) >= LEAST_POINTS)
      // A function that changed by itself stands above its callers, which changed as much.
      .toSorted(
        (a, b) => size(b) - size(a) || Math.abs(b.selfPoints) - Math.abs(a.selfPoints) || (a.name < b.name ? -1 : 1),
      ),
  };
}

interface Shares {
  readonly samples: number;
  /** Percent of samples with a function, and of those that end in it. */
  readonly total: ReadonlyMap<string, number>;
  readonly self: ReadonlyMap<string, number>;
}

function sharesOf(stacks: FoldedStacks): Shares {
  const [total, self] = [new Map<string, number>(), new Map<string, number>()];
  const samples = [...stacks.values()].reduce((sum, one) => sum + one, 0);
  const add = (to: Map<string, number>, name: string, number: number) =>
    to.set(name, (to.get(name) ?? 0) + (100 * number) / Math.max(1, samples));
  for (const [stack, number] of stacks) {
    const names = stack.split(';');
    for (const name of new Set(names)) add(total, name, number);
    add(self, names.at(-1) ?? '', number);
  }
  return { samples, total, self };
}

/** Functions of a text. */
const MAX_FUNCTIONS = 200;

/** Difference as a table, greatest change first. `before` and `after` are the names of the samples. */
export function diffText(diff: StackDiff, before: string, after: string): string {
  const { functions, beforeSamples, afterSamples } = diff;
  const left = functions.length - MAX_FUNCTIONS;
  const cell = (text: string): string => text.padStart(8);
  const lines = [
    `before: ${before}, ${beforeSamples} samples`,
    `after:  ${after}, ${afterSamples} samples`,
    '',
    functions.length === 0
      ? `no function changed by ${LEAST_POINTS} percentage points`
      : `${['BEFORE', 'AFTER', 'CHANGE', 'SELF'].map(cell).join('')}  FUNCTION`,
    ...functions
      .slice(0, MAX_FUNCTIONS)
      .map(
        (change) =>
          `${cell(`${change.beforePct.toFixed(1)}%`)}${cell(`${change.afterPct.toFixed(1)}%`)}${cell(pointsText(pointsOf(change)))}${cell(pointsText(change.selfPoints))}  ${change.name}`,
      ),
    ...(left > 0 ? [`and ${left} functions more with smaller changes`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * Folded stacks with both numbers of samples, as of difffolded.pl: input of flamegraph.pl for a red and blue flame graph
 * (https://www.brendangregg.com/blog/2014-11-09/differential-flame-graphs.html).
 *
 *     nova-compute;on CPU;<module>;main;_poll 12 40
 */
export const diffFolded = (before: FoldedStacks, after: FoldedStacks): string =>
  [...new Set([...before.keys(), ...after.keys()])]
    .toSorted()
    .map((stack) => `${stack} ${before.get(stack) ?? 0} ${after.get(stack) ?? 0}\n`)
    .join('');
