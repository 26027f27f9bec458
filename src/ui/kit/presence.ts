import type { Presence } from '../../panes/pane.ts';
import { isWhole, nothingWords, stateOf, stateOfAll, stateWords } from '../../timeline/reading-state.ts';
import type { Seen } from '../../timeline/moment.ts';

/** Presence of a subsystem by the sources that would show it: `none` where all of them were read and it is not `there`. */
export function presenceOf(
  there: boolean,
  none: string,
  ...sources: readonly [Seen<unknown>, ...Seen<unknown>[]]
): Presence {
  if (there) return 'present';
  const state = stateOfAll(...sources.map((seen) => stateOf(seen)));
  if (state.state === 'not read yet') return 'unknown';
  return isWhole(state) ? { absent: nothingWords(none, state) } : { hidden: stateWords(state) };
}
