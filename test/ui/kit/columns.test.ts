import { expect, test } from 'vitest';
import {
  ageColumn,
  bytesColumn,
  countColumn,
  kibColumn,
  msColumn,
  numberColumn,
  percentColumn,
  rateColumn,
  secondsColumn,
  textColumn,
  type FigureColumn,
} from '../../../src/ui/kit/columns.ts';

interface Row {
  readonly figure?: number;
  readonly words?: string;
}

const figure: FigureColumn<Row> = {
  id: 'figure',
  title: 'figure',
  about: 'A figure.',
  width: 6,
  rank: 0,
  value: (row) => row.figure,
};

test.each([
  ['numberColumn', numberColumn(figure), 12345, '12345'],
  ['countColumn', countColumn(figure), 1500, '1.5k'],
  ['bytesColumn', bytesColumn(figure), 1536, '1.5K'],
  ['kibColumn', kibColumn(figure), 1536, '1.5M'],
  ['rateColumn', rateColumn(figure), 0.4, '·'],
  ['rateColumn', rateColumn(figure), 2048, '2.0K'],
  ['percentColumn', percentColumn(figure), 12.34, '12%'],
  ['msColumn', msColumn(figure), 1500, '1.5s'],
  ['secondsColumn', secondsColumn(figure), 0.0025, '2.5ms'],
  ['ageColumn', ageColumn(figure), 90, '1m30'],
])('%s formats the figure in its unit', (_, column, value, text) => {
  expect(column.text?.({ figure: value })).toBe(text);
  expect(column.value({ figure: value })).toBe(value);
  expect(column.align).toBe('right');
});

test('a figure column shows a dash, or the text of the pane, when the figure is unknown', () => {
  expect(countColumn(figure).text?.({})).toBe('—');
  expect(countColumn({ ...figure, missing: '' }).text?.({})).toBe('');
  const byRow = countColumn({ ...figure, missing: (row) => row.words ?? '' });
  expect(byRow.text?.({ words: 'none' })).toBe('none');
});

test('a figure column shows 0 as a figure, or as a dot when the pane asks for it', () => {
  expect(countColumn(figure).text?.({ figure: 0 })).toBe('0');
  expect(countColumn({ ...figure, zero: '·' }).text?.({ figure: 0 })).toBe('·');
  expect(countColumn({ ...figure, zero: '·' }).text?.({ figure: 1 })).toBe('1');
});

test('a figure column hands no maker option on to the table', () => {
  expect(Object.keys(countColumn({ ...figure, missing: '', zero: '·' })).toSorted()).toEqual(
    ['about', 'align', 'id', 'measure', 'rank', 'text', 'title', 'unit', 'value', 'width'], // prettier-ignore
  );
});

test('textColumn is blank and sorts last when the text is undefined or empty', () => {
  const column = textColumn<Row>({ ...figure, value: (row) => row.words });
  expect(column.text?.({ words: 'bond0' })).toBe('bond0');
  expect([column.text?.({}), column.value({})]).toEqual(['', undefined]);
  expect([column.text?.({ words: '' }), column.value({ words: '' })]).toEqual(['', undefined]);
});
