import { judge, type Judged } from '../../src/findings/judge.ts';
import type { AnyFinding } from '../../src/findings/finding.ts';
import type { AnySource } from '../../src/sources/source.ts';
import { hostMoments } from './hosts.ts';
import { watched } from './moments.ts';
import { overlay } from './overlay.ts';

/** Changed readings, in the form of `overlay`. */
export type Changes = Readonly<Record<string, string | undefined>>;

/**
 * Findings of a rule on a recorded host with changed readings: one set of changes per round of reads, rounds
 * `secondsApart` apart. Rounds beyond the recording repeat its last moment.
 */
export async function foundOn(
  rule: AnyFinding,
  host: string,
  rounds: readonly Changes[] = [{}, {}],
  secondsApart = 30,
): Promise<readonly Judged[]> {
  const recorded = hostMoments(host);
  const moments = rounds.map((changes, i) => {
    const moment = recorded[i] ?? recorded.at(-1);
    if (!moment) throw new Error(`${host} has no moment`);
    return { at: 1000 + i * secondsApart, host: overlay(moment.host, changes) };
  });
  const { timeline, nowMs } = await watched(Object.values<AnySource>(rule.needs), moments);
  return judge([rule], (needs) => timeline.latestMoment(needs, nowMs));
}
