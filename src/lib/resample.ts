/** Value at a time. */
export interface Point {
  readonly wallMs: number;
  readonly value: number | undefined;
}

/** Means over equal intervals from `fromMs` to `toMs`; undefined for an interval without a known value. */
export function resample(
  points: readonly Point[],
  fromMs: number,
  toMs: number,
  steps: number,
): (number | undefined)[] {
  const sums = Array.from({ length: steps }, () => ({ sum: 0, known: 0 }));
  const stepMs = (toMs - fromMs) / steps;
  if (!(stepMs > 0)) return sums.map(() => undefined);
  for (const { wallMs, value } of points) {
    const bucket = sums[Math.min(steps - 1, Math.floor((wallMs - fromMs) / stepMs))];
    if (bucket === undefined || value === undefined || wallMs < fromMs || wallMs > toMs) continue;
    bucket.sum += value;
    bucket.known++;
  }
  return sums.map(({ sum, known }) => (known === 0 ? undefined : sum / known));
}
