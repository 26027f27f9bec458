import { plain } from '../../lib/plain.ts';
import { cut, fit } from '../../lib/text-width.ts';
import type { LinesSection } from '../../panes/pane.ts';
import type { Role } from '../../theme.ts';

/** Property of one object: a label and its text, which may come from the host. */
export interface Fact {
  readonly label: string;
  readonly text: string;
  readonly role?: Role;
}

const LABEL = 13;

/** Section of facts, one line each: the head of a detail. */
export const factsSection = (about: Pick<LinesSection, 'title' | 'sources'>, facts: readonly Fact[]): LinesSection => ({
  ...about,
  kind: 'lines',
  id: 'facts',
  minColumns: 60,
  wantRows: () => facts.length,
  draw: (columns, rows, theme) =>
    facts
      .slice(0, rows)
      .map(
        ({ label, text, role }) =>
          theme.paint('label', `${fit(plain(label), LABEL - 1)} `) +
          theme.paint(role ?? 'text', cut(plain(text), columns - LABEL)),
      ),
});
