import { resample } from '../lib/resample.ts';
import type { Theme } from '../theme.ts';

interface Points {
  readonly at: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Share of the cells for the window itself: it is shorter than the time before it. */
const WINDOW_SHARE = 0.4;

/**
 * Sparkline of the time before a window and of the window, with a line between them; without style, exactly `columns`
 * cells. The scale is from the lowest to the highest value; cells without a reading have the one before, times without
 * any are gaps.
 */
export function windowSpark(
  { at, values }: Points,
  { before, window }: { readonly before: Span; readonly window: Span },
  columns: number,
  theme: Theme,
): string {
  const right = Math.max(1, Math.round((columns - 1) * WINDOW_SHARE));
  const points = Array.from(at, (wallMs, i) => ({ wallMs, value: Number.isFinite(values[i]) ? values[i] : undefined }));
  const parts = [
    resample(points, before.fromMs, before.toMs - 1, columns - 1 - right),
    resample(points, window.fromMs, window.toMs, right),
  ].map(held);
  const known = parts.flat().flatMap((value) => value ?? []);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const { spark, box } = theme.glyphs;
  const cell = (value: number | undefined) =>
    value === undefined ? ' ' : (spark[high > low ? 1 + Math.round(((value - low) / (high - low)) * 7) : 1] ?? ' ');
  return parts.map((part) => part.map(cell).join('')).join(theme.ascii ? '|' : box.down);
}

/** A cell without a reading between two with one has the value of the one before: sources are slower than the cells. */
function held(cells: readonly (number | undefined)[]): readonly (number | undefined)[] {
  const end = cells.findLastIndex((value) => value !== undefined);
  let last: number | undefined;
  return cells.map((value, i) => {
    last = value ?? last;
    return i <= end ? last : undefined;
  });
}
