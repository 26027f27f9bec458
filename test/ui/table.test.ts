import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TableSection } from '../../src/panes/pane.ts';
import { textWidth, unstyled } from '../../src/lib/text-width.ts';
import { makeTheme } from '../../src/theme.ts';
import { drawTable } from '../../src/ui/table.ts';
import { layout } from '../../src/ui/table-layout.ts';
import { ordered } from '../../src/ui/table-order.ts';
import { plainTableView, scrolled } from '../../src/ui/table-view.ts';
import { ownWords } from '../../src/timeline/reading-state.ts';

const theme = makeTheme({ colour: true, ascii: false });

interface Row {
  readonly pid: number;
  readonly name: string;
  readonly cpuPct?: number;
  readonly state?: string;
  readonly parent?: number;
}

const table = (rows: readonly Row[], over: Partial<TableSection<Row>> = {}): TableSection<Row> => ({
  kind: 'table',
  id: 'processes',
  title: 'Processes',
  sources: [],
  columns: [
    { id: 'pid', title: 'PID', about: '', width: 5, align: 'right', value: (row) => row.pid, rank: 0 },
    { id: 'cpu', title: 'CPU%', about: '', width: 5, align: 'right', value: (row) => row.cpuPct, rank: 1 },
    { id: 'state', title: 'S', about: '', width: 2, value: (row) => row.state, rank: 2 },
    { id: 'name', title: 'COMMAND', about: '', width: 8, grow: true, value: (row) => row.name, rank: 0 },
  ],
  rows,
  key: (row) => String(row.pid),
  sort: { column: 'cpu', descending: true },
  empty: ownWords('no process'),
  ...over,
});

const three: readonly Row[] = [
  { pid: 1, name: 'init', cpuPct: 1 },
  { pid: 2, name: 'web', parent: 1 },
  { pid: 3, name: 'db', cpuPct: 50, parent: 1 },
];
const draw = (section: TableSection<Row>, view = plainTableView, size = { columns: 30, rows: 5 }) =>
  drawTable(section, view, size, theme, true).lines.map(unstyled);

test('drawTable sorts rows, missing values last, and selects the top row', () => {
  expect(draw(table(three))).toEqual([
    '   PID ▾CPU% S  COMMAND       ',
    '▸    3    50 —  db            ',
    '     1     1 —  init          ',
    '     2     — —  web           ',
    '                              ',
  ]);
});

test('drawTable leaves out columns of the highest rank when narrow', () => {
  expect(draw(table(three), plainTableView, { columns: 21, rows: 2 })[0]).toBe('   PID ▾CPU% COMMAND ');
  expect(draw(table(three), plainTableView, { columns: 15, rows: 2 })[0]).toBe('   PID COMMAND ');
});

test('drawTable keeps missing values last when the order is reversed', () => {
  const order = ordered(table(three), { ...plainTableView, descending: false }, theme);
  expect(order.rows.map(({ pid }) => pid)).toEqual([1, 3, 2]);
});

test('drawTable puts `first` rows before all others', () => {
  const section = table([...three, { pid: 9, name: 'nfs', state: 'D' }], { first: (row) => row.state === 'D' });
  expect(ordered(section, plainTableView, theme).rows[0]?.pid).toBe(9);
});

test('drawTable filters by regular expression, fuzzy or inverted, and notes an invalid expression', () => {
  const names = (filter: string) =>
    ordered(table(three), { ...plainTableView, filter }, theme).rows.map(({ name }) => name);
  expect(names('\\d (we|d)b')).toEqual(['db', 'web']);
  expect(names('~it')).toEqual(['init']);
  expect(names('!init')).toEqual(['db', 'web']);
  expect(names('WEB')).toEqual([]);
  const broken = drawTable(table(three), { ...plainTableView, filter: '(' }, { columns: 30, rows: 3 }, theme, true);
  expect(broken.note).toBe('0 of 3 /( (invalid regular expression, searched literally)');
  expect(unstyled(broken.lines[1] ?? '')).toContain('no match for /(');
});

test('drawTable puts children below their parent in the tree, and folds', () => {
  const section = table(three, { parent: (row) => row.parent?.toString() });
  const view = { ...plainTableView, tree: true };
  expect(draw(section, view).slice(1, 4)).toEqual([
    '▸    1     1 —  init          ',
    '     3    50 —  ├─db          ',
    '     2     — —  └─web         ',
  ]);
  expect(draw(section, { ...view, collapsed: new Set(['1']) })[1]).toBe('▸    1     1 —  + init        ');
  expect(draw(section, { ...view, filter: 'web' })[2]).toContain('└─web');
});

test('drawTable draws a cycle of parents once', () => {
  const ring = [
    { pid: 1, name: 'a', parent: 2 },
    { pid: 2, name: 'b', parent: 1 },
  ];
  const section = table(ring, { parent: (row) => row.parent?.toString() });
  expect(ordered(section, { ...plainTableView, tree: true }, theme).rows).toHaveLength(2);
});

test('drawTable selects the row by key, and by index when the row is gone', () => {
  const view = { ...plainTableView, selectedKey: '1', selectedIndex: 1 };
  expect(drawTable(table(three), view, { columns: 30, rows: 5 }, theme, true).selected).toBe(1);
  const gone = { ...view, selectedKey: '77', selectedIndex: 2 };
  expect(drawTable(table(three), gone, { columns: 30, rows: 5 }, theme, true).selected).toBe(2);
});

test('scrolled moves as little as needed', () => {
  expect(scrolled(0, 9, 5, 20)).toBe(5);
  expect(scrolled(10, 9, 5, 20)).toBe(9);
  expect(scrolled(7, 9, 5, 20)).toBe(7);
  expect(scrolled(99, 0, 5, 3)).toBe(0);
});

test('drawTable has exact width and no sequences but SGR for any names', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ pid: fc.nat(), name: fc.string({ unit: 'binary' }) }), { maxLength: 6 }),
      fc.integer({ min: 1, max: 60 }),
      (rows, columns) => {
        for (const line of drawTable(table(rows), plainTableView, { columns, rows: 5 }, theme, true).lines) {
          expect(textWidth(line)).toBe(columns);
          // oxlint-disable-next-line no-control-regex -- that is what must not be there
          expect(unstyled(line)).not.toMatch(/[\u0000-\u001F\u007F-\u009F]/);
        }
      },
    ),
  );
});

test('drawTable replaces control characters in names', () => {
  const line = draw(table([{ pid: 1, name: 'x\u001B]52;c;AA\u0007\n\u202Ey' }]), plainTableView, {
    columns: 40,
    rows: 2,
  })[1];
  expect(line).toContain('x␛]52;c;AA␇␊\uFFFDy');
});

test('drawTable sorts and searches rows once for many drawings', () => {
  let looks = 0;
  const rows = Array.from({ length: 10_000 }, (_, pid) => ({ pid, name: `worker-${pid % 977}` }));
  const base = table(rows);
  const counted = base.columns.map((column) => ({ ...column, value: (row: Row) => (looks++, column.value(row)) }));
  const looksOf = (view: typeof plainTableView) => {
    looks = 0;
    drawTable({ ...base, columns: counted }, view, { columns: 200, rows: 50 }, theme, true);
    return looks;
  };
  const screenful = 50 * counted.length;
  expect(looksOf(plainTableView)).toBeGreaterThanOrEqual(rows.length);
  expect(looksOf(plainTableView)).toBeLessThanOrEqual(screenful);
  expect(looksOf({ ...plainTableView, scroll: 5000 })).toBeLessThanOrEqual(screenful);
  const filtered = { ...plainTableView, filter: 'worker-123' };
  expect(looksOf(filtered)).toBeGreaterThanOrEqual(rows.length);
  expect(looksOf({ ...filtered, scroll: 2 })).toBeLessThanOrEqual(screenful);
});

test('layout widens a column within a quarter of the spare cells', () => {
  const base = table(three);
  const columns = base.columns.map((column) => (column.id === 'state' ? { ...column, widest: 12 } : column));
  const widths = (room: number) => layout(columns, room).map(({ width }) => width);
  expect(widths(24)).toEqual([5, 5, 2, 8]);
  expect(widths(44)).toEqual([5, 5, 7, 23]);
  expect(widths(200)).toEqual([5, 5, 12, 174]);
});
