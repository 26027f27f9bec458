import type { Missing } from '../host/host.ts';
import { plain } from '../lib/plain.ts';
import { span } from '../lib/units.ts';
import type { Seen } from './moment.ts';

/** State of our own reading of a part of the host, in the words that everything on screen, in reports and notes uses. */
export type ReadingState =
  | { readonly state: 'read' | 'not present' | 'not read yet' | NotTaken }
  | { readonly state: 'not readable'; readonly why: string }
  | { readonly state: 'stale'; readonly seconds: number };

type NotTaken = 'not in this recording' | 'not in this sosreport';

declare const checked: unique symbol;

/**
 * Words for nothing in a list or a subsystem. Only the functions of this file make them: that nothing is there is stated
 * only of what was read.
 */
export type NothingWords = string & { readonly [checked]: true };

const READ: ReadingState = { state: 'read' };
const NOT_PRESENT: ReadingState = { state: 'not present' };
const NOT_READ_YET: ReadingState = { state: 'not read yet' };

const NOT_TAKEN = /\bnot in this (?:recording|sosreport)\b/;
/** Detail of a path or a daemon: `/proc/1/io: permission denied`. */
const BY_PATH = /^(\/.*?|\S+): (.+)$/s;

/** State of a read without a value. */
export function stateOfMissing({ why, detail }: Pick<Missing, 'why' | 'detail'>): ReadingState {
  if (why === 'absent') return NOT_PRESENT;
  const [notTaken] = NOT_TAKEN.exec(detail) ?? [];
  // The pattern has these two texts only.
  if (notTaken !== undefined) return { state: notTaken as NotTaken };
  const [, path, reason] = BY_PATH.exec(detail) ?? [];
  return { state: 'not readable', why: plain(path === undefined ? detail : `${reason} (${path})`) };
}

/** State of a source at a moment, or of some of its reads: `read` only where no value is missing but for what is not present. */
export function stateOf(
  { ageMs, missing, now }: Pick<Seen<unknown>, 'ageMs' | 'missing' | 'now'>,
  ...reads: readonly string[]
): ReadingState {
  if (ageMs === undefined) return NOT_READ_YET;
  const gaps = reads.length === 0 ? Object.values(missing) : reads.flatMap((read) => missing[read] ?? []);
  const other = gaps.find(({ why }) => why !== 'absent');
  if (other !== undefined) return stateOfMissing(other);
  return (reads.length === 0 ? now === undefined : gaps.length === reads.length) ? NOT_PRESENT : READ;
}

/** State of a detail, whose sample is undefined until it is read. */
export const stateOfDetail = (sample: unknown, missing: Seen<unknown>['missing'] = {}, ...reads: string[]): ReadingState =>
  stateOf({ ageMs: sample === undefined && Object.keys(missing).length === 0 ? undefined : 0, missing, now: sample }, ...reads); // prettier-ignore

/** State of all together: that of the first that is neither read nor `not present`. */
export const stateOfAll = (...states: readonly ReadingState[]): ReadingState =>
  states.find((one) => one.state === 'not read yet') ??
  states.find((one) => !isWhole(one)) ??
  states.find(({ state }) => state === 'read') ??
  NOT_PRESENT;

/** Whether what is not in a list is not there. */
export const isWhole = ({ state }: ReadingState): boolean => state === 'read' || state === 'not present';

/** `not present`, `not readable: permission denied (/proc/1/io)`, `stale 12 s`. */
export function stateWords(one: ReadingState): NothingWords {
  const words =
    one.state === 'not readable'
      ? `not readable: ${one.why}`
      : one.state === 'stale'
        ? `stale ${span(one.seconds)}`
        : one.state;
  return words as NothingWords;
}

/** Words of an empty list: `none` where all of it was read, else the state. */
export function nothingWords(none: string, ...states: readonly [ReadingState, ...ReadingState[]]): NothingWords {
  const state = stateOfAll(...states);
  return isWhole(state) ? ownWords(none) : stateWords(state);
}

/** Words of an empty list that holds no readings: matches of a filter, marks, changes of the screen. */
export const ownWords = (none: string): NothingWords => none as NothingWords;

/** Number of objects in a list; undefined where none are listed and the list was not read whole. */
export const numberKnown = (
  listed: number,
  ...states: readonly [ReadingState, ...ReadingState[]]
): number | undefined => (listed > 0 || isWhole(stateOfAll(...states)) ? listed : undefined);
