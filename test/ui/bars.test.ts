import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { textWidth, unstyled } from '../../src/lib/text-width.ts';
import { makeTheme } from '../../src/theme.ts';
import { bar, stackedBar } from '../../src/ui/bar.ts';
import { heatCell, heatRole, heatStrip } from '../../src/ui/heat.ts';
import { sparkline } from '../../src/ui/spark.ts';

const theme = makeTheme({ colour: false, ascii: false });
const ascii = makeTheme({ colour: false, ascii: true });
const shareOrNothing = fc.option(fc.double({ noNaN: false }), { nil: undefined });

test('bar draws eighths of a cell, and the missing mark for an unknown share', () => {
  expect(unstyled(bar(50, 4, theme))).toBe('██··');
  expect(unstyled(bar(56.25, 2, theme))).toBe('█▏');
  expect(unstyled(bar(200, 3, theme))).toBe('███');
  expect(unstyled(bar(undefined, 3, theme))).toBe('—  ');
  expect(unstyled(bar(50, 4, ascii))).toBe('##..');
});

test('bar has exactly the given width for any share', () => {
  fc.assert(
    fc.property(shareOrNothing, fc.integer({ min: 0, max: 60 }), fc.boolean(), (pct, columns, plain) => {
      expect(textWidth(bar(pct, columns, plain ? ascii : theme))).toBe(columns);
    }),
  );
});

test('stackedBar keeps its width when the parts exceed 100 %', () => {
  const parts = [
    { pct: 70, role: 'good', mark: 'u' },
    { pct: undefined, role: 'warn' },
    { pct: 70, role: 'crit', mark: 's' },
  ] as const;
  expect(unstyled(stackedBar(parts, 10, theme))).toBe('uuuuuuusss');
});

test('sparkline has the newest value at the right and gaps for unknown ones', () => {
  expect(unstyled(sparkline([0, 4, undefined, 8], 6, theme))).toBe('  ▁▄ █');
  expect(unstyled(sparkline([1, 2, 3], 2, theme, 3))).toBe('▅█');
  expect(unstyled(sparkline([], 3, theme))).toBe('   ');
});

test('heatCell is readable without colour', () => {
  expect([0, 10, 40, 70, 99].map((pct) => unstyled(heatCell(pct, theme))).join('')).toBe('·░▒▓█');
  expect([0, 10, 40, 70, 99].map((pct) => unstyled(heatCell(pct, ascii))).join('')).toBe('.:+*#');
  expect(unstyled(heatCell(undefined, ascii))).toBe('-');
  expect(heatRole(90)).toBe('hot');
});

test('heatStrip shows the hottest value of each share when narrow', () => {
  expect(unstyled(heatStrip([0, 99, 0, 0], 2, theme))).toBe('█·');
  expect(unstyled(heatStrip([0, undefined], 9, theme))).toBe('·—');
});
