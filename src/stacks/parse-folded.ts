import { plain } from '../lib/plain.ts';
import { bytes } from '../lib/units.ts';
import type { FoldedStacks } from './folded.ts';

/** Different stacks of a file, and the length of one line. */
const MAX_STACKS = 200_000;
const MAX_LINE = 64 * 1024;

const LINE = /^(.+?) (\d{1,15})\r?$/;
/** Line of difffolded.pl: samples before and after. */
const DIFF_LINE = /^.+? \d{1,15} \d{1,15}\r?$/;

/** Text of another form than folded stacks, or above a limit. */
export class FoldedError extends Error {}

/**
 * Folded stacks of a text in the form of stackcollapse.pl, also of other profilers: frames from the outermost, separated by semicolons, a
 * blank and the number of samples. Sanitised. Throws a FoldedError where a line is of another form, or where there is none.
 *
 *     nova-compute;on CPU;<module>;main;_poll 12
 */
export function parseFolded(text: string): FoldedStacks {
  const stacks = new Map<string, number>();
  let isDiff = true;
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    if (line.length > MAX_LINE) throw new FoldedError(`line ${index + 1}: over ${bytes(MAX_LINE)}`);
    const [, stack, samples] = LINE.exec(line) ?? [];
    if (stack === undefined) {
      // A comment; the name of a process may begin with # as well.
      if (line.startsWith('#')) continue;
      throw new FoldedError(`line ${index + 1}: not a line of folded stacks`);
    }
    isDiff &&= DIFF_LINE.test(line);
    const key = plain(stack);
    if (stacks.size >= MAX_STACKS && !stacks.has(key)) throw new FoldedError(`over ${MAX_STACKS} different stacks`);
    stacks.set(key, (stacks.get(key) ?? 0) + Number(samples));
  }
  if (stacks.size === 0) throw new FoldedError('no folded stacks');
  if (isDiff) throw new FoldedError('a diff of folded stacks, with two numbers in each line');
  return stacks;
}
