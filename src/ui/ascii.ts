import { textWidth } from '../lib/text-width.ts';

/** ASCII replacements of our own glyphs; any other character becomes a question mark per cell. */
const REPLACEMENTS: Readonly<Record<string, string>> = {
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

/** Line in ASCII, of the same width. */
export const asciiOnly = (line: string): string =>
  line.replaceAll(/[^\u0000-\u007F]/gu, (character) => REPLACEMENTS[character] ?? '?'.repeat(textWidth(character)));
