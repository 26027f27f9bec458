import { missing, type Missing, type Read } from '../../host/host.ts';
import { processes } from '../../sources/processes/processes.ts';
import type { AnySource } from '../../sources/source.ts';
import { isWhole, stateOf, stateWords } from '../../timeline/reading-state.ts';
import type { Seen } from '../../timeline/moment.ts';
import type { Timeline } from '../../timeline/timeline.ts';

/** What the state of a process table is made of. */
export type Walk = Pick<Seen<unknown>, 'ageMs' | 'missing' | 'now'>;

/** Whether a process that is not in the table does not run: read, and not hidden from this login. */
export const seesAll = (table: Walk): boolean => isWhole(stateOf(table));

/** State of a process table that was not read whole. */
export const unseenWords = (table: Walk): string | undefined =>
  seesAll(table) ? undefined : stateWords(stateOf(table));

/** Reason that a table with rows lacks processes of other users. */
export const hiddenReason = ({ now, missing: gaps }: Pick<Walk, 'now' | 'missing'>): string | undefined =>
  now !== undefined && gaps['table']?.why === 'denied' ? gaps['table'].detail : undefined;

/** The reason with its remedy. */
export const withAdvice = (hidden: string): string => `Processes of other users ${hidden}: unlock sudo (s)`;

/** Reason by the newest readings of a timeline, whatever their age. */
export const hiddenIn = (timeline: Timeline): string | undefined =>
  hiddenReason(timeline.latestMoment({ processes }, 0).processes);

/** Gap of a source that walks processes or threads in /proc while others are `hidden`: its sample is partial. */
export function hiddenGap(
  source: Pick<AnySource, 'reads'>,
  hidden: string | undefined,
): Readonly<Record<string, Missing>> {
  if (hidden === undefined) return {};
  // A source's reads are plain data: see `Reads`.
  const walks = Object.entries(source.reads as Readonly<Record<string, Read>>).filter(
    ([, { kind }]) => kind === 'processes' || kind === 'threads' || kind === 'limits',
  );
  return Object.fromEntries(walks.map(([name]) => [name, missing('denied', hidden)]));
}
