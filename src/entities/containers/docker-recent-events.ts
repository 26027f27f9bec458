import type { DockerEvent } from '../../sources/containers/docker-events.ts';
import type { DockerContainer } from '../../sources/containers/docker.ts';
import type { ContainerState } from './container.ts';

/** So long an end counts as one of many: a container that dies each few minutes is in a loop as well. */
export const LATELY_SECONDS = 600;

/** What one container went through lately, from the events of dockerd. */
export interface DockerLately {
  /** Started again after it had died. */
  readonly restarts: number;
  readonly oomEvents: number;
  /** Of the newest that counts; undefined without one. */
  readonly restartEpochSeconds: number | undefined;
  readonly oomEpochSeconds: number | undefined;
  readonly last: DockerEvent;
  readonly lastDied: DockerEvent | undefined;
  readonly health: string | undefined;
}

/** By id. Events are in the order of time; what is older than `LATELY_SECONDS` counts no more but for the state. */
export function dockerLately(
  events: readonly DockerEvent[],
  nowEpochSeconds: number | undefined,
): ReadonlyMap<string, DockerLately> {
  const all = new Map<string, DockerLately>();
  const newest = events.at(-1)?.epochSeconds ?? 0;
  const now = Math.max(nowEpochSeconds ?? newest, newest);
  for (const event of events) {
    const before = all.get(event.id);
    const counts = now - event.epochSeconds <= LATELY_SECONDS ? 1 : 0;
    const again = counts === 1 && event.action === 'start' && before?.lastDied !== undefined;
    const oom = counts === 1 && event.action === 'oom';
    all.set(event.id, {
      restarts: (before?.restarts ?? 0) + (again ? 1 : 0),
      oomEvents: (before?.oomEvents ?? 0) + (oom ? 1 : 0),
      restartEpochSeconds: again ? event.epochSeconds : before?.restartEpochSeconds,
      oomEpochSeconds: oom ? event.epochSeconds : before?.oomEpochSeconds,
      // `oom` and `rename` change no state.
      last: STATES[event.action] === undefined && before ? before.last : event,
      lastDied: event.action === 'die' ? event : before?.lastDied,
      health: event.action === 'health_status' ? event.detail : event.action === 'start' ? undefined : before?.health,
    });
  }
  return all;
}

const STATES: Readonly<Record<string, ContainerState>> = {
  create: 'created',
  start: 'running',
  unpause: 'running',
  pause: 'paused',
  die: 'exited',
  destroy: 'removing',
};

/** From so many ends and new starts on it is a loop, also while it runs for a moment in between. */
const LOOP_RESTARTS = 3;
/** Running for so long it is out of its loop: dockerd waits a minute at most before it tries again. */
const SETTLED_SECONDS = 60;

/** The state in the daemon's list, or, where that is older than the last event, what came of that. */
export function dockerState(
  listed: DockerContainer | undefined,
  lately: DockerLately | undefined,
  isNewer: boolean,
  nowEpochSeconds: number | undefined,
): ContainerState {
  const said = listedState(listed?.state);
  const told = lately && (isNewer || said === undefined) ? STATES[lately.last.action] : undefined;
  const state = told ?? said ?? 'unknown';
  if (!lately || lately.restarts < LOOP_RESTARTS) return state;
  const ranFor = nowEpochSeconds === undefined ? undefined : nowEpochSeconds - lately.last.epochSeconds;
  const loops = state === 'running' ? (ranFor ?? 0) < SETTLED_SECONDS : told === 'exited';
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
    // podman's words.
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
