import type { Seen } from './moment.ts';
import type { PastEvent } from '../findings/finding.ts';

/** What a counter of events shows over a window. */
export interface CounterEvents {
  readonly count: number;
  /** How long ago the last one was first seen in the counter; undefined without one. */
  readonly ageSeconds: number | undefined;
  /** Time that the window really covers, of what was watched. */
  readonly watchedSeconds: number;
}

/** An event is taken for present for this long; a loop that repeats it more often stays present. */
const PRESENT_SECONDS = 60;

/** Increments of a counter by step, so that the last one has a time. A counter that went back counts on from its new value. */
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

/** The `past` field of a finding about events of which the last is this old; undefined: older than the watch. */
export const pastAfter = (ageSeconds: number | undefined): { readonly past?: PastEvent } =>
  ageSeconds !== undefined && ageSeconds <= PRESENT_SECONDS ? {} : { past: { ageSeconds } };
