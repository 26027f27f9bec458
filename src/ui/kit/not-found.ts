import { withAdvice } from '../../entities/processes/hidden-processes.ts';
import type { Presence } from '../../panes/pane.ts';

/** The presence of what was not found: absent, or hidden where it could not have been found. */
export const notFound = (absent: string, hidden: string | undefined): Presence =>
  hidden === undefined ? { absent } : { hidden: withAdvice(hidden) };
