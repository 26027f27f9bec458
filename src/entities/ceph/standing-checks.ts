import type { HealthCheck, HealthSample } from '../../sources/ceph/health.ts';
import type { CephStatus } from '../../sources/ceph/status.ts';
import type { Seen } from '../../timeline/moment.ts';

export interface HealthSeen {
  readonly cephHealth: Seen<HealthSample | undefined>;
  readonly cephStatus: Seen<CephStatus | undefined>;
}

/**
 * Health checks that stand now. Their detail lines are read every few seconds only; `ceph status`, read more often, lists the
 * checks: one that it lacks is over, and one that it has already is there without its lines.
 */
export function standingChecks({ cephHealth: health, cephStatus: status }: HealthSeen): readonly HealthCheck[] {
  const known = health.missing['health'] === undefined ? health.now?.checks : undefined;
  const current = status.missing['status'] === undefined ? status.now?.checks : undefined;
  if (current === undefined) return known ?? [];
  if (known !== undefined && (status.ageMs ?? 0) >= (health.ageMs ?? 0)) return known;
  const detailed = new Map((known ?? []).map((check) => [check.code, check]));
  return current.map((check) => detailed.get(check.code) ?? check);
}
