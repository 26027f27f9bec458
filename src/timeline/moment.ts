import type { Missing } from '../host/host.ts';
import type { ReadPart } from '../lib/read-part.ts';
import type { AnySource, SampleOf } from '../sources/source.ts';
import type { SinceStart } from './since-start.ts';

/** Sample of a source on the timeline. */
export interface Entry<Sample = unknown> {
  readonly sample: Sample;
  /** Host's monotonic clock, seconds, for rates. */
  readonly at: number;
  /** Engineer's clock, ms since 1970, for age and cursor. */
  readonly wallMs: number;
  /** Missing reads by their name in the source, with the reason. */
  readonly missing: Readonly<Record<string, Missing>>;
  /** Reads that were cut at their timeout, by their name: the sample has older values of what they did not read. */
  readonly parts?: Readonly<Record<string, ReadPart>> | undefined;
  readonly tookMs: number;
  /** Memory on top of the previous sample, estimated, KiB; undefined for small samples. */
  readonly weightKiB?: number | undefined;
  /** Memory without shared parts, KiB; undefined for samples that share nothing. */
  readonly aloneKiB?: number | undefined;
  /** Makes a sample that refers to the previous one independent of it; undefined for independent samples. */
  readonly settle?: () => void;
}

/** Source at a moment: its sample, and the previous one for rates. */
export interface Seen<Sample> {
  /** Undefined until the first reading. */
  readonly now: Sample | undefined;
  readonly before: Sample | undefined;
  /** Seconds between the two by the host's clock; undefined without two. */
  readonly seconds: number | undefined;
  /** Age of `now` at the cursor. */
  readonly ageMs: number | undefined;
  /** Latency of `now`, round trip included. */
  readonly tookMs: number | undefined;
  readonly missing: Readonly<Record<string, Missing>>;
  /** Basis of means since the start of its counters, in a recording of one moment. */
  readonly sinceStart?: SinceStart<Sample> | undefined;
  /** Entries up to the cursor, oldest first, 15 minutes. */
  readonly history: readonly Entry<Sample>[];
  /** Thinned entries before `history`, oldest first; a function since it is rarely needed. */
  readonly older: () => readonly Entry<Sample>[];
}

export type Needs = Readonly<Record<string, AnySource>>;

/** Needed sources at one time: the only input of a pane or a finding. */
export type Moment<N extends Needs> = { readonly [Name in keyof N]: Seen<SampleOf<N[Name]>> };

/** Rate per second between two samples; undefined without two, without time between them, and after a counter reset. */
export function perSecond<Sample>(
  seen: Seen<Sample>,
  pick: (sample: Sample) => number | undefined,
): number | undefined {
  if (seen.now === undefined || seen.before === undefined) return undefined;
  return delta(pick(seen.now), pick(seen.before), seen.seconds);
}

/** (now − before) / seconds; undefined for an invalid pair. */
export function delta(
  now: number | undefined,
  before: number | undefined,
  seconds: number | undefined,
): number | undefined {
  if (now === undefined || before === undefined || seconds === undefined || !(seconds > 0) || !(now >= before))
    return undefined;
  const rate = (now - before) / seconds;
  return Number.isFinite(rate) ? rate : undefined;
}
