import { cut, textWidth } from '../../lib/text-width.ts';
import type { LinesSection } from '../../panes/pane.ts';

/** Line above an incomplete table: `fact: advice`, the advice on a second line on a narrow screen. */
export function hiddenLine(sentence: string): LinesSection {
  const lines = (columns: number) => (textWidth(sentence) < columns ? [sentence] : sentence.split(/(?<=:) /));
  return {
    kind: 'lines',
    id: 'hidden',
    title: 'Hidden',
    sources: ['processes', 'proc-mount'],
    bare: true,
    minColumns: Infinity,
    wantRows: (columns) => lines(columns).length,
    copyText: () => sentence,
    draw: (columns, rows, theme) =>
      lines(columns)
        .slice(0, rows)
        .map((line) => theme.paint('warn', cut(` ${line}`, columns, theme.glyphs.ellipsis))),
  };
}
