import type { LinesSection } from '../panes/pane.ts';
import type { Role } from '../theme.ts';
import { wrap } from './box.ts';

/** Line of a text section. */
export interface TextLine {
  /** Drawn before the text, in the colour of keys. */
  readonly head?: string;
  readonly text: string;
  readonly role?: Role;
}

/** Section of text lines over the whole width. */
export const textSection = (
  section: Pick<LinesSection, 'id' | 'title' | 'note' | 'bare' | 'copyText'>,
  lines: (columns: number, ellipsis: string) => readonly TextLine[],
): LinesSection => ({
  kind: 'lines',
  sources: [],
  minColumns: Infinity,
  ...section,
  wantRows: (columns) => lines(columns, '…').length,
  draw: (columns, rows, theme) =>
    lines(columns, theme.glyphs.ellipsis)
      .slice(0, rows)
      .map(
        ({ head, text, role }) =>
          (head === undefined ? '' : theme.paint('key', head)) + (role === undefined ? text : theme.paint(role, text)),
      ),
});

/** A text with its head on the first of its lines. */
export const headedLines = (head: string, text: string, columns: number, headColumns: number): readonly TextLine[] =>
  wrap(text, columns - headColumns).map((line, i) => ({ head: (i === 0 ? head : '').padEnd(headColumns), text: line }));
