import { plain } from '../lib/plain.ts';
import type { FoldedStacks } from './folded.ts';

/** Different stacks of a file, and the length of one line; longer lines are not read. */
const MAX_STACKS = 200_000;
const MAX_LINE = 64 * 1024;

/**
 * Folded stacks of a text in the form of stackcollapse.pl, also of other profilers: frames from the outermost, separated by semicolons, a
 * blank and the number of samples. Sanitised. Undefined where a line is of another form, or where there is none.
 *
 *     nova-compute;on CPU;<module>;main;_poll 12
 */
export function parseFolded(text: string): FoldedStacks | undefined {
  const stacks = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, stack, samples] = line.length > MAX_LINE ? [] : (/^(.+?) (\d{1,15})\r?$/.exec(line) ?? []);
    if (stack === undefined) return undefined;
    const key = plain(stack);
    if (stacks.size >= MAX_STACKS && !stacks.has(key)) return undefined;
    stacks.set(key, (stacks.get(key) ?? 0) + Number(samples));
  }
  return stacks.size === 0 ? undefined : stacks;
}
