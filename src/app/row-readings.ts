import type { Session } from '../collect/session.ts';
import type { LinesSection } from '../panes/pane.ts';
import type { Theme } from '../theme.ts';
import { contentColumns } from '../ui/draw-pane.ts';
import { plainPaneView, tableViewOf } from '../ui/pane-view.ts';
import { cellText } from '../ui/table.ts';
import { nameOf } from '../ui/table-difference.ts';
import { wrap } from './box.ts';
import { expressionOf, type FindingReadings } from './finding-readings.ts';
import { rawSections, type RawSection } from './raw-page.ts';
import type { Screen } from './screen.ts';
import { Surface, type SelectedRow } from './surface.ts';
import { textSection } from './text-section.ts';

/** Rows above the first marked line of a reading. */
const ABOVE = 2;

/** First marked line of each reading, as the scroll of a page with them. */
export const scrollToMarks = (sections: readonly RawSection[], columns: number): Readonly<Record<string, number>> =>
  Object.fromEntries(
    sections.flatMap((section) => {
      const first = section.firstMarked(contentColumns(section, columns));
      return first === undefined ? [] : [[section.id, Math.max(0, first - ABOVE)]];
    }),
  );

/** Opens the raw readings behind the selected cell: the row in the column that sorts. Lines with the row's name are marked. */
export function openRowReadings(screen: Screen, selected: SelectedRow, session: Session): void {
  const { theme, size } = screen;
  const { section } = selected;
  const raw = rawSections(session, section.sources, screen.clock(), namedIn(selected, theme));
  const sections = [cellSection(screen, selected), ...raw];
  // Readings of the time of the key press: they do not change while the page is open.
  const scroll = scrollToMarks(raw, size.columns);
  const [first] = raw;
  screen.layers.push({
    kind: 'page',
    surface: new Surface({
      id: 'raw',
      title: `Raw: ${section.title}`,
      sections: () => sections,
      view: { ...plainPaneView, scroll, focus: first?.id },
    }),
  });
}

/** Value and meaning of the selected cell. */
function cellSection({ surface, theme }: Screen, { section, row }: SelectedRow): LinesSection {
  const id = (surface && tableViewOf(surface.view, section.id).sort) ?? section.sort.column;
  const column = section.columns.find((one) => one.id === id) ?? section.columns[0];
  const { missing } = theme.glyphs;
  const value = column ? `${column.title} ${cellText(column, row, missing)}: ${column.about}` : '';
  const text = `${nameOf(section, row, missing)}; ${value}`;
  return textSection({ id: 'cell', title: 'Cell', bare: true }, (columns) =>
    wrap(text, Math.max(1, columns - 1)).map((line) => ({ text: ` ${line}`, role: 'label' as const })),
  );
}

/** Readings with a line about the row first, those lines marked. */
function namedIn({ section, row, key }: SelectedRow, theme: Theme): Pick<FindingReadings, 'rank' | 'marks'> {
  const { missing } = theme.glyphs;
  const [first] = section.columns;
  const names = [key, first && cellText(first, row, missing), section.entity?.(row)?.id, section.name?.(row)]
    .filter((name): name is string => name !== undefined && name !== missing && name.length >= LEAST_NAME)
    .map(expressionOf);
  const isNamed = (text: string) => names.some((name) => name.test(text));
  return {
    marks: (_, line) => isNamed(line),
    rank: (request, _, text) => (isNamed(request) ? 0 : isNamed(text) ? 1 : 2),
  };
}

/** Least length of a name that is looked for: `1` stands in every reading. */
const LEAST_NAME = 2;
