import { aligned } from '../ui/copy.ts';
import type { PaneTable, Value } from './pane-table.ts';
import type { TableFormat } from './table-format.ts';

/** Table in a format; names of columns have their units, and figures are in them but for `text`. */
export function tableText(table: PaneTable, format: TableFormat): string {
  const names = table.columns.map(({ name }) => name);
  switch (format) {
    case 'csv':
      return [names, ...table.rows].map((row) => `${row.map(csvField).join(',')}\n`).join('');
    case 'ndjson':
      return table.rows.map((row) => `${JSON.stringify(recordOf(names, row))}\n`).join('');
    case 'json': {
      const { table: name, title, note, columns, matching, empty } = table;
      const rows = table.rows.map((row) => recordOf(names, row));
      return `${JSON.stringify({ table: name, title, note, columns, matching, empty, rows }, undefined, 1)}\n`;
    }
    case 'text':
      return table.rows.length === 0
        ? `${table.title}: ${table.empty ?? 'no matching row'}\n`
        : `${aligned([names, ...table.texts], names.map((_, i) => table.rows.some((row) => typeof row[i] === 'number')))}\n`; // prettier-ignore
  }
}

/** Row by the names of its columns; unknown is null. */
export const recordOf = (names: readonly string[], row: readonly Value[]): Readonly<Record<string, Value | null>> =>
  Object.fromEntries(names.map((name, i) => [name, row[i] ?? null]));

/** Start of a text that a spreadsheet runs as a formula. */
const FORMULA = /^[=+\-@\t\r]/;

/**
 * Field of RFC 4180, with line feeds alone; unknown is empty. A text that would be a formula gets an apostrophe before it, since names of a host are not the
 * engineer's: https://owasp.org/www-community/attacks/CSV_Injection
 */
function csvField(value: Value): string {
  if (typeof value === 'number') return String(value);
  const text = value ?? '';
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
