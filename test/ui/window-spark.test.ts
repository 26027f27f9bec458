import { expect, test } from 'vitest';
import { makeTheme } from '../../src/theme.ts';
import { windowSpark } from '../../src/ui/window-spark.ts';

const theme = makeTheme({ colour: false, ascii: false });
const spans = { before: { fromMs: 0, toMs: 120 }, window: { fromMs: 120, toMs: 150 } };
const points = (...values: readonly number[]) => ({ at: values.map((_, i) => i * 10), values });

test('windowSpark draws both times with a line between, from the lowest to the highest value', () => {
  const step = points(100, 101, 100, 101, 100, 101, 100, 101, 100, 101, 100, 101, 110, 110, 110, 110);
  expect(windowSpark(step, spans, 21, theme)).toBe('▁▂▁▂▁▂▁▂▁▂▁▂│████████');
  expect(windowSpark(step, spans, 21, makeTheme({ colour: false, ascii: true }))).toMatch(/^[^|]{12}\|[^|]{8}$/);
});

test('windowSpark leaves gaps before the first and after the last reading, and is flat for a constant', () => {
  expect(windowSpark({ at: [60, 110, 120, 130], values: [1, Number.NaN, 1, 1] }, spans, 21, theme)).toBe(
    '      ▁     │▁▁▁     ',
  );
  expect(windowSpark({ at: [], values: [] }, spans, 21, theme)).toBe(`${' '.repeat(12)}│${' '.repeat(8)}`);
});
