import { median } from '../../lib/outlier.ts';
import type { Ping } from '../../sources/ceph/heartbeats.ts';
import { limits } from '../../thresholds.ts';

/** Factor over the median from which a heartbeat is slow. */
const TIMES_MEDIAN = 10;

/** Heartbeats whose mean of the last minute is slow for the cluster, with the median of all. */
export interface SlowPings {
  readonly slow: readonly Ping[];
  readonly medianMs: number;
}

export function slowPings(pings: readonly Ping[]): SlowPings {
  const known = pings.filter(({ stale, oneMinuteMs }) => !stale && oneMinuteMs !== undefined);
  const medianMs = median(known.map(({ oneMinuteMs = 0 }) => oneMinuteMs)) ?? 0;
  const slow = known.filter(
    ({ oneMinuteMs = 0 }) =>
      oneMinuteMs >= limits.osdPingMs.crit || oneMinuteMs >= Math.max(limits.osdPingMs.warn, TIMES_MEDIAN * medianMs),
  );
  return { slow, medianMs };
}
