import type { Severity } from '../theme.ts';
import type { Found } from './finding.ts';

type Ranked = Pick<Found, 'severity' | 'past'>;

const PRESENT: Readonly<Record<Severity, number>> = { crit: 0, warn: 1, info: 4 };
const PAST: Readonly<Record<Severity, number>> = { crit: 2, warn: 3, info: 5 };

/** Place of a finding in every list, lowest first: present CRIT and WARN, past events, then what is only worth knowing. */
export const findingRank = ({ severity, past }: Ranked): number => (past ? PAST : PRESENT)[severity];

export const byRank = (a: Ranked, b: Ranked): number => findingRank(a) - findingRank(b);
