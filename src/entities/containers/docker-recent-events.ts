import type { DockerEvent } from '../../sources/containers/docker-events.ts';
import type { DockerContainer } from '../../sources/containers/docker.ts';
import type { ContainerState } from './container.ts';

/** Window of restarts and OOM events: a container that exits every few minutes is in a loop too. */
export const RECENT_SECONDS = 600;

/** Recent events of one container, from the stream of dockerd. */
export interface RecentEvents {
  /** Starts after an exit. */
  readonly restarts: number;
  readonly oomEvents: number;
  /** Time of the newest one in the window; undefined without one. */
  readonly restartEpochSeconds: number | undefined;
  /** First restart and OOM event in the window. */
  readonly firstRestartEpochSeconds: number | undefined;
  readonly firstOomEpochSeconds: number | undefined;
  readonly oomEpochSeconds: number | undefined;
  readonly last: DockerEvent;
  readonly lastDied: DockerEvent | undefined;
  readonly health: string | undefined;
  readonly healthEpochSeconds: number | undefined;
}

/** Recent events by container id. Input is in order of time; events older than `RECENT_SECONDS` only set the state. */
export function dockerRecentEvents(
  events: readonly DockerEvent[],
  nowEpochSeconds: number | undefined,
): ReadonlyMap<string, RecentEvents> {
  const all = new Map<string, RecentEvents>();
  const newest = events.at(-1)?.epochSeconds ?? 0;
  const now = Math.max(nowEpochSeconds ?? newest, newest);
  for (const event of events) {
    const before = all.get(event.id);
    const counts = now - event.epochSeconds <= RECENT_SECONDS ? 1 : 0;
    const again = counts === 1 && event.action === 'start' && before?.lastDied !== undefined;
    const oom = counts === 1 && event.action === 'oom';
    all.set(event.id, {
      restarts: (before?.restarts ?? 0) + (again ? 1 : 0),
      oomEvents: (before?.oomEvents ?? 0) + (oom ? 1 : 0),
      restartEpochSeconds: again ? event.epochSeconds : before?.restartEpochSeconds,
      firstRestartEpochSeconds: before?.firstRestartEpochSeconds ?? (again ? event.epochSeconds : undefined),
      firstOomEpochSeconds: before?.firstOomEpochSeconds ?? (oom ? event.epochSeconds : undefined),
      oomEpochSeconds: oom ? event.epochSeconds : before?.oomEpochSeconds,
      // `oom` and `rename` keep the state.
      last: STATES[event.action] === undefined && before ? before.last : event,
      lastDied: event.action === 'die' ? event : before?.lastDied,
      health: event.action === 'health_status' ? event.detail : event.action === 'start' ? undefined : before?.health,
      healthEpochSeconds: healthTime(event, before),
    });
  }
  return all;
}

/** Time at which the health became what it is: a check that fails again does not count. */
function healthTime(event: DockerEvent, before: RecentEvents | undefined): number | undefined {
  if (event.action === 'start') return undefined;
  if (event.action !== 'health_status') return before?.healthEpochSeconds;
  return event.detail === before?.health ? before?.healthEpochSeconds : event.epochSeconds;
}

const STATES: Readonly<Record<string, ContainerState>> = {
  create: 'created',
  start: 'running',
  unpause: 'running',
  pause: 'paused',
  die: 'exited',
  destroy: 'removing',
};

/** State that the last event left a container in. */
export const stateOfEvent = (recent: RecentEvents | undefined): ContainerState | undefined =>
  recent && STATES[recent.last.action];

/** Restarts in the window that make a loop, also while the container runs in between. */
const LOOP_RESTARTS = 3;
/** Running time that ends a loop: the restart backoff of dockerd is 1 minute or less. */
const SETTLED_SECONDS = 60;

/** State by the daemon's list, or by the last event where that is newer. */
export function dockerState(
  listed: DockerContainer | undefined,
  recent: RecentEvents | undefined,
  isNewer: boolean,
  nowEpochSeconds: number | undefined,
): ContainerState {
  const inList = listedState(listed?.state);
  const byEvent = recent && (isNewer || inList === undefined) ? STATES[recent.last.action] : undefined;
  const state = byEvent ?? inList ?? 'unknown';
  if (!recent || recent.restarts < LOOP_RESTARTS) return state;
  const ranFor = nowEpochSeconds === undefined ? undefined : nowEpochSeconds - recent.last.epochSeconds;
  const loops = state === 'running' ? (ranFor ?? 0) < SETTLED_SECONDS : byEvent === 'exited';
  return loops ? 'restarting' : state;
}

function listedState(state: string | undefined): ContainerState | undefined {
  switch (state) {
    case 'created':
    case 'running':
    case 'paused':
    case 'restarting':
    case 'removing':
    case 'exited':
    case 'dead':
      return state;
    // States of podman.
    case 'stopped':
      return 'exited';
    case 'configured':
    case 'initialized':
      return 'created';
    case undefined:
    default:
      return undefined;
  }
}
