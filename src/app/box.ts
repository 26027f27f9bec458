import { plain } from '../lib/plain.ts';
import { cut, textWidth } from '../lib/text-width.ts';
import type { Theme } from '../theme.ts';
import { frame } from '../ui/frame.ts';
import type { Size } from '../ui/table.ts';

/** Sanitised text in lines of up to `columns` cells; a longer word is broken. */
export function wrap(text: string, columns: number): string[] {
  const out: string[] = [];
  let line = '';
  for (const word of plain(text).split(' ')) {
    let rest = word;
    if (line !== '' && textWidth(line) + 1 + textWidth(rest) > columns) {
      out.push(line);
      line = '';
    }
    while (textWidth(rest) > columns) {
      const head = cut(rest, columns, '');
      // The empty ellipsis takes one cell; at least one character per line ends the loop.
      const part = head === '' ? rest.slice(0, 1) : head;
      out.push(part);
      rest = rest.slice(part.length);
    }
    line = line === '' ? rest : `${line} ${rest}`;
  }
  out.push(line);
  return out;
}

/** Width of a dialog's text, cells. */
export const boxColumns = (screen: Size): number => Math.max(10, Math.min(76, screen.columns - 8));

/** Styled lines in a dialog's frame. */
export function boxed(
  lines: readonly string[],
  options: { readonly title: string; readonly footer: string; readonly screen: Size },
  theme: Theme,
): readonly string[] {
  const columns = boxColumns(options.screen) + 4;
  const shown = lines.slice(0, Math.max(1, options.screen.rows - 5)).map((line) => ` ${line}`);
  return frame(
    shown,
    { title: options.title, footer: options.footer, focused: true, columns, rows: shown.length + 2 },
    theme,
  );
}
