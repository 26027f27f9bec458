import { checkMembers } from './check-members.ts';
import type { Onset } from '../../findings/finding.ts';
import { median } from '../../lib/outlier.ts';
import type { HealthCheck } from '../../sources/ceph/health.ts';
import type { CephStatus } from '../../sources/ceph/status.ts';

/** Start of a health check by a clock of the cluster; undefined for checks without one: the monitors keep no start of a check. */
export function checkOnset(
  check: HealthCheck,
  status: CephStatus | undefined,
  downSeconds: (osd: number) => number | undefined,
): Onset | undefined {
  const blocked = numberIn(/oldest one blocked for (\d{1,9}) sec/, check.message);
  if (blocked !== undefined) return { secondsAgo: blocked, source: `${check.code}, oldest op` };
  // PGs stand idle before they are stuck, so the oldest time is too old for most.
  const stuck = median(check.detail.flatMap((line) => numberIn(/ is stuck \w+ for (\d{1,9})s\b/, line) ?? []));
  if (stuck !== undefined) return { secondsAgo: stuck, source: `${check.code}, stuck PGs` };
  if (check.code === 'OSD_DOWN') {
    const ages = checkMembers(check).map(({ name }) => downSeconds(Number(name.replace('osd.', ''))));
    const known = ages.flatMap((age) => age ?? []);
    if (known.length > 0 && known.length === ages.length)
      return { secondsAgo: Math.max(...known), source: 'OSD map, time of down' };
  }
  // The quorum of now has formed without it.
  if (check.code === 'MON_DOWN' && status?.quorumAgeSeconds !== undefined)
    return { secondsAgo: status.quorumAgeSeconds, source: 'quorum age' };
  return undefined;
}

function numberIn(pattern: RegExp, text: string): number | undefined {
  const number = pattern.exec(text)?.[1];
  return number === undefined ? undefined : Number(number);
}
