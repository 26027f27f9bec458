import type { StandingFinding } from './session.ts';

/** Time after the start of a session in which all sources are read and judged for the first time. */
const FIRST_MS = 15_000;

/** Whether a fault may have begun before its `sinceMs`: it was there when the session began, and no clock has its start. */
export const mayBeOlder = ({ past, onset, sinceMs }: StandingFinding, fromMs: number): boolean =>
  past === undefined && onset === undefined && sinceMs - fromMs <= FIRST_MS;
