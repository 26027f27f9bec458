import type { StandingFinding } from './session.ts';

/** Time after the start of a session in which all sources are read and judged for the first time. */
const FIRST_MS = 15_000;

/** Whether a fault may have begun before its `sinceMs`: it was there when the session began, and no clock has its start. */
export const mayBeOlder = ({ past, onset, sinceMs }: StandingFinding, fromMs: number): boolean =>
  past === undefined && onset === undefined && sinceMs - fromMs <= FIRST_MS;

/** Time before which a cause is looked for: the onset of a finding, or the start of the session where it may be older than that. */
export const onsetOrConnect = (
  finding: StandingFinding,
  fromMs: number,
): { readonly atMs: number; readonly of: 'onset' | 'connect' } =>
  mayBeOlder(finding, fromMs)
    ? { atMs: fromMs, of: 'connect' }
    : { atMs: finding.onset ? finding.seenMs - finding.onset.secondsAgo * 1000 : finding.sinceMs, of: 'onset' };
