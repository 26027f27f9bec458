import type { IBufferCell } from '@xterm/headless';
import { plain } from '../../lib/plain.ts';
import { textWidth } from '../../lib/text-width.ts';

const PRINTABLE = /^[\u0020-\u007E]$/;

/** Sanitised text of one cell, exactly as wide as the emulator counted it. */
export function cellText(characters: string, width: number, ascii: boolean): string {
  if (characters === '') return ' '.repeat(width);
  if (PRINTABLE.test(characters)) return characters;
  // A composed letter stays; further marks and joiners would change its width.
  const [first = ' '] = plain(characters.normalize('NFC'));
  const text = ascii ? asciiOf(first) : first;
  const gap = width - textWidth(text);
  return gap < 0 ? '\uFFFD' : text + ' '.repeat(gap);
}

/** ASCII character for the line drawing of gdb's text windows; else a question mark. */
function asciiOf(character: string): string {
  if (PRINTABLE.test(character)) return character;
  if ('─━═'.includes(character)) return '-';
  if ('│┃║'.includes(character)) return '|';
  return /[\u2500-\u257F]/.test(character) ? '+' : '?';
}

/**
 * SGR parameters of a cell (ECMA-48 8.3.117), or '' for the default style. Blinking and invisible are left out: hidden
 * text on a triage screen is a trap. Without colour only weight, underline and inversion stay.
 */
export function sgrOf(cell: IBufferCell, cursor: boolean, colour: boolean): string {
  if (!cursor && cell.isAttributeDefault()) return '';
  const codes: string[] = [];
  if (cell.isBold()) codes.push('1');
  if (cell.isDim()) codes.push('2');
  if (cell.isItalic()) codes.push('3');
  if (cell.isUnderline()) codes.push('4');
  if ((cell.isInverse() !== 0) !== cursor) codes.push('7');
  if (colour) {
    if (cell.isFgPalette()) codes.push(palette(cell.getFgColor(), 30));
    else if (cell.isFgRGB()) codes.push(rgb(cell.getFgColor(), 38));
    if (cell.isBgPalette()) codes.push(palette(cell.getBgColor(), 40));
    else if (cell.isBgRGB()) codes.push(rgb(cell.getBgColor(), 48));
  }
  return codes.join(';');
}

const palette = (index: number, base: 30 | 40): string =>
  index < 8 ? `${base + index}` : index < 16 ? `${base + 52 + index}` : `${base + 8};5;${index}`;

const rgb = (value: number, base: 38 | 48): string =>
  `${base};2;${(value >> 16) & 255};${(value >> 8) & 255};${value & 255}`;
