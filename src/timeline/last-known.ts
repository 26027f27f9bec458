import type { Entry, Seen } from './moment.ts';

/** The newest entry of which this is true, however old it is. */
export const newestEntry = <Sample>(
  { history, older }: Pick<Seen<Sample>, 'history' | 'older'>,
  isIt: (entry: Entry<Sample>) => boolean,
): Entry<Sample> | undefined => history.findLast(isIt) ?? older().findLast(isIt);

/** What was told last, and how long ago that was; no age when it is what is told now. */
export interface LastValue<Value> {
  readonly value: Value;
  readonly ageSeconds: number | undefined;
  /** By the host's clock, seconds, and by the engineer's. */
  readonly at: number;
  readonly wallMs: number;
}

/** A daemon that falls silent takes nothing away: its last word holds until it speaks again, with the age of that. */
export function lastValue<Sample, Value>(
  seen: Pick<Seen<Sample>, 'now' | 'history' | 'older' | 'ageMs'>,
  pick: (sample: Sample) => Value | undefined,
): LastValue<Value> | undefined {
  const of = (sample: Sample | undefined): Value | undefined => (sample === undefined ? undefined : pick(sample));
  const entry = newestEntry(seen, ({ sample }) => of(sample) !== undefined);
  const value = of(entry?.sample);
  if (entry === undefined || value === undefined) return undefined;
  const sinceMs = (seen.history.at(-1)?.wallMs ?? entry.wallMs) - entry.wallMs;
  return {
    value,
    ageSeconds: of(seen.now) === undefined ? ((seen.ageMs ?? 0) + sinceMs) / 1000 : undefined,
    at: entry.at,
    wallMs: entry.wallMs,
  };
}

/**
 * A source that gives nothing now (who told it is silent) seen as it told last: with the age of that, and without rates.
 * What tells now, and what never told, is as it was.
 */
export function lastKnown<Sample>(seen: Seen<Sample>): Seen<Sample> {
  if (seen.now !== undefined) return seen;
  const told = lastValue(seen, (sample) => sample);
  if (told?.ageSeconds === undefined) return seen;
  return { ...seen, now: told.value, before: undefined, seconds: undefined, ageMs: told.ageSeconds * 1000 };
}
