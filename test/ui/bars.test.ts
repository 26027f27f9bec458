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

test('a bar shows eighths of a cell, and an unknown share as missing', () => {
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

test('a stacked bar keeps to its width when the parts are more than the whole', () => {
  const parts = [
    { pct: 70, role: 'good', mark: 'u' },
    { pct: undefined, role: 'warn' },
    { pct: 70, role: 'crit', mark: 's' },
  ] as const;
  expect(unstyled(stackedBar(parts, 10, theme))).toBe('uuuuuuusss');
});

test('a sparkline puts the newest at the right and leaves gaps for what is unknown', () => {
  expect(unstyled(sparkline([0, 4, undefined, 8], 6, theme))).toBe('  ▁▄ █');
  expect(unstyled(sparkline([1, 2, 3], 2, theme, 3))).toBe('▅█');
  expect(unstyled(sparkline([], 3, theme))).toBe('   ');
});

test('heat reads without colour', () => {
  expect([0, 10, 40, 70, 99].map((pct) => unstyled(heatCell(pct, theme))).join('')).toBe('·░▒▓█');
  expect([0, 10, 40, 70, 99].map((pct) => unstyled(heatCell(pct, ascii))).join('')).toBe('.:+*#');
  expect(unstyled(heatCell(undefined, ascii))).toBe('-');
  expect(heatRole(90)).toBe('hot');
});

test('a heat strip that is too narrow shows the hottest of each share', () => {
  expect(unstyled(heatStrip([0, 99, 0, 0], 2, theme))).toBe('█·');
  expect(unstyled(heatStrip([0, undefined], 9, theme))).toBe('·—');
});
