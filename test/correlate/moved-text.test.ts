import { expect, test } from 'vitest';
import type { Comparison } from '../../src/correlate/compare.ts';
import { changeText } from '../../src/correlate/moved-text.ts';
import type { Moved } from '../../src/correlate/rank.ts';
import { percent } from '../../src/lib/units.ts';

const moved = (
  beforeMedian: number,
  duringMedian: number,
  more: Partial<Comparison> = {},
  perSecond = false,
): Moved => ({
  series: {
    id: 'x',
    group: 'x',
    pane: undefined,
    origin: 'sar',
    section: 'CPU',
    title: '%user',
    about: '',
    row: undefined,
    object: () => 'host',
    measure: { format: percent, least: 1 },
    at: [],
    values: [],
    scale: 0,
  },
  comparison: {
    kind: 'shift',
    direction: duringMedian >= beforeMedian ? 1 : -1,
    beforeMedian,
    duringMedian,
    extreme: duringMedian,
    separation: 1,
    p: 0,
    spreads: 10,
    ...more,
  },
  strength: 'strong',
  values: [],
  perSecond,
  appeared: false,
  others: [],
});

test.each([
  [moved(2, 11), '×5.5'],
  [moved(2, 50), '×25'],
  [moved(50, 2), '÷25'],
  [moved(50, 0), 'to 0'],
  [moved(50, 60), '+20%'],
  [moved(60, 50), '-17%'],
  [moved(0, 30), '+30%'],
  [moved(0, 30, {}, true), '+30%/s'],
  [moved(-5, -10), '-5.0%'],
  [moved(5, 5, { kind: 'peaks', extreme: 90 }), 'peak 90%'],
  [moved(50, 50, { kind: 'peaks', extreme: 1, direction: -1 }), 'low 1.0%'],
  [{ ...moved(0, 30), appeared: true }, 'new'],
])('changeText writes the change of case %#', (row, text) => {
  expect(changeText(row)).toBe(text);
});
