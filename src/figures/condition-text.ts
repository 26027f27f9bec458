import { plain } from '../lib/plain.ts';
import { plural } from '../lib/units.ts';
import type { Condition } from './condition.ts';
import type { FigureReading, Held, Verdict } from './condition-watch.ts';

/** `osd.1 commit 230ms` */
export const readingText = ({ figure: { object, title, value, measure } }: FigureReading): string =>
  [plain(object), plain(title), value === undefined ? 'without a value' : measure.format(value)]
    .filter((part) => part !== '')
    .join(' ');

/** `osd.1 commit 230ms: osd.1 commit > 200 ms for 3 s, since 10:02:03Z, and 2 more`; the first figure stands for all. */
export function metText({ text }: Condition, [first, ...others]: readonly [Held, ...Held[]]): string {
  const since = `since ${new Date(first.sinceMs).toISOString().slice(11, 19)}Z${first.isExact ? '' : ' or before'}`;
  return [`${readingText(first)}: ${plain(text)}`, since, ...(others.length > 0 ? [`and ${others.length} more`] : [])].join(', '); // prettier-ignore
}

/** Present state of a condition that is not met: `osd.1 commit 230ms for 1 s`, `osd.1 commit 12ms`. */
export function waitingText({ beginning: [begun], readings }: Verdict): string {
  if (begun) return `${readingText(begun)} for ${plural(Math.round((begun.readMs - begun.sinceMs) / 1000), 'second')}`;
  const [only, ...others] = readings;
  if (!only) return 'no such figure yet';
  return others.length > 0 ? plural(readings.length, 'figure') : readingText(only);
}
