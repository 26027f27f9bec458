import { judge, type Judged } from '../../src/findings/judge.ts';
import type { AnyFinding } from '../../src/findings/finding.ts';
import type { AnySource } from '../../src/sources/source.ts';
import { hostMoments } from './hosts.ts';
import { watched } from './moments.ts';
import { overlay } from './overlay.ts';

export type Changes = Readonly<Record<string, string | undefined>>;

/**
 * What a rule says of a recorded host with faults laid over it, after it was looked at `secondsApart` apart: one set of
 * changes for each look. Looks that the recording does not have repeat its last.
 */
export async function foundOn(
  rule: AnyFinding,
  host: string,
  looks: readonly Changes[] = [{}, {}],
  secondsApart = 30,
): Promise<readonly Judged[]> {
  const recorded = hostMoments(host);
  const moments = looks.map((changes, i) => {
    const moment = recorded[i] ?? recorded.at(-1);
    if (!moment) throw new Error(`${host} has no moment`);
    return { at: 1000 + i * secondsApart, host: overlay(moment.host, changes) };
  });
  const { timeline, nowMs } = await watched(Object.values<AnySource>(rule.needs), moments);
  return judge([rule], (needs) => timeline.latestMoment(needs, nowMs));
}
