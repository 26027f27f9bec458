import type { Missing } from '../../host/host.ts';
import { plain } from '../../lib/plain.ts';
import type { Seen } from '../../timeline/moment.ts';

export const NOT_PRESENT = 'not present';
export const NOT_READ_YET = 'not read yet';
const NOT_TAKEN = /\bnot in this (?:recording|sosreport)\b.*$/s;
/** Detail of a path or a daemon: `/proc/1/io: permission denied`. */
const BY_PATH = /^(\/.*?|\S+): (.+)$/s;

/** `not in this recording` of the detail of a read that was not recorded; undefined for any other. */
export const notTakenText = (detail: string | undefined): string | undefined => NOT_TAKEN.exec(detail ?? '')?.[0];

/** `not in this sosreport`, else why a read has no value: `timeout`. */
export const whyWords = ({ why, detail }: Pick<Missing, 'why' | 'detail'>): string => notTakenText(detail) ?? why;

/** State of a read without a value: `not present`, `not in this sosreport`, or `not readable` with the reason first. */
export function missingText({ why, detail }: Pick<Missing, 'why' | 'detail'>): string {
  if (why === 'absent') return NOT_PRESENT;
  const notTaken = notTakenText(detail);
  if (notTaken !== undefined) return plain(notTaken);
  const [, path, reason] = BY_PATH.exec(detail) ?? [];
  return plain(`not readable: ${path === undefined ? detail : `${reason} (${path})`}`);
}

/**
 * State of one read of a source; undefined for a read with a value. Parsers are total: without this text the figures of
 * a missing read are dashes without a reason.
 */
export function whyNothing(seen: Seen<unknown>, read: string): string | undefined {
  if (seen.ageMs === undefined) return NOT_READ_YET;
  const missing = seen.missing[read];
  return missing && missingText(missing);
}
