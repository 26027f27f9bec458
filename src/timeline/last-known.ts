import type { Seen } from './moment.ts';

/**
 * A source that gives nothing now (who told it is silent) seen as it told last, as far back as is kept: with the age of
 * that, and without rates. What tells now, and what never told, is as it was.
 */
export function lastKnown<Sample>(seen: Seen<Sample>): Seen<Sample> {
  if (seen.now !== undefined) return seen;
  const newest = seen.history.at(-1);
  const told = seen.history.findLast(({ sample }) => sample !== undefined);
  if (!newest || !told) return seen;
  return {
    ...seen,
    now: told.sample,
    before: undefined,
    seconds: undefined,
    ageMs: (seen.ageMs ?? 0) + newest.wallMs - told.wallMs,
  };
}
