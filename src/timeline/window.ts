import type { Entry, Seen } from './moment.ts';
import { orSinceStart } from './since-start.ts';

/**
 * Source over a longer window than two readings, so that one busy second makes no finding: `before` becomes the newest
 * sample at least `wantedSeconds` old, or the oldest one. It is undefined for a window below `leastSeconds`, so that a
 * rule finds nothing.
 */
export function overLast<Sample>(seen: Seen<Sample>, wantedSeconds: number, leastSeconds = 0): Seen<Sample> {
  const now = seen.history.at(-1);
  if (!now) return seen;
  let before: Entry<Sample> | undefined;
  for (const entry of seen.history.slice(0, -1).toReversed()) {
    // The host's clock restarts at boot, and its counters.
    if (entry.at >= (before ?? now).at) break;
    if (entry.sample === undefined) continue;
    before = entry;
    if (now.at - entry.at >= wantedSeconds) break;
  }
  return before && now.at - before.at >= leastSeconds
    ? { ...seen, before: before.sample, seconds: now.at - before.at }
    : { ...seen, before: undefined, seconds: undefined };
}

/** The same, or over the whole life of its counters where a recording has one reading: `meanMark` belongs in the text. */
export const overLastOrLife = <Sample>(seen: Seen<Sample>, wantedSeconds: number, leastSeconds = 0): Seen<Sample> =>
  seen.sinceStart === undefined ? overLast(seen, wantedSeconds, leastSeconds) : orSinceStart(seen);

/** `, mean since boot` after a rate of one reading; '' after one between two. */
export const meanMark = ({ sinceStart }: Pick<Seen<unknown>, 'sinceStart'>): string =>
  sinceStart === undefined ? '' : `, mean since ${sinceStart.since}`;
