import type { Container } from './container.ts';
import { RECENT_SECONDS } from './docker-recent-events.ts';

/** Exit codes of a container that was stopped: 0, SIGKILL, SIGTERM. */
const STOPPED = new Set([0, 137, 143]);

/** Whether a container ended by itself with an error in the last minutes; one stopped by a signal was stopped on purpose. */
export const exitedByItself = ({ state, exitCode, since, oomEvents }: Container): boolean =>
  state === 'exited' &&
  exitCode !== undefined &&
  !STOPPED.has(exitCode) &&
  oomEvents === 0 &&
  since.stateSeconds !== undefined &&
  since.stateSeconds <= RECENT_SECONDS;
