/** Median of numbers; undefined without any. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [upper, lower] = [sorted[middle], sorted[middle - 1]];
  return sorted.length % 2 === 0 && upper !== undefined && lower !== undefined ? (upper + lower) / 2 : upper;
}

/**
 * Threshold of outliers: median + 3.5 robust standard deviations, one being 1.4826 times the median distance from the
 * median. B. Iglewicz and D. Hoaglin, How to Detect and Handle Outliers, 1993.
 */
export function outlierAbove(
  values: readonly number[],
): { readonly median: number; readonly limit: number } | undefined {
  const middle = median(values);
  if (middle === undefined) return undefined;
  const spread = median(values.map((value) => Math.abs(value - middle))) ?? 0;
  return { median: middle, limit: middle + 3.5 * 1.4826 * spread };
}
