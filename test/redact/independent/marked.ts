import { readFileSync } from 'node:fs';

/** Line of a corpus with what must not be left of it. */
export interface Marked {
  /** Line of the file, which names it in a list of misses. */
  readonly source: string;
  readonly text: string;
  readonly parts: readonly string[];
}

/** Lines of a corpus file without its headings, which begin with two hashes. */
export const corpusLines = (name: string): readonly string[] =>
  readFileSync(new URL(name, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('##'));

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const MIXED = LOWER + LOWER.toUpperCase() + DIGITS;
const ALPHABETS: Readonly<Record<string, string>> = {
  a: LOWER + DIGITS,
  A: LOWER.toUpperCase() + DIGITS,
  w: MIXED,
  d: DIGITS,
  h: '0123456789abcdef',
  H: '0123456789ABCDEF',
  b: `${MIXED}+/`,
  u: `${MIXED}-_`,
  l: LOWER,
  i: `${LOWER.toUpperCase()}234567`,
};

/** Figures from 0 to `below` of a linear congruential generator: the same in every run. */
function figures(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Lines of a corpus; secrets that are given as `{w24}` are drawn. */
export function markedLines(name: string): readonly Marked[] {
  const figure = figures(15);
  const drawn = (letter: string, length: number): string =>
    Array.from({ length }, () => ALPHABETS[letter]?.charAt(figure(ALPHABETS[letter].length))).join('');
  return corpusLines(name).map((source) => {
    const filled = source
      .replaceAll('{uuid}', () => [8, 4, 4, 4, 12].map((length) => drawn('h', length)).join('-'))
      .replaceAll('{basic}', () => Buffer.from(`ci:${drawn('w', 20)}`).toString('base64'))
      .replaceAll(/\{([aAwdhHbuli])(\d+)\}/g, (_, letter: string, length: string) => drawn(letter, Number(length)))
      .replaceAll(String.raw`\n`, '\n')
      .replaceAll(String.raw`\t`, '\t');
    const parts = [...filled.matchAll(/⟦([^⟧]*)⟧/g)].map(([, part = '']) => part);
    return { source, text: filled.replaceAll(/[⟦⟧]/g, ''), parts };
  });
}
