import { fuzzyScore } from './fuzzy.ts';

export interface Filter {
  readonly test: (text: string) => boolean;
  /** Problem of an invalid expression, which is then searched literally. */
  readonly problem: string | undefined;
}

const EVERYTHING: Filter = { test: () => true, problem: undefined };

/**
 * Filter of the text after `/`: a regular expression, case-insensitive without a capital; `~abc` fuzzy; `!abc` rows that
 * do not match.
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
      problem: 'invalid regular expression, searched literally',
    };
  }
}
