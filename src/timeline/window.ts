import type { Entry, Seen } from './moment.ts';

/**
 * A source seen over a longer time than from one reading to the next, so that one busy second is no finding: `before`
 * becomes the newest sample at least `wantedSeconds` old, or the oldest there is. With less than `leastSeconds` of
 * watching there is no `before` at all, so a rule stays silent.
 */
export function overLast<Sample>(seen: Seen<Sample>, wantedSeconds: number, leastSeconds = 0): Seen<Sample> {
  const now = seen.history.at(-1);
  if (!now) return seen;
  let before: Entry<Sample> | undefined;
  for (const entry of seen.history.slice(0, -1).toReversed()) {
    // The host's clock starts anew when it boots; its counters too.
    if (entry.at >= (before ?? now).at) break;
    if (entry.sample === undefined) continue;
    before = entry;
    if (now.at - entry.at >= wantedSeconds) break;
  }
  return before && now.at - before.at >= leastSeconds
    ? { ...seen, before: before.sample, seconds: now.at - before.at }
    : { ...seen, before: undefined, seconds: undefined };
}
