import type { StandingFinding } from '../collect/session.ts';
import { label as fixedWords, plain } from '../lib/plain.ts';
import { cut, fit, textWidth } from '../lib/text-width.ts';
import type { LinesSection, Section, TableSection, Tile } from '../panes/pane.ts';
import type { Theme } from '../theme.ts';
import { sparkline } from '../ui/spark.ts';
import { layout } from '../ui/table-layout.ts';
import { selectionOf } from '../ui/table.ts';
import type { TableView } from '../ui/table-view.ts';
import { wrap } from './box.ts';
import { textSection, type TextLine } from './text-section.ts';
import { explanation } from './finding-lines.ts';
import { incidentTable, SENTENCE, type IncidentRow } from './incident-table.ts';
import { summaryWords, type ReadingsSummary } from './readings-summary.ts';

export interface PaneTile {
  readonly pane: string;
  readonly title: string;
  /** Undefined until its sources have been read. */
  readonly tile: Tile | undefined;
  readonly glance?: Section | undefined;
  /** Error of the pane's model. */
  readonly problem?: string | undefined;
}

/** Panes that are not readable, or not recorded, by the words for it. */
export interface Hidden {
  readonly titles: readonly string[];
  readonly why: string;
}

export interface OverviewInput {
  readonly incidents: readonly IncidentRow[];
  /** Lines about changes before the onset of an incident. */
  readonly changedBefore?: ((row: IncidentRow) => readonly string[]) | undefined;
  /** View of the list: the incident under its pointer is explained below it. */
  readonly view: TableView;
  readonly tiles: readonly PaneTile[];
  /** Subsystems that are not present. */
  readonly absent: readonly string[];
  /** Subsystems that are not readable, by the reason. */
  readonly hidden: readonly Hidden[];
  readonly readings: ReadingsSummary;
  readonly nowMs: number;
  /** Start of the session or recording. */
  readonly fromMs: number;
  readonly theme: Theme;
  /** Titles of the next steps of a finding, and the key that lists them. */
  readonly stepsFor?:
    | ((finding: StandingFinding) => { readonly key: string; readonly titles: readonly string[] })
    | undefined;
}

/** Incidents, the explanation of the selected one, a tile for each pane. */
export function overviewSections(input: OverviewInput): readonly Section[] {
  const { incidents, view, tiles, absent, hidden, theme, nowMs, fromMs, changedBefore, stepsFor } = input;
  const unread = input.readings.unread.length;
  const list = incidentTable(incidents, { unread, nowMs, fromMs, theme, changedBefore, stepsFor });
  const selected = selectionOf(list, view, theme)?.row;
  return [
    incidents.length > 0 ? list : nothingFound(input.readings),
    ...(selected
      ? [
          explanation(selected.root, {
            room: (columns) => sentenceRoom(list, columns),
            victims: selected.victims,
            contention: selected.contention,
            steps: stepsFor?.(selected.root),
          }),
        ]
      : []),
    ...tiles.map(tileSection),
    ...tiles.flatMap(({ glance }) => glance ?? []),
    ...(hidden.length > 0 ? [hiddenLines(hidden)] : []),
    ...(absent.length > 0 ? [absentLine(absent)] : []),
  ];
}

/** Width of the INCIDENT column in a list of `columns` cells: a sentence is repeated below only where the list cut it. */
const sentenceRoom = (list: TableSection<IncidentRow>, columns: number): number =>
  layout(list.columns, columns).find(({ column }) => column.id === SENTENCE)?.width ?? 0;

function nothingFound(readings: ReadingsSummary): LinesSection {
  const [first = '', ...rest] = summaryWords(readings);
  const clean = rest.length === 0 && readings.answered > 0;
  return textSection({ id: 'incidents', title: 'Incidents' }, (columns) => [
    ...wrap(first, columns).map((text): TextLine => ({ text, role: clean ? 'good' : 'text' })),
    ...rest.flatMap((words) => wrap(words, columns)).map((text): TextLine => ({ text, role: 'warn' })),
  ]);
}

const TILE_ID = 'tile ';
export const paneOfTile = (sectionId: string): string | undefined =>
  sectionId.startsWith(TILE_ID) ? sectionId.slice(TILE_ID.length) : undefined;

const tileSection = ({ pane, title, tile, problem }: PaneTile): LinesSection => ({
  kind: 'lines',
  id: TILE_ID + pane,
  title,
  sources: [],
  minColumns: 26,
  wantRows: () => Math.max(1, Math.min(4, tile?.figures.length ?? 1)),
  draw: (columns, rows, theme) => {
    if (problem !== undefined) return [theme.paint('warn', cut(plain(problem), columns, theme.glyphs.ellipsis))];
    if (!tile) return [theme.paint('dim', cut('not read yet', columns))];
    const labels = Math.min(16, Math.max(0, ...tile.figures.map(({ label }) => textWidth(label))));
    return tile.figures.slice(0, rows).map((figure) => figureLine(figure, labels, columns, theme));
  },
});

function figureLine(figure: Tile['figures'][number], labelColumns: number, columns: number, theme: Theme): string {
  const { ellipsis } = theme.glyphs;
  const label = fit(fixedWords(figure.label), labelColumns, 'left', ellipsis);
  const value = cut(plain(figure.value), Math.max(4, columns - labelColumns - 1), ellipsis);
  const gap = Math.max(0, columns - labelColumns - textWidth(value) - 2);
  const middle = figure.spark && gap >= 6 ? sparkline(figure.spark, Math.min(gap, 40), theme) : '';
  const lead = ' '.repeat(Math.max(0, gap - (middle ? Math.min(gap, 40) : 0)));
  return `${theme.paint('label', label)} ${lead}${middle} ${theme.paint(figure.role ?? 'text', value)}`;
}

const hiddenLines = (hidden: readonly Hidden[]): LinesSection =>
  textSection({ id: 'hidden', title: 'Not readable', bare: true }, (columns) =>
    hidden
      .flatMap(({ titles, why }) =>
        wrap(`${capitalised(plain(why))}: ${titles.map(fixedWords).join(', ')}`, Math.max(1, columns - 1)),
      )
      .map((line) => ({ text: ` ${line}`, role: 'warn' })),
  );

const capitalised = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

const absentLine = (absent: readonly string[]): LinesSection => ({
  kind: 'lines',
  id: 'absent',
  title: 'Not present',
  sources: [],
  bare: true,
  minColumns: Infinity,
  wantRows: () => 1,
  draw: (columns, _, theme) => [
    theme.paint('dim', cut(` Not present: ${absent.map(fixedWords).join(', ')}`, columns, theme.glyphs.ellipsis)),
  ],
});
