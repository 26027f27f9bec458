import { fit, textWidth, unstyled } from '../lib/text-width.ts';
import type { TableSection } from '../panes/pane.ts';
import type { Theme } from '../theme.ts';
import { cellText } from './table.ts';
import { ordered } from './table-order.ts';
import type { TableView } from './table-view.ts';

export type CopyFormat = 'text' | 'tsv' | 'markdown';

/** Table as text, in its present sort order and filter, with every column. */
export function tableText<Row>(section: TableSection<Row>, view: TableView, format: CopyFormat, theme: Theme): string {
  const { rows } = ordered(section, view, theme);
  const header = section.columns.map(({ title }) => title);
  const body = rows.map((row) => section.columns.map((column) => cellText(column, row, theme.glyphs.missing)));
  if (format === 'tsv') return [header, ...body].map((cells) => cells.join('\t')).join('\n');
  const rights = section.columns.map(({ align }) => align === 'right');
  if (format === 'markdown') return markdown(header, body, rights);
  return aligned([header, ...body], rights);
}

/** Rows in columns as wide as their longest text; `rights` are aligned to the right. */
export function aligned(table: readonly (readonly string[])[], rights: readonly boolean[]): string {
  const widths = rights.map((_, i) => table.reduce((most, cells) => Math.max(most, textWidth(cells[i] ?? '')), 0));
  return table
    .map((cells) =>
      cells
        .map((cell, i) => fit(cell, widths[i] ?? 0, rights[i] ? 'right' : 'left'))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function markdown(header: readonly string[], body: readonly (readonly string[])[], rights: readonly boolean[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll(/[\\|`*_<>]/g, String.raw`\$&`)).join(' | ')} |`;
  const rule = `|${rights.map((right) => (right ? ' ---: ' : ' --- ')).join('|')}|`;
  return [line(header), rule, ...body.map(line)].join('\n');
}

/** Drawn lines without styles and without blanks at their ends. */
export const plainLines = (lines: readonly string[]): string =>
  lines
    .map((line) => unstyled(line).trimEnd())
    .join('\n')
    .trimEnd();

/** Limit of a copy: terminals refuse more, some silently; xterm's limit for one sequence is about 100 kB. */
export const MAX_COPY_BYTES = 74_994;

export const clipboardSize = (text: string): number => Math.ceil(Buffer.byteLength(text, 'utf8') / 3) * 4;

/** OSC 52 sequence that copies text to the clipboard (xterm ctlseqs), in Base64. */
export const clipboardSequence = (text: string): string =>
  `\u001B]52;c;${Buffer.from(text, 'utf8').toString('base64')}\u0007`;
