import { textWidth } from '../lib/text-width.ts';

/** ASCII replacements of our own glyphs and of pictures of control characters. */
const REPLACEMENTS: Readonly<Record<string, string>> = {
  '−': '-',
  '±': '~',
  '²': '2',
  '←': '<',
  '↔': '-',
  '↑': '^',
  '↓': 'v',
  '↵': '<',
  '⇧': '^',
  '›': '>',
  '‖': '|',
  '’': "'",
  '“': '"',
  '●': '*',
  '✓': '+',
  '▸': '>',
  '▴': '/',
  '▾': '\\',
  '—': '-',
  '–': '-',
  '…': '~',
  '·': '.',
  '°': 'o',
  µ: 'u',
  μ: 'u',
  '×': 'x',
  '÷': '/',
  '→': '>',
  '≥': '>',
  '≤': '<',
  '▲': '!',
  '◆': '*',
  '•': '-',
};

/** Blocks of glyphs by their first and last one. */
const RANGES: readonly (readonly [first: string, last: string, ascii: string])[] = [
  ['─', '━', '-'],
  ['│', '┃', '|'],
  ['┄', '╿', '+'],
  ['▁', '▟', '#'],
  ['⠀', '⣿', '*'],
  ['␀', '␦', '^'],
];

/** Stands for each cell of a character without a likeness: a `?` reads as a question. */
const OTHER = '_';

/** Letters without their accents, widths and ligatures. */
const likeness = (character: string): string => character.normalize('NFKD').replaceAll(/[^\u0020-\u007E]/g, '');

function asciiOf(character: string): string {
  const known = REPLACEMENTS[character] ?? RANGES.find(([first, last]) => character >= first && character <= last)?.[2];
  if (known !== undefined) return known;
  const width = textWidth(character);
  const like = likeness(character);
  return like !== '' && like.length <= width ? like.padEnd(width) : OTHER.repeat(width);
}

/** Line in ASCII, of the same width. */
export const asciiOnly = (line: string): string => line.replaceAll(/[^\u0000-\u007F]/gu, asciiOf);
