import type { Seen } from '../../timeline/moment.ts';
import { missingText, NOT_PRESENT, NOT_READ_YET } from './missing-reason.ts';

/** Reason for a source without data: `absent` when no read found anything, else the first other reason. */
export function whyMissing(seen: Seen<unknown>): 'absent' | 'unread' | { readonly detail: string } {
  if (seen.ageMs === undefined) return 'unread';
  const other = Object.values(seen.missing).find(({ why }) => why !== 'absent');
  return other === undefined ? 'absent' : { detail: missingText(other) };
}

/** Text of a table without rows: the state of the source, `waiting` without a previous sample, else `none`. */
export function whyEmpty(seen: Seen<unknown>, none: string, waiting: string): string {
  if (seen.now === undefined) {
    const why = whyMissing(seen);
    return why === 'unread' ? NOT_READ_YET : why === 'absent' ? NOT_PRESENT : why.detail;
  }
  return seen.before === undefined ? waiting : none;
}
