import type { Moment, Needs, Seen } from './moment.ts';

/** Start of the counters of a source: `boot` of the host, or `start` of a daemon, whose age is not known. */
export type CountsSince = 'boot' | 'start';

/** Basis of means over the whole life of counters, as the first line of iostat has them. */
export interface SinceStart<Sample> {
  readonly since: CountsSince;
  /** The sample with all figures 0. */
  readonly before: Sample;
  /** Seconds since boot; undefined since the start of a daemon: shares and latencies have means, rates have none. */
  readonly seconds: number | undefined;
}

const zeros = new WeakMap<object, unknown>();

/** Basis of a sample that is the only one of its source. */
export const sinceStart = <Sample>(sample: Sample, since: CountsSince, at: number): SinceStart<Sample> => ({
  since,
  get before() {
    return zeroed(sample);
  },
  seconds: since === 'boot' && at > 0 ? at : undefined,
});

/** Fields of numbers that are no figures: they name a CPU or a place in a list. */
const NAMES: ReadonlySet<string> = new Set(['cpu', 'cpus', 'countCpus', 'from', 'to']);

/** The value with all figures 0: same keys, names and shapes. */
function zeroed<Value>(value: Value): Value {
  // The shape of a value is kept by construction, so that its type is the same.
  return zeroOf(value) as Value;
}

function zeroOf(value: unknown): unknown {
  if (typeof value === 'number') return 0;
  if (typeof value !== 'object' || value === null) return value;
  const known = zeros.get(value);
  if (known !== undefined) return known;
  const made =
    value instanceof Map
      ? new Map([...value].map(([key, inner]: readonly [unknown, unknown]) => [key, zeroOf(inner)]))
      : Array.isArray(value)
        ? value.map(zeroOf)
        : Object.fromEntries(
            Object.entries(value).map(([key, inner]) => [key, NAMES.has(key) ? inner : zeroOf(inner)]),
          );
  zeros.set(value, made);
  return made;
}

/** Source with means since the start of its counters where it has one reading only; callers mark them. */
export const orSinceStart = <Sample>(seen: Seen<Sample>): Seen<Sample> =>
  seen.sinceStart === undefined ? seen : { ...seen, before: seen.sinceStart.before, seconds: seen.sinceStart.seconds };

/** The same for all sources of a moment. */
export function momentSinceStart<N extends Needs>(moment: Moment<N>): Moment<N> {
  const all = Object.entries<Seen<unknown>>(moment);
  if (!all.some(([, seen]) => seen.sinceStart)) return moment;
  // Each name keeps its source.
  return Object.fromEntries(all.map(([name, seen]) => [name, orSinceStart(seen)])) as Moment<N>;
}
