import type { Entry, Seen } from './moment.ts';

/** Newest entry that matches, of any age. */
export const newestEntry = <Sample>(
  { history, older }: Pick<Seen<Sample>, 'history' | 'older'>,
  matches: (entry: Entry<Sample>) => boolean,
): Entry<Sample> | undefined => history.findLast(matches) ?? older().findLast(matches);

/** Last value of a source with its age; a present value has no age. */
export interface LastValue<Value> {
  readonly value: Value;
  readonly ageSeconds: number | undefined;
  /** Time by the host's clock, seconds; `wallMs` is the engineer's. */
  readonly at: number;
  readonly wallMs: number;
}

/** Last value of a source: that of an unresponsive daemon stays, with its age, until its next reply. */
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
 * Source with its last sample, stale and without rates, where it has none now (unresponsive daemon). A source with a
 * present sample, or without any, is unchanged.
 */
export function lastKnown<Sample>(seen: Seen<Sample>): Seen<Sample> {
  if (seen.now !== undefined) return seen;
  const last = lastValue(seen, (sample) => sample);
  if (last?.ageSeconds === undefined) return seen;
  return { ...seen, now: last.value, before: undefined, seconds: undefined, ageMs: last.ageSeconds * 1000 };
}
