import { judge, type Judged } from '../../src/findings/judge.ts';
import type { AnyFinding } from '../../src/findings/finding.ts';
import type { AnySource } from '../../src/sources/source.ts';
import { hostMoments } from './hosts.ts';
import { watched } from './moments.ts';
import { overlay, type Changes } from './overlay.ts';

export type { Changes } from './overlay.ts';

/** A fault as data: a recorded host with changed answers at each moment, and what the rule finds on it. */
export interface Fault {
  readonly rule: AnyFinding;
  readonly host: string;
  readonly moments: readonly Changes[];
  /** Default: 30. */
  readonly secondsApart?: number;
  readonly finds: { readonly severity: string; readonly subject: string; readonly sentence: string | RegExp };
}

/**
 * Findings of a rule on a recorded host with faults laid over it, read `secondsApart` apart: one set of changes for each
 * moment. Moments that the recording does not have repeat its last.
 */
export async function foundOn(
  rule: AnyFinding,
  host: string,
  changes: readonly Changes[] = [{}, {}],
  secondsApart = 30,
): Promise<readonly Judged[]> {
  const { timeline, nowMs } = await timelineOf(rule, host, changes, secondsApart);
  return judge([rule], (needs) => timeline.latestMoment(needs, nowMs));
}

/** Timeline of the sources of a rule on such a host. */
export const timelineOf = (rule: AnyFinding, host: string, changes: readonly Changes[], secondsApart = 30) =>
  timelineOn(Object.values<AnySource>(rule.needs), host, changes, secondsApart);

/** Timeline of these sources on such a host. */
export function timelineOn(
  sources: readonly AnySource[],
  host: string,
  changes: readonly Changes[],
  secondsApart = 30,
) {
  const recorded = hostMoments(host);
  const moments = changes.map((changed, i) => {
    const moment = recorded[i] ?? recorded.at(-1);
    if (!moment) throw new Error(`${host} has no moment`);
    return { at: 1000 + i * secondsApart, host: overlay(moment.host, changed) };
  });
  return watched(sources, moments);
}

export const faultFound = ({ rule, host, moments, secondsApart }: Fault): Promise<readonly Judged[]> =>
  foundOn(rule, host, moments, secondsApart);

/** Faults of one host, by what its rule finds. */
export const faultOn =
  (host: string, secondsApart = 30) =>
  (
    rule: AnyFinding,
    moments: readonly Changes[],
    [severity, subject, sentence]: readonly [severity: string, subject: string, sentence: string | RegExp],
  ): Fault => ({ rule, host, moments, secondsApart, finds: { severity, subject, sentence } });
