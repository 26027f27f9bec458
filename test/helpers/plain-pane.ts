import { cut, fit, textWidth } from '../../src/lib/text-width.ts';
import { NONE } from '../../src/lib/units.ts';
import { makeTheme } from '../../src/theme.ts';
import type { AnyPane, Section, TableSection } from '../../src/panes/pane.ts';

const theme = makeTheme({ colour: false, ascii: false });

/** Text of a table: rows in the section's order, columns by rank up to the width, without the layout of the screen. */
function tableLines(section: TableSection, columns: number): string[] {
  const shown = [...section.columns].toSorted((a, b) => a.rank - b.rank);
  let left = columns;
  const kept = new Set(shown.filter(({ rank, width }) => (left -= width + 1) >= -1 || rank === 0).map(({ id }) => id));
  const cells = section.columns.filter(({ id }) => kept.has(id));
  const row = (text: (column: (typeof cells)[number]) => string) =>
    cells
      .map((column) => fit(text(column), column.width, column.align))
      .join(' ')
      .slice(0, columns)
      .trimEnd();
  if (section.rows.length === 0) return [cut(section.empty, columns)];
  return [
    row(({ title }) => title),
    ...section.rows.map((item) => row(({ text, value }) => text?.(item) ?? String(value(item) ?? NONE))),
  ];
}

/** Text of a section: a table without layout, lines drawn without colour. */
export const sectionLines = (section: Section, columns: number, rows: number): readonly string[] =>
  section.kind === 'table'
    ? tableLines(section, columns).slice(0, rows)
    : section.draw(columns, Math.min(rows, section.wantRows(columns)), theme);

/** Text of a whole pane, section under section. */
export function paneText(pane: AnyPane, model: unknown, columns: number, rows: number): string {
  const out: string[] = [];
  const presence = pane.presence(model);
  if (typeof presence === 'object')
    out.push('absent' in presence ? `absent: ${presence.absent}` : `hidden: ${presence.hidden}`);
  for (const section of pane.sections(model)) {
    out.push(`── ${section.title}${section.note === undefined ? '' : ` (${section.note})`}`);
    for (const line of sectionLines(section, columns, rows)) {
      if (textWidth(line) > columns) throw new Error(`${section.id}: ${textWidth(line)} cells in ${columns}: ${line}`);
      out.push(line.trimEnd());
    }
  }
  out.push('── tile');
  for (const { label, value, role } of pane.tile(model).figures)
    out.push(`${label}: ${value}${role ? ` [${role}]` : ''}`);
  return `${out.join('\n')}\n`;
}
