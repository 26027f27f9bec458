import stringWidth from 'string-width';

/** SGR sequences, the only escapes that drawn lines may hold (theme.paint writes them). */
const SGR = /\u001B\[[0-9;]*m/g;
const ASCII = /^[\u0020-\u007E]*$/;

/**
 * Characters that are one cell and one UTF-16 unit each, alone and beside each other: Latin, Greek, Cyrillic, dashes,
 * arrows, mathematics, pictures of controls, boxes, blocks, Braille. Measuring these by grapheme took a third of a frame.
 */
const NARROW =
  /^[\u0020-\u007E\u00A1-\u00AC\u00AE-\u02FF\u0391-\u03FF\u0400-\u0482\u048A-\u052F\u2010-\u2027\u2030-\u205E\u20A0-\u20BF\u2190-\u22FF\u2400-\u2426\u2500-\u25FC\u25FF\u2800-\u28FF\uFFFD]*$/;

/** Cells that a line takes on a terminal; SGR sequences take none. */
export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  const bare = text.includes('\u001B') ? text.replaceAll(SGR, '') : text;
  return NARROW.test(bare) ? bare.length : stringWidth(bare);
}

/** Cuts unstyled text to `columns` cells or fewer, with an ellipsis in place of the rest. */
export function cut(text: string, columns: number, ellipsis = '…'): string {
  if (columns <= 0) return '';
  if (textWidth(text) <= columns) return text;
  let out = '';
  let used = 0;
  for (const character of text) {
    const width = textWidth(character);
    if (used + width > columns - 1) break;
    out += character;
    used += width;
  }
  return out + ellipsis;
}

/** Exactly `columns` cells of unstyled text: cut or padded. */
export function fit(text: string, columns: number, align: 'left' | 'right' = 'left', ellipsis = '…'): string {
  const short = cut(text, columns, ellipsis);
  const gap = ' '.repeat(Math.max(0, columns - textWidth(short)));
  return align === 'left' ? short + gap : gap + short;
}

/** Pads a styled line on the right to exactly `columns` cells; a longer one is left as it is. */
export const padStyled = (line: string, columns: number): string =>
  line + ' '.repeat(Math.max(0, columns - textWidth(line)));

/** The line without its SGR sequences. */
export const unstyled = (line: string): string => line.replaceAll(SGR, '');

/** Cuts a styled line to `columns` cells or fewer; open styles are closed. */
export function cutStyled(line: string, columns: number): string {
  if (textWidth(line) <= columns) return line;
  let out = '';
  let used = 0;
  let open = false;
  for (const part of line.split(/(\u001B\[[0-9;]*m)/)) {
    if (part.startsWith('\u001B[')) {
      out += part;
      open = part !== '\u001B[0m';
      continue;
    }
    for (const character of part) {
      const width = textWidth(character);
      if (used + width > columns) return open ? `${out}\u001B[0m` : out;
      out += character;
      used += width;
    }
  }
  return open ? `${out}\u001B[0m` : out;
}

/** A styled line without its first `columns` cells, in the style it had there; half a wide character becomes a blank. */
export function dropStyled(line: string, columns: number): string {
  let style = '';
  let used = 0;
  const parts = line.split(/(\u001B\[[0-9;]*m)/);
  for (const [place, part] of parts.entries()) {
    if (part.startsWith('\u001B[')) {
      style = part === '\u001B[0m' ? '' : style + part;
      continue;
    }
    let index = 0;
    for (const character of part) {
      if (used >= columns)
        return ' '.repeat(used - columns) + style + part.slice(index) + parts.slice(place + 1).join('');
      used += textWidth(character);
      index += character.length;
    }
  }
  return ' '.repeat(Math.max(0, used - columns));
}
