import { expect, test } from 'vitest';
import { unstyled } from '../../src/lib/text-width.ts';
import { makeTheme } from '../../src/theme.ts';
import { flameLines, type FlameCell } from '../../src/ui/flame-graph.ts';

const cells: readonly FlameCell[] = [
  { depth: 0, from: 0, to: 1, text: 'nova-compute', role: 'dim' },
  { depth: 1, from: 0, to: 0.25, text: 'on CPU 25%', role: 'dim' },
  { depth: 1, from: 0.25, to: 0.99, text: 'off CPU: lock 74%', role: 'dim' },
  { depth: 1, from: 0.99, to: 1, text: 'off CPU: idle 1%', role: 'dim' },
  { depth: 2, from: 0, to: 0.25, text: 'spawn', role: 'accent' },
  { depth: 2, from: 0.25, to: 0.6, text: 'virMutexLock', role: 'label' },
];

test('flameLines draws boxes of the width of their share', () => {
  const theme = makeTheme({ colour: true, ascii: false, depth: 'truecolor' });
  const lines = flameLines(cells, 40, theme);
  expect(lines.map(unstyled)).toEqual([
    `▏nova-compute${' '.repeat(27)}`,
    '▏on CPU 2…▏off CPU: lock 74%            ',
    '▏spawn    ▏virMutexLock ',
  ]);
  expect(lines[2]).toBe(`${theme.fill('accent', '▏spawn    ')}${theme.fill('label', '▏virMutexLock ')}`);
});

test('flameLines is readable in ASCII without colour', () => {
  const theme = makeTheme({ colour: false, ascii: true });
  expect(flameLines(cells, 24, theme).map(unstyled)[1]).toBe('|on C~|off CPU: lock 74%');
});

test('flameLines leaves out boxes that are narrower than a cell, and text where none fits', () => {
  const many = Array.from({ length: 500 }, (_, i): FlameCell => ({ depth: 0, from: i / 500, to: (i + 1) / 500, text: `f${i}`, role: 'text' })); // prettier-ignore
  const [line = ''] = flameLines(many, 80, makeTheme({ colour: true, ascii: false }));
  expect(unstyled(line)).toHaveLength(80);
  expect(unstyled(line)).not.toContain('f');
});
