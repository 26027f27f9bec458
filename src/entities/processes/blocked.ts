import type { processes, Process } from '../../sources/processes/processes.ts';
import type { SampleOf } from '../../sources/source.ts';
import type { Entry } from '../../timeline/moment.ts';
import { isFrozen } from '../containers/frozen.ts';

/** Far above the latency of a disk. */
export const BLOCKED_SECONDS = 5;
/** One that reads and writes all the time is often in D at two readings, and goes on between them. */
const LEAST_READINGS = 3;

export interface BlockedProcess {
  readonly process: Process;
  readonly seconds: number;
}

/**
 * Processes in D state now and in every reading of the last seconds, without CPU time in between, longest first. Processes of
 * `frozen` containers are paused and not blocked.
 */
export function blockedProcesses(
  history: readonly Entry<SampleOf<typeof processes>>[],
  frozen: ReadonlySet<string>,
): readonly BlockedProcess[] {
  const last = history.at(-1);
  if (!last) return [];
  const blocked: BlockedProcess[] = [];
  for (const process of last.sample.processes.values()) {
    if (process.state !== 'D' || isFrozen(process, frozen)) continue;
    const since = blockedSince(history, process);
    if (since !== undefined && last.at - since >= BLOCKED_SECONDS) blocked.push({ process, seconds: last.at - since });
  }
  return blocked.toSorted((a, b) => b.seconds - a.seconds);
}

/**
 * CPU time in ticks of 10 ms, not timeslices of schedstat: writers that a hung disk throttles wake every 0.2 s to look again
 * (balance_dirty_pages). /proc/PID/schedstat is also not read while stat stays the same.
 */
const hasStood = (then: Process, now: Process): boolean =>
  then.state === 'D' && then.startTicks === now.startTicks && then.cpuSeconds === now.cpuSeconds;

/** Host's time of the first of the readings up to now in which a process stood still in D; undefined for too few. */
function blockedSince(history: readonly Entry<SampleOf<typeof processes>>[], process: Process): number | undefined {
  let since: number | undefined;
  let readings = 0;
  for (let i = history.length - 1; i >= 0; i--) {
    const { at, sample } = history[i] as Entry<SampleOf<typeof processes>>;
    const then = sample.processes.get(process.pid);
    // The host's clock restarts at boot.
    if (!then || !hasStood(then, process) || at > (since ?? at)) break;
    since = at;
    readings++;
  }
  return readings >= LEAST_READINGS ? since : undefined;
}
