import { plain } from '../../lib/plain.ts';
import type { Seen } from '../../timeline/moment.ts';

/** Why a source gave nothing: `absent` when all it asked for is not on this host, else the first other reason. */
export function whyMissing(seen: Seen<unknown>): 'absent' | 'unread' | { readonly detail: string } {
  if (seen.ageMs === undefined) return 'unread';
  const other = Object.values(seen.missing).find(({ why }) => why !== 'absent');
  return other === undefined ? 'absent' : { detail: plain(`${other.why}: ${other.detail}`) };
}

/** Text of a table in place of rows. */
export function whyEmpty(seen: Seen<unknown>, none: string, waiting: string): string {
  if (seen.now === undefined) {
    const why = whyMissing(seen);
    return why === 'unread' ? 'not read yet' : why === 'absent' ? 'not on this host' : why.detail;
  }
  return seen.before === undefined ? waiting : none;
}
