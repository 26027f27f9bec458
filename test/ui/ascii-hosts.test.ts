import { expect, test } from 'vitest';
import { textWidth, unstyled } from '../../src/lib/text-width.ts';
import { panes } from '../../src/subsystems/index.ts';
import { makeTheme } from '../../src/theme.ts';
import { asciiOnly } from '../../src/ui/ascii.ts';
import { drawPane } from '../../src/ui/draw-pane.ts';
import { plainPaneView } from '../../src/ui/pane-view.ts';
import { hostMoments, hostNames } from '../helpers/hosts.ts';
import { momentOf } from '../helpers/moments.ts';

const [unicode, ascii] = [false, true].map((isAscii) => makeTheme({ colour: false, ascii: isAscii }));
const sizes = [
  { columns: 80, rows: 24 },
  { columns: 200, rows: 60 },
];

/** Glyphs of which a letter is the likeness: 5 °C, µs, m², 2×. */
const LIKE_LETTERS = /[°µμ²×\p{L}]/u;

/** Faults of a line in ASCII beside the same in Unicode, cell by cell. */
function faultsOf(line: string, beside: string): readonly string[] {
  const cells = Array.from(beside);
  // A character of another width: the cells of both lines are not the same ones.
  if (cells.length !== line.length || textWidth(beside) !== cells.length) return [];
  return cells.flatMap((cell, at) => {
    const drawn = line[at] ?? '';
    if (drawn === '?' && cell !== '?') return [`"?" for "${cell}" in ${line}`];
    // A mark may take a blank, with another one before the figure.
    if (cell === ' ' && /[!*]/.test(drawn) && /\w/.test(line[at + 1] ?? '')) return [`glued at ${at} in ${line}`];
    const isMark = cell > '\u007F' && !LIKE_LETTERS.test(cell);
    return isMark && /[A-Za-z]/.test(drawn) ? [`"${drawn}" for "${cell}" in ${line}`] : [];
  });
}

test.each(hostNames)('--ascii draws no question mark, no glued mark and no mark like a letter on %s', async (name) => {
  const faults: string[] = [];
  for (const pane of panes) {
    const model: unknown = pane.model(await momentOf(pane.needs, hostMoments(name)));
    for (const size of sizes) {
      const drawn = (theme: typeof unicode) =>
        theme === undefined ? [] : drawPane(pane, model, plainPaneView, size, theme).lines.map(unstyled);
      const beside = drawn(unicode);
      const lines = drawn(ascii).map(asciiOnly);
      expect(lines.length).toBe(beside.length);
      for (const [row, line] of lines.entries()) {
        expect(line).toMatch(/^[\u0020-\u007E]*$/);
        faults.push(...faultsOf(line, beside[row] ?? ''));
      }
      // Also in lines of other widths.
      const marks = (text: readonly string[]) => text.join('').split('?').length;
      expect(marks(lines)).toBeLessThanOrEqual(marks(beside));
    }
  }
  expect([...new Set(faults)]).toEqual([]);
});
