import type { Missing } from '../host/host.ts';
import type { AnySource, SampleOf } from '../sources/source.ts';

/** One sample of one source, as the timeline keeps it. */
export interface Entry<Sample = unknown> {
  readonly sample: Sample;
  /** The host's monotonic clock, seconds: for rates. */
  readonly at: number;
  /** The engineer's clock, ms since 1970: for age and for the cursor. */
  readonly wallMs: number;
  /** Reads that gave nothing, by their name in the source, with the reason. */
  readonly missing: Readonly<Record<string, Missing>>;
  readonly tookMs: number;
  /** About how much memory it takes on top of the one before it, KiB; undefined for the many that take next to none. */
  readonly weightKiB?: number | undefined;
  /** And when nothing of it is shared with another; undefined when nothing ever is. */
  readonly aloneKiB?: number | undefined;
  /** Present where it leans on what came before it: from here on it stands alone. */
  readonly settle?: () => void;
}

/** One source as seen at a moment: now, and before it for rates. */
export interface Seen<Sample> {
  /** Undefined until the first reading has come. */
  readonly now: Sample | undefined;
  readonly before: Sample | undefined;
  /** Seconds between the two by the host's own clock; undefined without two. */
  readonly seconds: number | undefined;
  /** How old `now` is at the cursor. */
  readonly ageMs: number | undefined;
  /** How long the asking for `now` took, the way to the host and back included. */
  readonly tookMs: number | undefined;
  readonly missing: Readonly<Record<string, Missing>>;
  /** Entries up to the cursor, oldest first, at most 15 minutes. */
  readonly history: readonly Entry<Sample>[];
  /** What is still kept from before `history`, oldest first, thinned out. A function, since it is seldom wanted. */
  readonly older: () => readonly Entry<Sample>[];
}

export type Needs = Readonly<Record<string, AnySource>>;

/** All that a pane or a finding may know: each needed source, seen at one time. */
export type Moment<N extends Needs> = { readonly [Name in keyof N]: Seen<SampleOf<N[Name]>> };

/** Per second between two samples, or undefined when there are not two, time stood still, or the counter was reset. */
export function perSecond<Sample>(
  seen: Seen<Sample>,
  pick: (sample: Sample) => number | undefined,
): number | undefined {
  if (seen.now === undefined || seen.before === undefined) return undefined;
  return delta(pick(seen.now), pick(seen.before), seen.seconds);
}

/** (now − before) / seconds; undefined rather than a lie. */
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
