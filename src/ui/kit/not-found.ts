import { withAdvice } from '../../entities/processes/hidden-processes.ts';
import type { Presence } from '../../panes/pane.ts';

/** Presence of a subsystem that was not found: absent, or hidden where processes are not readable. */
export const notFound = (absent: string, hidden: string | undefined): Presence =>
  hidden === undefined ? { absent } : { hidden: withAdvice(hidden) };
