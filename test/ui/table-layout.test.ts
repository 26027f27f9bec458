import { expect, test } from 'vitest';
import type { Column } from '../../src/panes/pane.ts';
import { layout } from '../../src/ui/table-layout.ts';

const column = (id: string, width: number, rank: number, more: Partial<Column<never>> = {}): Column<never> => ({
  id,
  title: id,
  about: id,
  width,
  rank,
  value: () => undefined,
  ...more,
});
const placed = (columns: readonly Column<never>[], room: number) =>
  layout(columns, room).map(({ column: { id }, width }) => `${id} ${width}`);

const name = column('name', 10, 0, { wants: 20, grow: true });
const use = column('use', 9, 1);
const extra = column('extra', 9, 6);

test('layout leaves out columns that do not fit, highest rank first', () => {
  expect(placed([name, use, column('more', 9, 5)], 31)).toEqual(['name 10', 'use 9', 'more 9']);
  expect(placed([name, use, column('more', 9, 5)], 30)).toEqual(['name 19', 'use 9']);
  expect(placed([name, use], 5)).toEqual(['name 10']);
});

test('layout gives wanted width before optional columns, not at the cost of others', () => {
  expect(placed([name, use, extra], 40)).toEqual(['name 29', 'use 9']);
  expect(placed([name, use, extra], 41)).toEqual(['name 20', 'use 9', 'extra 9']);
  expect(placed([name, use, column('more', 9, 5)], 36)).toEqual(['name 15', 'use 9', 'more 9']);
});

test('layout gives the rest to growing columns in equal parts', () => {
  const [a, b] = [column('a', 10, 0, { grow: true }), column('b', 15, 0, { grow: true })];
  expect(placed([a, b], 36)).toEqual(['a 14', 'b 20']);
});

test('layout leaves out blank columns before another column cuts a text', () => {
  const note = column('note', 9, 1);
  const widths = (room: number, noteCells: number) =>
    layout([name, note, use], room, new Map([['name', 20], ['note', noteCells]])).map(({ column: { id }, width }) => `${id} ${width}`); // prettier-ignore
  expect(widths(31, 0)).toEqual(['name 20', 'use 9']);
  expect(widths(41, 0)).toEqual(['name 20', 'note 9', 'use 9']);
  expect(widths(31, 9)).toEqual(['name 10', 'note 9', 'use 9']);
});
