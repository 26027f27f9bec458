import { describe, expect, test } from 'vitest';
import { textWidth, unstyled } from '../../src/lib/text-width.ts';
import { makeTheme } from '../../src/theme.ts';
import { heatLayout, heatLegend, heatMap, type HeatScale } from '../../src/ui/heat-map.ts';

const scale: HeatScale = [0, 2, 10, 50, 250];
const rows = [
  { label: 'osd.1', cells: [1, 5, 20, 60, 900, undefined, 'unresponsive'] as const, tail: '1.0s slow' },
  { label: 'osd.1234', cells: [] },
];

describe.each([true, false])('ascii %s', (ascii) => {
  const theme = makeTheme({ colour: true, ascii });
  test('heatMap has a shade for each step, a gap for no value, x for unresponsive', () => {
    const layout = heatLayout(rows, 40);
    const [line = ''] = heatMap(rows, layout, scale, 40, theme).map(unstyled);
    const shades = theme.glyphs.heat.join('');
    expect(line.slice(layout.labelColumns)).toMatch(new RegExp(`^${shades.replaceAll(/[.*+]/g, '\\$&')} x`));
    expect(line).toContain('1.0s slow');
  });

  test('heatMap draws lines of one width that fit', () => {
    for (const columns of [20, 40, 200])
      for (const line of heatMap(rows, heatLayout(rows, columns), scale, columns, theme))
        expect(textWidth(unstyled(line))).toBeLessThanOrEqual(columns);
  });

  test('heatLegend names every step and x', () => {
    const legend = unstyled(heatLegend(scale, 'ms', theme));
    for (const words of ['<2', '2', '10', '50', '250+ ms', 'x timeout']) expect(legend).toContain(words);
  });
});
