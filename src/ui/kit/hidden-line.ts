import { cut, textWidth } from '../../lib/text-width.ts';
import type { LinesSection } from '../../panes/pane.ts';

/** A line above a table that holds a part only: `fact: advice`, the advice below where the screen is narrow. */
export function hiddenLine(words: string): LinesSection {
  const lines = (columns: number) => (textWidth(words) < columns ? [words] : words.split(/(?<=:) /));
  return {
    kind: 'lines',
    id: 'hidden',
    title: 'Hidden',
    sources: ['processes', 'proc-mount'],
    bare: true,
    minColumns: Infinity,
    wantRows: (columns) => lines(columns).length,
    copyText: () => words,
    draw: (columns, rows, theme) =>
      lines(columns)
        .slice(0, rows)
        .map((line) => theme.paint('warn', cut(` ${line}`, columns, theme.glyphs.ellipsis))),
  };
}
