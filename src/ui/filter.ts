import { fuzzyScore } from './fuzzy.ts';

export interface Filter {
  readonly test: (text: string) => boolean;
  /** Matches in a text, start and end; empty where letters are apart, and for `!`. */
  readonly ranges: (text: string) => readonly (readonly [from: number, to: number])[];
  /** Problem of an invalid expression, which is then searched literally. */
  readonly problem: string | undefined;
}

const none = () => [];
const EVERYTHING: Filter = { test: () => true, ranges: none, problem: undefined };

/**
 * Filter of the text after `/`: a regular expression, case-insensitive without a capital; `~abc` fuzzy; `!abc` rows that
 * do not match.
 */
export function compileFilter(text: string): Filter {
  if (text.startsWith('!') && text.length > 1) {
    const { test, problem } = compileFilter(text.slice(1));
    return { test: (line) => !test(line), ranges: none, problem };
  }
  if (text.startsWith('~')) {
    const query = text.slice(1);
    if (query === '') return EVERYTHING;
    return { test: (line) => fuzzyScore(query, line) !== undefined, ranges: none, problem: undefined };
  }
  if (text === '' || text === '!') return EVERYTHING;
  try {
    const pattern = new RegExp(text, /\p{Lu}/u.test(text) ? 'u' : 'iu');
    const all = new RegExp(pattern, `${pattern.flags}g`);
    return {
      test: (line) => pattern.test(line),
      ranges: (line) => Array.from(line.matchAll(all), ({ 0: found, index }) => [index, index + found.length] as const),
      problem: undefined,
    };
  } catch {
    const wanted = text.toLowerCase();
    return {
      test: (line) => line.toLowerCase().includes(wanted),
      ranges: (line) => {
        const at = line.toLowerCase().indexOf(wanted);
        return at < 0 ? [] : [[at, at + wanted.length]];
      },
      problem: 'invalid regular expression, searched literally',
    };
  }
}
