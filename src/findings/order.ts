import type { Severity } from '../theme.ts';
import type { Found } from './finding.ts';

type Ranked = Pick<Found, 'severity' | 'past' | 'lastSecondsAgo'>;

/** Age of the last event above which what is measured now ranks before it. */
const AGED_SECONDS = 60;

const PRESENT: Readonly<Record<Severity, number>> = { crit: 0, warn: 1, info: 4 };
const PAST: Readonly<Record<Severity, number>> = { crit: 2, warn: 3, info: 5 };

/**
 * Place of a finding in every list, lowest first: present CRIT and WARN, past events, then what is only worth knowing. Of present ones with the
 * same severity those with an event of minutes ago come last.
 */
export const findingRank = ({ severity, past, lastSecondsAgo = 0 }: Ranked): number =>
  past ? PAST[severity] : PRESENT[severity] + (lastSecondsAgo > AGED_SECONDS ? 0.5 : 0);

export const byRank = (a: Ranked, b: Ranked): number => findingRank(a) - findingRank(b);
