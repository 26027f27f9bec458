import type { AnySource, Newest } from '../sources/source.ts';
import type { Moment, Needs, Seen } from './moment.ts';
import { cutReads, sampleOf, upperBound } from './timeline.ts';

/** Time of a moment by the engineer's clock, from the age of its newest sample; undefined before the first reading. */
export function timeOfMoment(moment: Moment<Needs>): number | undefined {
  const times = Object.values<Seen<unknown>>(moment).flatMap(({ history, ageMs }) => {
    const last = history.at(-1);
    return last === undefined || ageMs === undefined ? [] : last.wallMs + ageMs;
  });
  return times.length === 0 ? undefined : Math.max(...times);
}

/**
 * Some sources as they were at an earlier time, from the history in a moment: for a rule, which gets nothing else.
 * `seenOf`: the source in that moment.
 */
export function earlierMoment(
  needs: Needs,
  seenOf: (source: AnySource) => Seen<unknown> | undefined,
  wallMs: number,
): Moment<Needs> {
  const at = (source: AnySource) => {
    const history = seenOf(source)?.history ?? [];
    return { history, end: upperBound(history, wallMs) };
  };
  const newest = ((source: AnySource) => {
    const { history, end } = at(source);
    return history[end - 1]?.sample;
    // A sample has the type of its source.
  }) as Newest;
  const earlier: Record<string, Seen<unknown>> = {};
  for (const [name, source] of Object.entries(needs)) {
    const now = seenOf(source);
    if (now === undefined) continue;
    const { history, end } = at(source);
    if (end === history.length) {
      earlier[name] = now;
      continue;
    }
    const [previous, entry] = [history[end - 2], history[end - 1]];
    const sample = entry && sampleOf(source, entry);
    const partial = sample === undefined ? undefined : source.partial?.(sample, newest);
    earlier[name] = {
      now: sample,
      before: sample === undefined ? undefined : sampleOf(source, previous),
      seconds: entry && previous && entry.at > previous.at ? entry.at - previous.at : undefined,
      ageMs: entry && Math.max(0, wallMs - entry.wallMs),
      tookMs: entry?.tookMs,
      missing: { ...entry?.missing, ...(sample !== undefined && entry && cutReads(entry)), ...partial },
      history: history.slice(0, end),
      older: now.older,
    };
  }
  // Each name has the samples of its source.
  return earlier as Moment<Needs>;
}
