import type { StandingFinding } from '../collect/session.ts';
import { findingRank } from '../findings/order.ts';
import { statement } from '../findings/statement.ts';
import { label as fixedWords, plain } from '../lib/plain.ts';
import { cut, fit, textWidth } from '../lib/text-width.ts';
import { duration } from '../lib/units.ts';
import type { Detail, LinesSection, Section, TableSection, Tile } from '../panes/pane.ts';
import type { Severity, Theme } from '../theme.ts';
import { sparkline } from '../ui/spark.ts';
import { layout } from '../ui/table-layout.ts';
import { selectionOf } from '../ui/table.ts';
import type { TableView } from '../ui/table-view.ts';
import { wrap } from './box.ts';
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

export interface OverviewInput {
  readonly findings: readonly StandingFinding[];
  /** View of the list: the finding under its pointer is explained below it. */
  readonly view: TableView;
  readonly tiles: readonly PaneTile[];
  /** Subsystems that are not present. */
  readonly absent: readonly string[];
  /** Subsystems that are not readable, and the reason. */
  readonly hidden: { readonly titles: readonly string[]; readonly why: string } | undefined;
  readonly readings: ReadingsSummary;
  readonly nowMs: number;
  readonly theme: Theme;
}

/** Findings, the explanation of the selected one, a tile for each pane. */
export function overviewSections(input: OverviewInput): readonly Section[] {
  const { findings, view, tiles, absent, hidden, theme } = input;
  const list = findingsTable(input);
  const selected = selectionOf(list, view, theme)?.row;
  return [
    findings.length > 0 ? list : nothingFound(input.readings),
    ...(selected ? [explanation(selected, (columns) => sentenceRoom(list, columns))] : []),
    ...tiles.map(tileSection),
    ...tiles.flatMap(({ glance }) => glance ?? []),
    ...(hidden ? [hiddenLines(hidden)] : []),
    ...(absent.length > 0 ? [absentLine(absent)] : []),
  ];
}

const LETTERS: Readonly<Record<Severity, string>> = { crit: 'CRIT', warn: 'WARN', info: 'INFO' };

const SENTENCE = 'finding';

const findingsTable = ({ findings, readings, nowMs, theme }: OverviewInput): TableSection<StandingFinding> => ({
  kind: 'table',
  id: 'findings',
  title: 'Findings',
  ...(readings.unread.length > 0 && { note: `${readings.unread.length} not readable: S` }),
  sources: [],
  columns: [
    {
      id: 'severity',
      title: 'LEVEL',
      about: 'CRIT: act now. WARN: check soon. INFO: worth knowing. Past events rank below present faults.',
      width: 7,
      value: findingRank,
      text: ({ severity }) => `${theme.glyphs.severity[severity]} ${LETTERS[severity]}`,
      role: ({ severity }) => severity,
      rank: 0,
    },
    {
      id: 'where',
      title: 'OBJECT',
      about: 'Object with the problem.',
      width: 10,
      widest: Math.min(24, Math.max(10, ...findings.map((finding) => textWidth(objectOf(finding))))),
      value: ({ subject }) => subject,
      vocabulary: ({ subjectVocabulary }) => subjectVocabulary,
      rank: 1,
    },
    {
      id: SENTENCE,
      title: 'FINDING',
      about: 'Condition, figure and cause.',
      width: 30,
      grow: true,
      value: ({ sentence }) => sentence,
      rank: 0,
    },
    {
      id: 'since',
      title: 'FOR',
      about: 'Duration, as far as observed; of a past event, its age.',
      width: 6,
      align: 'right',
      value: (finding) => shownSeconds(finding, nowMs),
      text: (finding) => duration(shownSeconds(finding, nowMs)),
      role: () => 'dim',
      rank: 2,
    },
  ],
  rows: findings,
  key: ({ key }) => key,
  sort: { column: 'severity', descending: false },
  searchText: ({ rule }) => rule,
  links: ({ pane, subject }) => (pane === undefined ? [] : [{ label: subject, pane, row: subject }]),
  detail: findingDetail,
  empty: '',
  minRows: 4,
});

/** Object of a finding as it is drawn in a title. */
const objectOf = ({ subject, subjectVocabulary }: StandingFinding): string =>
  subjectVocabulary === 'fixed' ? subject : plain(subject);

/** Age of a past event (undefined: before the first reading), else the duration of the fault. */
const shownSeconds = ({ past, sinceMs, seenMs }: StandingFinding, nowMs: number): number | undefined =>
  past
    ? past.ageSeconds === undefined
      ? undefined
      : past.ageSeconds + Math.max(0, nowMs - seenMs) / 1000
    : (nowMs - sinceMs) / 1000;

/** Detail of a finding: its evidence, each value with its source. */
const findingDetail = (finding: StandingFinding): Detail => ({
  id: `finding ${finding.key}`,
  title: `${LETTERS[finding.severity]} ${objectOf(finding)}`,
  sources: {},
  everySeconds: 0,
  sections: () => [
    explanation(finding, () => 0),
    {
      kind: 'table',
      id: 'evidence',
      title: 'Evidence',
      sources: [],
      columns: [
        { id: 'what', title: 'FIGURE', about: 'Name of the value.', width: 24, value: ({ what }) => what, rank: 0 },
        {
          id: 'value',
          title: 'VALUE',
          about: 'Value at the last evaluation.',
          width: 16,
          align: 'right',
          value: ({ value }) => value,
          rank: 0,
        },
        {
          id: 'source',
          title: 'SOURCE',
          about: 'File or command.',
          width: 20,
          grow: true,
          value: ({ source }) => source,
          role: () => 'dim',
          rank: 0,
        },
      ],
      rows: finding.evidence,
      key: ({ what, source }) => `${what} ${source}`,
      sort: { column: '', descending: false },
      empty: 'none',
    } satisfies TableSection<StandingFinding['evidence'][number]>,
  ],
});

/** Width of the FINDING column in a list of `columns` cells: a sentence is repeated below only where the list cut it. */
const sentenceRoom = (list: TableSection<StandingFinding>, columns: number): number =>
  layout(list.columns, columns).find(({ column }) => column.id === SENTENCE)?.width ?? 0;

/** Explanation of a finding: the whole sentence where the list cut it, the next step, the evidence with its sources. */
function explanation(finding: StandingFinding, room: (columns: number) => number): LinesSection {
  const part = (head: string, content: string, columns: number) =>
    wrap(content, columns - HEAD_COLUMNS).map((text, i) => ({
      head: (i === 0 ? head : '').padEnd(HEAD_COLUMNS),
      text,
    }));
  const lines = (columns: number) => [
    ...(textWidth(plain(finding.sentence)) > room(columns + 2) ? part('finding', finding.sentence, columns) : []),
    ...part('next', finding.next, columns),
    ...finding.evidence
      .slice(0, 3)
      .flatMap(({ what, value, source }, i) =>
        part(i === 0 ? 'evidence' : '', `${what} ${value} (${source})`, columns),
      ),
  ];
  return {
    kind: 'lines',
    id: 'finding',
    title: objectOf(finding),
    note: finding.rule,
    sources: [],
    minColumns: Infinity,
    wantRows: (columns) => lines(columns).length,
    draw: (columns, rows, theme) =>
      lines(columns)
        .slice(0, rows)
        .map(({ head, text }) => theme.paint('key', head) + text),
    copyText: () => `${statement(finding)}\n${finding.next}`,
  };
}

const HEAD_COLUMNS = 10;

function nothingFound(readings: ReadingsSummary): LinesSection {
  const [first = '', ...rest] = summaryWords(readings);
  const clean = rest.length === 0 && readings.answered > 0;
  const lines = (columns: number) => [
    ...wrap(first, columns).map((text) => ({ text, role: clean ? ('good' as const) : ('text' as const) })),
    ...rest.flatMap((words) => wrap(words, columns)).map((text) => ({ text, role: 'warn' as const })),
  ];
  return {
    kind: 'lines',
    id: 'findings',
    title: 'Findings',
    sources: [],
    minColumns: Infinity,
    wantRows: (columns) => lines(columns).length,
    draw: (columns, rows, theme) =>
      lines(columns)
        .slice(0, rows)
        .map(({ text, role }) => theme.paint(role, text)),
  };
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

function hiddenLines({ titles, why }: NonNullable<OverviewInput['hidden']>): LinesSection {
  const lines = (columns: number) =>
    wrap(`Not readable: ${titles.map(fixedWords).join(', ')}: ${plain(why)}`, Math.max(1, columns - 1));
  return {
    kind: 'lines',
    id: 'hidden',
    title: 'Not readable',
    sources: [],
    bare: true,
    minColumns: Infinity,
    wantRows: (columns) => lines(columns).length,
    draw: (columns, rows, theme) =>
      lines(columns)
        .slice(0, rows)
        .map((line) => theme.paint('warn', ` ${line}`)),
  };
}

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
