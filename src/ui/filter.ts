import { fuzzyScore } from './fuzzy.ts';

export interface Filter {
  readonly test: (text: string) => boolean;
  /** Why the text is not understood as written; it is then searched for letter by letter. */
  readonly problem: string | undefined;
}

const EVERYTHING: Filter = { test: () => true, problem: undefined };

/**
 * What a person types after `/`: a regular expression, blind to case unless it holds a capital; `~abc` letters in
 * order (fuzzy); `!abc` everything but.
 */
export function compileFilter(text: string): Filter {
  if (text.startsWith('!') && text.length > 1) {
    const { test, problem } = compileFilter(text.slice(1));
    return { test: (line) => !test(line), problem };
  }
  if (text.startsWith('~')) {
    const query = text.slice(1);
    return query === '' ? EVERYTHING : { test: (line) => fuzzyScore(query, line) !== undefined, problem: undefined };
  }
  if (text === '' || text === '!') return EVERYTHING;
  try {
    const pattern = new RegExp(text, /\p{Lu}/u.test(text) ? 'u' : 'iu');
    return { test: (line) => pattern.test(line), problem: undefined };
  } catch {
    const wanted = text.toLowerCase();
    return {
      test: (line) => line.toLowerCase().includes(wanted),
      problem: 'not a regular expression: searched as it is written',
    };
  }
}
