import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { textWidth, unstyled } from '../../src/lib/text-width.ts';
import type { Section } from '../../src/panes/pane.ts';
import { makeTheme } from '../../src/theme.ts';
import { drawSections } from '../../src/ui/draw-pane.ts';
import { pack, type Want } from '../../src/ui/pack.ts';
import { plainPaneView } from '../../src/ui/pane-view.ts';

const theme = makeTheme({ colour: true, ascii: false });

const block = (id: string, rows: number, minColumns = 30): Section => ({
  kind: 'lines',
  id,
  title: id,
  sources: [],
  minColumns,
  wantRows: () => rows,
  draw: (_, most) => Array.from({ length: Math.min(rows, most) }, (_, i) => `${id} ${i + 1}`),
});

const text = (sections: readonly Section[], columns: number, rows: number, view = plainPaneView) =>
  drawSections(sections, view, { columns, rows }, theme).lines.map(unstyled);

test('drawSections stacks sections when narrow and notes those that do not fit', () => {
  expect(text([block('a', 2), block('b', 4), block('c', 4)], 40, 11)).toEqual([
    '╭▸a ───────────────────────────────────╮',
    '│ a 1                                  │',
    '│ a 2                                  │',
    '╰──────────────────────────────────────╯',
    '╭ b ───────────────────────────────────╮',
    '│ b 1                                  │',
    '│ b 2                                  │',
    '│ b 3                                  │',
    '│ b 4                                  │',
    '╰─────────────────────── +1 more: tab ─╯',
    ' '.repeat(40),
  ]);
});

test('drawSections puts sections side by side when wide, with aligned bottoms', () => {
  const lines = text([block('a', 1), block('b', 3)], 120, 8);
  expect(lines[0]?.startsWith('╭▸a ')).toBe(true);
  expect(lines[0]?.indexOf('╭ b ')).toBe(60);
  expect(lines[4]).toBe(`╰${'─'.repeat(58)}╯╰${'─'.repeat(58)}╯`);
});

test('drawSections always draws the focused section', () => {
  const sections = [block('a', 8), block('b', 8), block('c', 8)];
  expect(text(sections, 40, 10, { ...plainPaneView, focus: 'c' }).join('\n')).toContain('c 1');
  expect(text(sections, 40, 10, { ...plainPaneView, focus: 'b' }).join('\n')).toContain('1 before, +1 more: tab');
});

test('drawSections draws one section when zoomed, and scrolls it', () => {
  const view = { ...plainPaneView, focus: 'b', zoomed: true, scroll: { b: 5 } };
  const lines = text([block('a', 1), block('b', 20)], 40, 10, view);
  expect(lines[1]).toContain('b 6');
});

test('drawSections shows the error of a section and draws the others', () => {
  const broken: Section = {
    ...(block('a', 1) as Extract<Section, { kind: 'lines' }>),
    draw: () => {
      throw new Error('no such \u001B[2Jnode');
    },
  };
  const lines = text([broken, block('b', 1)], 60, 8).join('\n');
  expect(lines).toContain('section failed: no such ␛[2Jnode');
  expect(lines).toContain('b 1');
});

test('drawSections greys everything when stale', () => {
  const { lines } = drawSections([block('a', 1)], plainPaneView, { columns: 40, rows: 3 }, theme, { stale: true });
  for (const line of lines) expect(line).toBe(theme.paint('stale', unstyled(line)));
});

test('drawSections sanitises lines', () => {
  const evil: Section = {
    ...(block('a', 1) as Extract<Section, { kind: 'lines' }>),
    draw: () => ['\u001B]0;x\u0007\u001B[31mred\u001B[0m'],
  };
  const line = drawSections([evil], plainPaneView, { columns: 40, rows: 3 }, theme).lines[1] ?? '';
  expect(unstyled(line)).toContain('␛]0;x␇red');
});

test('pack returns boxes without overlap within the area for any requests', () => {
  const want = fc
    .record({ minColumns: fc.integer({ min: 1, max: 150 }), least: fc.nat(6), base: fc.nat(30), most: fc.nat(60) })
    .map(({ minColumns, least, base, most }): Want => ({
      minColumns,
      minRows: Math.max(1, least),
      baseRows: () => Math.max(1, base),
      mostRows: () => Math.max(1, base, most),
    }));
  fc.assert(
    fc.property(
      fc.array(want, { minLength: 1, maxLength: 9 }),
      fc.integer({ min: 20, max: 220 }),
      fc.integer({ min: 6, max: 60 }),
      fc.nat(8),
      (wants, columns, rows, at) => {
        const focus = at % wants.length;
        const { boxes, before, after } = pack(wants, { columns, rows }, focus);
        expect(boxes.length + before + after).toBe(wants.length);
        expect(boxes.some(({ index }) => index === focus)).toBe(true);
        const taken = new Set<number>();
        for (const box of boxes) {
          expect(box.x + box.columns).toBeLessThanOrEqual(columns);
          expect(box.y + box.rows).toBeLessThanOrEqual(rows);
          for (let y = box.y; y < box.y + box.rows; y++)
            for (let x = box.x; x < box.x + box.columns; x++) {
              expect(taken.has(y * 1000 + x)).toBe(false);
              taken.add(y * 1000 + x);
            }
        }
      },
    ),
  );
});

test('drawSections draws lines of exact width', () => {
  fc.assert(
    fc.property(fc.integer({ min: 10, max: 210 }), fc.integer({ min: 4, max: 40 }), (columns, rows) => {
      const lines = text([block('a', 2), block('b', 6, 90), block('c', 3)], columns, rows);
      expect(lines).toHaveLength(rows);
      for (const line of lines) expect(textWidth(line)).toBe(columns);
    }),
  );
});

test('drawSections draws a bare line over the whole width, without focus', () => {
  const bare: Section = { ...(block('machine', 1, Infinity) as Extract<Section, { kind: 'lines' }>), bare: true };
  const lines = text([bare, block('b', 1), block('c', 1)], 40, 8);
  expect(lines[0]).toBe(`machine 1${' '.repeat(31)}`);
  expect(lines[1]?.startsWith('╭▸b ')).toBe(true);
});
