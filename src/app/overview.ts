import type { StandingFinding } from '../collect/session.ts';
import { label as fixedWords, plain } from '../lib/plain.ts';
import { cut } from '../lib/text-width.ts';
import type { LinesSection, Section, TableSection } from '../panes/pane.ts';
import type { Theme } from '../theme.ts';
import { placedColumns, selectionOf } from '../ui/table.ts';
import type { TableView } from '../ui/table-view.ts';
import { wrap } from './box.ts';
import { textSection, type TextLine } from './text-section.ts';
import { explanation } from './finding-lines.ts';
import { incidentTable, SENTENCE, type IncidentRow } from './incident-table.ts';
import { tileSection, tileTable, type PaneTile } from './tile-sections.ts';
import { summaryWords, type ReadingsSummary } from './readings-summary.ts';

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
  /** Small screen: the tiles are a list. */
  readonly compact?: boolean;
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
  const { incidents, view, tiles, compact, absent, hidden, theme, nowMs, fromMs, changedBefore, stepsFor } = input;
  const unread = input.readings.unread.length;
  const list = incidentTable(incidents, { unread, nowMs, fromMs, theme, changedBefore, stepsFor });
  const selected = selectionOf(list, view, theme)?.row;
  return [
    incidents.length > 0 ? list : nothingFound(input.readings),
    ...(selected
      ? [
          explanation(selected.root, {
            room: (columns) => sentenceRoom(list, columns, theme),
            victims: selected.victims,
            contention: selected.contention,
            steps: stepsFor?.(selected.root),
          }),
        ]
      : []),
    ...(compact ? [tileTable(tiles)] : tiles.map(tileSection)),
    ...(hidden.length > 0 ? [hiddenLines(hidden)] : []),
    ...(absent.length > 0 ? [absentLine(absent)] : []),
    ...(compact ? [] : glancesOf(tiles)),
  ];
}

/** What is of use on any host, figures before courses. */
const glancesOf = (tiles: readonly PaneTile[]): readonly Section[] =>
  tiles
    .flatMap(({ glances = [] }) => glances)
    .toSorted((a, b) => Number(a.isCourse ?? false) - Number(b.isCourse ?? false));

/** Width of the INCIDENT column in a list of `columns` cells: a sentence is repeated below only where the list cut it. */
const sentenceRoom = (list: TableSection<IncidentRow>, columns: number, theme: Theme): number =>
  placedColumns(list, columns, theme).find(({ column }) => column.id === SENTENCE)?.width ?? 0;

function nothingFound(readings: ReadingsSummary): LinesSection {
  const [first = '', ...rest] = summaryWords(readings);
  const clean = rest.length === 0 && readings.answered > 0;
  return textSection({ id: 'incidents', title: 'Incidents' }, (columns) => [
    ...wrap(first, columns).map((text): TextLine => ({ text, role: clean ? 'good' : 'text' })),
    ...rest.flatMap((words) => wrap(words, columns)).map((text): TextLine => ({ text, role: 'warn' })),
  ]);
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
