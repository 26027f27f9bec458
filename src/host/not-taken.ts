import { keyOf, missing, type Missing, type Read } from './host.ts';

/**
 * A read that a recording or a sosreport does not have. Never `absent`: the host may have it. `denied` for a daemon,
 * which did not fail to respond.
 */
export const notTaken = (what: Read, from: 'recording' | 'sosreport'): Missing =>
  missing(what.kind === 'talk' || what.kind === 'talks' ? 'denied' : 'failed', `${keyOf(what)}: not in this ${from}`);
