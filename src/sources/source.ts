import type { AnswerOf, Read } from '../host/host.ts';
import type { Identifier } from '../redact/identifier.ts';

export type Reads = Readonly<Record<string, Read>>;

/** What the host gave for each read; undefined where it gave nothing (the reason is in the sample's health). */
export type Values<R extends Reads> = { readonly [Name in keyof R]: AnswerOf<R[Name]> | undefined };

/**
 * One thing that is read from a host: what to read, as data, and a pure function that understands it.
 * It keeps raw counters, never rates: those come from two samples (`moment.ts`).
 */
export interface Source<R extends Reads = Reads, Sample = unknown> {
  /** Same word as the file and, where there is one, the pane: `pressure`. */
  readonly id: string;
  readonly title: string;
  /** Why anybody would want it read: one sentence on the sheet for the customer's security team. */
  readonly why: string;
  /** How often at full rate; the scheduler may stretch it to stay within the budget. `once`: at connect, and on reconnect. */
  readonly everySeconds: number | 'once';
  /** How much it is missed when the budget is short: `low` is stretched first. */
  readonly value?: 'high' | 'low';
  readonly reads: R;
  /** About how much memory one sample takes, for sources whose samples are large: the timeline keeps fewer of them. */
  readonly weightKiB?: (sample: Sample) => number;
  /** Pure and total: never throws, whatever bytes the host sent; unknown is undefined, never 0. */
  readonly parse: (values: Values<R>) => Sample;
  /** Names in a sample that say whose it is: they are taken out of what is redacted. */
  readonly identifiers?: (sample: Sample) => readonly Identifier[];
}

/**
 * A source that is read only when somebody looks at one thing: the files of a process, a disk's SMART log.
 * `reads` gets its target from the screen, so everything in it ends up as data in a Read, never in a shell string.
 */
export interface DetailSource<Target, R extends Reads = Reads, Sample = unknown> {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  /** Not read again before this, for what costs the host much; as often as the detail asks unless told. */
  readonly everySeconds?: number;
  readonly reads: (target: Target) => R;
  readonly parse: (values: Values<R>, target: Target) => Sample;
  /** A target to show on the sheet of all reads: `{pid: 1}`. */
  readonly example: Target;
}

export type SampleOf<S> = S extends { parse: (...args: never[]) => infer Sample } ? Sample : never;

export const defineSource = <const R extends Reads, Sample>(source: Source<R, Sample>): Source<R, Sample> => source;

export const defineDetail = <Target, const R extends Reads, Sample>(
  source: DetailSource<Target, R, Sample>,
): DetailSource<Target, R, Sample> => source;

/** Any source, where only its reads and its name matter. */
// oxlint-disable-next-line typescript/no-explicit-any -- a list of sources of different samples; SampleOf recovers each
export type AnySource = Source<any, any>;

/** A detail source with its target filled in: ready to be read. */
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
