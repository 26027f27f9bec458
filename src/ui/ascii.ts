import { textWidth } from '../lib/text-width.ts';

/** Marks of ours that have a plain twin; everything else that is not ASCII becomes as many question marks as it has cells. */
const TWINS: Readonly<Record<string, string>> = {
  '—': '-',
  '–': '-',
  '…': '~',
  '·': '.',
  '°': 'o',
  µ: 'u',
  μ: 'u',
  '×': 'x',
  '→': '>',
  '≥': '>',
  '≤': '<',
  '▲': '!',
  '◆': '*',
  '•': '-',
};

/** A line for a terminal without Unicode: only ASCII, as wide as before. Names on the host may hold anything. */
export const asciiOnly = (line: string): string =>
  line.replaceAll(/[^\u0000-\u007F]/gu, (character) => TWINS[character] ?? '?'.repeat(textWidth(character)));
