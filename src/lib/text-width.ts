import stringWidth from 'string-width';

/** SGR sequences, the only escapes in drawn lines (theme.paint writes them). */
const SGR = /\u001B\[[0-9;]*m/g;
const ASCII = /^[\u0020-\u007E]*$/;

/**
 * Characters of one cell and one UTF-16 unit in any combination: Latin, Greek, Cyrillic, dashes, arrows, mathematics,
 * control pictures, boxes, blocks, Braille. Measuring them by grapheme took a third of a frame.
 */
const NARROW =
  /^[\u0020-\u007E\u00A1-\u00AC\u00AE-\u02FF\u0391-\u03FF\u0400-\u0482\u048A-\u052F\u2010-\u2027\u2030-\u205E\u20A0-\u20BF\u2190-\u22FF\u2400-\u2426\u2500-\u25FC\u25FF\u2800-\u28FF\uFFFD]*$/;

/** Width of a line in cells; SGR sequences have none. */
export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  const bare = text.includes('\u001B') ? text.replaceAll(SGR, '') : text;
  return NARROW.test(bare) ? bare.length : stringWidth(bare);
}

/** Unstyled text cut to `columns` cells, with an ellipsis where it was longer. */
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

/** Unstyled text cut or padded to exactly `columns` cells. */
export function fit(text: string, columns: number, align: 'left' | 'right' = 'left', ellipsis = '…'): string {
  const short = cut(text, columns, ellipsis);
  const gap = ' '.repeat(Math.max(0, columns - textWidth(short)));
  return align === 'left' ? short + gap : gap + short;
}

/** Styled line padded on the right to `columns` cells; a longer one is unchanged. */
export const padStyled = (line: string, columns: number): string =>
  line + ' '.repeat(Math.max(0, columns - textWidth(line)));

/** Line without its SGR sequences. */
export const unstyled = (line: string): string => line.replaceAll(SGR, '');

/** Styled line cut to `columns` cells; open styles are closed. */
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

/** Styled line without its first `columns` cells, in its style; half of a wide character becomes a blank. */
export function dropStyled(line: string, columns: number): string {
  let style = '';
  let used = 0;
  const parts = line.split(/(\u001B\[[0-9;]*m)/);
  for (const [partIndex, part] of parts.entries()) {
    if (part.startsWith('\u001B[')) {
      style = part === '\u001B[0m' ? '' : style + part;
      continue;
    }
    let index = 0;
    for (const character of part) {
      if (used >= columns)
        return ' '.repeat(used - columns) + style + part.slice(index) + parts.slice(partIndex + 1).join('');
      used += textWidth(character);
      index += character.length;
    }
  }
  return ' '.repeat(Math.max(0, used - columns));
}
