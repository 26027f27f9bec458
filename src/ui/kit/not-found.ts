import { withAdvice } from '../../entities/processes/hidden-processes.ts';
import type { Presence } from '../../panes/pane.ts';
import type { Seen } from '../../timeline/moment.ts';
import { notTakenText } from './missing-reason.ts';

/** Presence of a subsystem that was not found: absent, or hidden where processes are not readable. */
export const notFound = (absent: string, hidden: string | undefined): Presence =>
  hidden === undefined ? { absent } : { hidden: withAdvice(hidden) };

/** `not in this recording`, or sosreport, of sources without a value, when all that is missing of each was not recorded. */
export function notTakenReason(...sources: readonly Seen<unknown>[]): string | undefined {
  const texts = sources.flatMap(({ missing }) => {
    const gaps = Object.values(missing);
    return gaps.length === 0 ? [undefined] : gaps.map(({ detail }) => notTakenText(detail));
  });
  return texts.every((text) => text !== undefined) ? texts[0] : undefined;
}
