import { plural } from '../../lib/units.ts';
import type { FleetSample } from '../../sources/ceph/fleet.ts';
import type { HealthCheck } from '../../sources/ceph/health.ts';
import type { Seen } from '../../timeline/moment.ts';
import { standingChecks, type HealthSeen } from './standing-checks.ts';

/**
 * Health status whose check is not in the lists of checks, and mixed versions, which Ceph reports a week after they began
 * (mon_warn_older_version_delay).
 */
export function unreportedChecks(
  moment: HealthSeen & { readonly cephFleet: Seen<FleetSample | undefined> },
): readonly HealthCheck[] {
  const checks = standingChecks(moment);
  const made = (code: string, severity: string, message: string): HealthCheck => ({
    code,
    severity,
    message,
    count: undefined,
    muted: false,
    detail: [],
  });
  const { now, missing } = moment.cephStatus;
  const status = missing['status'] === undefined ? now?.health : undefined;
  const isBad = status === 'HEALTH_ERR' || status === 'HEALTH_WARN';
  // Of the same reply: health detail may be newer.
  const isReported = (now?.checks ?? checks).some(({ severity, muted }) => !muted && severity === status);
  const versions = new Map<string, number>();
  for (const { version, count } of moment.cephFleet.now?.versions ?? [])
    versions.set(version, (versions.get(version) ?? 0) + count);
  const isKnown = checks.some(({ code }) => code === OLD_VERSION);
  return [
    ...(isBad && !isReported ? [made(status, status, 'cluster status, no check of this severity reported')] : []),
    ...(versions.size > 1 && !isKnown
      ? [made(OLD_VERSION, 'HEALTH_WARN', `mixed versions, ${versionsText(versions)}`)]
      : []),
  ];
}

const OLD_VERSION = 'DAEMON_OLD_VERSION';

/** `3 daemons on 17.2.6, 6 on 16.2.11`: the fewest first, they are the ones to look at. */
const versionsText = (versions: ReadonlyMap<string, number>): string =>
  [...versions]
    .toSorted(([, a], [, b]) => a - b)
    .map(([version, number], index) => `${index === 0 ? plural(number, 'daemon') : number} on ${version}`)
    .join(', ');
