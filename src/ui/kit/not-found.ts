import { withAdvice } from '../../entities/processes/hidden-processes.ts';
import type { Presence } from '../../panes/pane.ts';
import type { Seen } from '../../timeline/moment.ts';

/** Presence of a subsystem that was not found: absent, or hidden where processes are not readable. */
export const notFound = (absent: string, hidden: string | undefined): Presence =>
  hidden === undefined ? { absent } : { hidden: withAdvice(hidden) };

const NOT_TAKEN = /\bnot in this (?:recording|sosreport)\b/;

/** `not in this recording` of the detail of a read that was not taken; undefined for any other. */
export const notTakenText = (detail: string | undefined): string | undefined => NOT_TAKEN.exec(detail ?? '')?.[0];

/** The same of sources without a value, when all that is missing of each was not taken. */
export function notTakenReason(...sources: readonly Seen<unknown>[]): string | undefined {
  const texts = sources.flatMap(({ missing }) => {
    const gaps = Object.values(missing);
    return gaps.length === 0 ? [undefined] : gaps.map(({ detail }) => notTakenText(detail));
  });
  return texts.every((text) => text !== undefined) ? texts[0] : undefined;
}
