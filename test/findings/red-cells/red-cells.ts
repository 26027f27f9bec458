import { NONE } from '../../../src/lib/units.ts';
import type { AnyPane, TableSection } from '../../../src/panes/pane.ts';
import { makeTheme, type Role, type Theme } from '../../../src/theme.ts';

/** A cell of a table, a figure of a line or of a tile that a pane paints `warn` or `crit`. */
export interface RedCell {
  readonly pane: string;
  readonly section: string;
  /** Id of the column; of a line or tile the label before the figure. */
  readonly column: string;
  readonly role: 'warn' | 'crit';
  /** Key of the table's row. */
  readonly row: string | undefined;
  /** Texts of the row by which findings may name it, or the line. */
  readonly name: string;
  readonly text: string;
}

/** Column of a table whose row has the role as a whole. */
export const WHOLE_ROW = '*';
export const TILE = 'tile';

const ROLES: readonly Role[] = ['warn', 'crit', 'label', 'dim', 'text'];
const plainTheme = makeTheme({ colour: false, ascii: false });
/** Theme with one escape sequence for each role, so that `warm` is not `warn`. */
const roleTheme: Theme = {
  ...plainTheme,
  colour: true,
  paint: (role, text) => {
    const at = ROLES.indexOf(role);
    return at < 0 || text === '' ? text : `\u001B[38;5;${at}m${text}\u001B[0m`;
  },
};

const isRed = (role: Role | undefined): role is 'warn' | 'crit' => role === 'warn' || role === 'crit';

/** Cells of a pane, and figures of its tile, that are painted `warn` or `crit`. */
export function redCells(pane: AnyPane, model: unknown): readonly RedCell[] {
  const cells: RedCell[] = [];
  if (pane.presence(model) !== 'present') return cells;
  for (const section of pane.sections(model)) {
    const at = { pane: pane.id, section: section.id };
    if (section.kind === 'table') cells.push(...tableCells(section).map((cell) => ({ ...at, ...cell })));
    else
      for (const line of section.draw(160, Math.max(1, section.wantRows(160)), roleTheme))
        cells.push(...lineCells(line).map((cell) => ({ ...at, row: undefined, ...cell })));
  }
  for (const { label, value, role } of pane.tile(model).figures)
    if (isRed(role))
      cells.push({ pane: pane.id, section: TILE, column: label, role, row: undefined, name: value, text: value });
  return cells;
}

function tableCells(section: TableSection): readonly Omit<RedCell, 'pane' | 'section'>[] {
  return section.rows.flatMap((row) => {
    const texts = section.columns.map((column) => column.text?.(row) ?? String(column.value(row) ?? NONE));
    const one = { row: section.key(row), name: texts.join(' ') };
    const whole = section.rowRole?.(row);
    const red = section.columns.flatMap((column, i) => {
      const role = column.role?.(row);
      const text = texts[i] ?? NONE;
      return isRed(role) && text !== NONE && text.trim() !== ''
        ? [{ ...one, column: column.id, role, text: text.trim() }]
        : [];
    });
    return isRed(whole) ? [...red, { ...one, column: WHOLE_ROW, role: whole, text: one.name }] : red;
  });
}

// oxlint-disable-next-line no-control-regex -- SGR of the theme above
const PAINTED = /\u001B\[38;5;(\d+)m([^\u001B]*)\u001B\[0m/g;

function lineCells(line: string): readonly Omit<RedCell, 'pane' | 'section' | 'row'>[] {
  // oxlint-disable-next-line no-control-regex -- SGR
  const name = line.replaceAll(/\u001B\[[\d;]*m/g, '').trim();
  const painted = [...line.matchAll(PAINTED)];
  const [first] = painted;
  const labelled = first?.index === 0 && ROLES[Number(first[1])] === 'label' ? first[2]?.trim() : undefined;
  const column = labelled || (name.split(/\s/, 1)[0] ?? '');
  return painted.flatMap(([, at, text = '']) => {
    const role = ROLES[Number(at)];
    return isRed(role) && text.trim() !== '' ? [{ column, role, name, text: text.trim() }] : [];
  });
}
