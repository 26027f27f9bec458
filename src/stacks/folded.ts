import { plain } from '../lib/plain.ts';
import { frameName } from './frame-name.ts';
import type { StackProfile } from './profile.ts';
import type { StackFrame } from './stack.ts';
import { waitStates } from './wait-state.ts';

/** Numbers of samples by stack: names of frames from the outermost, separated by semicolons; sanitised. */
export type FoldedStacks = ReadonlyMap<string, number>;

/** Marks of flamegraph.pl and inferno: kernel, inlined, just in time. */
const mark = ({ kind, inlined }: StackFrame): string =>
  kind === 'kernel' ? '_[k]' : inlined ? '_[i]' : kind === 'java' || kind === 'javascript' ? '_[j]' : '';

/** A semicolon separates frames, the last blank the number. */
const part = (text: string): string => plain(text).replaceAll(';', ':');

/**
 * Folded stacks, a line each: process, state, frames from the outermost, number of samples. Input of flamegraph.pl, inferno and
 * speedscope (https://github.com/brendangregg/FlameGraph#2-fold-stacks).
 *
 *     nova-compute;on CPU;<module>;main;_poll 12
 */
export const foldedText = (profile: StackProfile): string =>
  [...foldedStacks(profile)]
    .map((line) => `${lineOf(line)}\n`)
    .toSorted()
    .join('');

/** Folded stacks, the most frequent first. */
export const foldedLines = (profile: StackProfile): readonly string[] =>
  [...foldedStacks(profile)].toSorted(([, a], [, b]) => b - a).map(lineOf);

const lineOf = ([line, samples]: readonly [string, number]): string => `${line} ${samples}`;

/** Folded stacks of a profile: process, state, frames from the outermost. */
export function foldedStacks({ name, stacks }: StackProfile): FoldedStacks {
  const counts = new Map<string, number>();
  for (const { state, frames, samples } of stacks) {
    const line = [part(name), waitStates[state], ...frames.map((frame) => part(frameName(frame)) + mark(frame))].join(
      ';',
    );
    counts.set(line, (counts.get(line) ?? 0) + samples);
  }
  return counts;
}
