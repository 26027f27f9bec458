import type { Seen } from './moment.ts';
import type { PastEvent } from '../findings/finding.ts';

/** Events of a counter in a window. */
export interface CounterEvents {
  readonly count: number;
  /** Age of the last event, from its first sample; undefined without one. */
  readonly ageSeconds: number | undefined;
  /** Time that the samples of the window cover. */
  readonly watchedSeconds: number;
}

/** Age up to which an event is present; a loop that repeats it more often stays present. */
const PRESENT_SECONDS = 60;

/** Increments of a counter by sample, so that the last one has a time. A reset counter continues from its new value. */
export function counterEvents<Sample>(
  { history, ageMs }: Pick<Seen<Sample>, 'history' | 'ageMs'>,
  pick: (sample: Sample) => number | undefined,
  windowSeconds: number,
): CounterEvents {
  const last = history.at(-1);
  let count = 0;
  let eventAt: number | undefined;
  let newer: { readonly at: number; readonly value: number } | undefined;
  let earliest = last?.at ?? 0;
  for (const { at, sample } of history.toReversed()) {
    // The host's clock starts at 0 when it boots; its counters too.
    if (at > earliest) break;
    earliest = at;
    const value = sample === undefined ? undefined : pick(sample);
    if (value === undefined) continue;
    if (newer && newer.value > value) {
      count += newer.value - value;
      eventAt ??= newer.at;
    }
    newer = { at, value };
    if (last && last.at - at >= windowSeconds) break;
  }
  const now = last?.at ?? 0;
  return {
    count,
    ageSeconds: eventAt === undefined ? undefined : now - eventAt + (ageMs ?? 0) / 1000,
    watchedSeconds: now - earliest,
  };
}

/** `past` field of a finding about events, by the age of the last one; undefined: before the first sample. */
export const pastAfter = (ageSeconds: number | undefined): { readonly past?: PastEvent } =>
  ageSeconds !== undefined && ageSeconds <= PRESENT_SECONDS ? {} : { past: { ageSeconds } };
