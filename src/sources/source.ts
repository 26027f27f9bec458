import type { AnswerOf, Missing, Read } from '../host/host.ts';
import type { Identifier } from '../redact/identifier.ts';
import type { CountsSince } from '../timeline/since-start.ts';

export type Reads = Readonly<Record<string, Read>>;

/** Answers of the host by read; undefined where there is none (the timeline has the reason). */
export type Values<R extends Reads> = { readonly [Name in keyof R]: AnswerOf<R[Name]> | undefined };

/**
 * Source is one thing that is read from a host: reads as data, and a pure parser. It keeps raw counters, never rates: those
 * come from two samples (`moment.ts`).
 */
export interface Source<R extends Reads = Reads, Sample = unknown> {
  /** The word of its file and, where there is one, its pane: `pressure`. */
  readonly id: string;
  readonly title: string;
  /** Reason for the read, in one sentence on the sheet for the customer's security team. */
  readonly why: string;
  /** Period at full rate; the scheduler may stretch it to stay within the budget. `once`: at connect, and on reconnect. */
  readonly everySeconds: number | 'once';
  /** Importance when the budget is short: `low` is stretched first, `high` to 8 s at most; of what is cheap and names faults by itself. */
  readonly value?: 'high' | 'low';
  readonly reads: R;
  /** Cheap source after whose change it is read at once: of what is read seldom because it costs much. */
  readonly follows?: Followed;
  /** Start of its counters, where all figures that rates are made of have the same. */
  readonly countsSince?: CountsSince;
  /** Approximate memory of one sample, for sources whose samples are large: the timeline keeps fewer of them. */
  readonly weightKiB?: (sample: Sample) => number;
  /** Pure and total: never throws, whatever bytes the host sent; unknown is undefined, never 0. */
  readonly parse: (values: Values<R>) => Sample;
  /**
   * Reads whose value lacks a part, with the reason, by the newest samples of other sources: a process table where /proc
   * hides processes. The sample stays; what is not in it may be there.
   */
  readonly partial?: (sample: Sample, newest: Newest) => Readonly<Record<string, Missing>>;
  /** Names in a sample that identify a host, user or guest: redaction replaces them. */
  readonly identifiers?: (sample: Sample) => readonly Identifier[];
}

/**
 * DetailSource is read while a page about one thing is open: the files of a process, a disk's SMART log.
 * `reads` gets its target from the screen, so everything in it ends up as data in a Read, never in a shell string.
 */
export interface DetailSource<Target, R extends Reads = Reads, Sample = unknown> {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  /** Shortest period, for reads that cost the host much. Default: the period of the detail. */
  readonly everySeconds?: number;
  readonly reads: (target: Target) => R;
  readonly parse: (values: Values<R>, target: Target) => Sample;
  /** A target to show on the sheet of all reads: `{pid: 1}`. */
  readonly example: Target;
}

/** Source that another one follows, and what of its samples is compared; undefined where that is unknown. */
export interface Followed {
  readonly sourceId: string;
  readonly revision: (sample: unknown) => string | undefined;
}

export const following = <S extends AnySource>(
  source: S,
  revision: (sample: SampleOf<S>) => string | undefined,
): Followed => ({
  sourceId: source.id,
  // The schedule gives it samples of that source only.
  revision: (sample) => revision(sample as SampleOf<S>),
});

export type SampleOf<S> = S extends { parse: (...args: never[]) => infer Sample } ? Sample : never;

export const defineSource = <const R extends Reads, Sample>(source: Source<R, Sample>): Source<R, Sample> => source;

export const defineDetail = <Target, const R extends Reads, Sample>(
  source: DetailSource<Target, R, Sample>,
): DetailSource<Target, R, Sample> => source;

/** Any source, where only its reads and its id matter. */
// oxlint-disable-next-line typescript/no-explicit-any -- a list of sources of different samples; SampleOf recovers each
export type AnySource = Source<any, any>;

/** Newest sample of another source. */
export type Newest = <S extends AnySource>(source: S) => SampleOf<S> | undefined;

/** BoundDetail is a detail source with its target filled in. */
export interface BoundDetail {
  readonly id: string;
  readonly everySeconds?: number | undefined;
  readonly reads: Reads;
  // oxlint-disable-next-line typescript/no-explicit-any -- values fit the reads beside them by construction in bindDetail
  readonly parse: (values: any) => unknown;
}

export function bindDetail<Target, R extends Reads, Sample>(
  source: DetailSource<Target, R, Sample>,
  target: Target,
): BoundDetail {
  const { id, everySeconds } = source;
  return { id, everySeconds, reads: source.reads(target), parse: (values) => source.parse(values, target) };
}
