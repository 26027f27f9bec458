import type { Severity } from '../theme.ts';
import type { Observation, Role } from './observation.ts';

export const SEVERITY_WEIGHT: Readonly<Record<Severity, number>> = { crit: 3, warn: 1, info: 0.3 };

/** Weight of a finding as a root by its role: a measured cause before a full resource, and that before a symptom. */
const ROLE_WEIGHT: Readonly<Record<Role, number>> = { cause: 1, pressure: 0.6, symptom: 0.2 };

const SEVERITY_RANK: Readonly<Record<Severity, number>> = { crit: 0, warn: 1, info: 2 };

/** Weight of a finding as a root, without what it explains. */
export const rootWeight = ({ severity, role }: Observation): number => SEVERITY_WEIGHT[severity] * ROLE_WEIGHT[role];

export const bySeverity = (a: Observation, b: Observation): number =>
  SEVERITY_RANK[a.severity] - SEVERITY_RANK[b.severity];

export const worstOf = (observations: readonly Observation[]): Severity =>
  observations.toSorted(bySeverity)[0]?.severity ?? 'info';

/** Earliest onset first, those without one last, then by key: an order that does not depend on that of the input. */
export const byOnset = (a: Observation, b: Observation): number =>
  (a.onsetMs ?? Infinity) - (b.onsetMs ?? Infinity) || a.key.localeCompare(b.key);
