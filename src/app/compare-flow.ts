import type { AnySource } from '../sources/source.ts';
import type { AnyPane, Section, TableSection } from '../panes/pane.ts';
import { NOTABLE_SHARE, tableDifference, type RowDifference } from '../ui/table-difference.ts';
import { duration, percent } from '../lib/units.ts';
import type { Theme } from '../theme.ts';
import { ownWords } from '../timeline/reading-state.ts';
import type { Moment, Needs } from '../timeline/moment.ts';
import { choose } from './choose.ts';
import { clock } from './header.ts';
import { openPage } from './flows.ts';
import { sourcesOf } from './pane-models.ts';
import { shownMarks } from './recorded-screen.ts';
import type { Screen } from './screen.ts';

const BACK_MS = [60_000, 5 * 60_000, 15 * 60_000];

/** Opens the differences of the pane's tables since another time: rows that appeared, vanished and changed. */
export async function compare(screen: Screen): Promise<void> {
  const { watch, theme } = screen;
  const pane = watch?.panes.find(({ id }) => id === watch.tab);
  if (!watch || !pane) {
    screen.notify('compare: needs a pane; open one first');
    return;
  }
  const { session, time } = watch;
  const atMs = time.atMs;
  const startMs =
    session.timeline.readySince(
      sourcesOf(pane)
        .filter(isQuick)
        .map(({ id }) => id),
    ) ?? atMs;
  const marks = shownMarks(screen, session.marks())
    .filter(({ wallMs }) => wallMs >= startMs && wallMs < atMs)
    .toReversed();
  const choices = [
    ...BACK_MS.filter((back) => atMs - back > startMs).map((back) => ({
      value: atMs - back,
      title: `${duration(back / 1000)} before`,
      about: clock(atMs - back),
    })),
    { value: startMs, title: 'start of the session', about: clock(startMs) },
    ...marks.slice(0, MOST_MARKS).map(({ wallMs, kind, text }) => ({
      value: wallMs,
      title: `${clock(wallMs)} ${kind}`,
      about: text,
    })),
  ];
  const sinceMs = await choose(screen.layers, { title: `Compare ${clock(atMs)} with`, choices }, screen.changed);
  if (sinceMs === undefined) return;
  const momentOf = (wallMs: number) => session.timeline.momentAt(pane.needs, wallMs);
  const { tables } = watch.surface.view;
  const sections = differences(pane, momentOf, sinceMs, atMs, theme).map((section) =>
    section.kind === 'table' ? onlyMarked(section, tables[section.id]?.marked) : section,
  );
  openPage(screen, 'compare', `${pane.title}: ${clock(sinceMs)} to ${clock(atMs)}`, () => sections);
}

/** Differences of the marked rows; without any, of all. */
const onlyMarked = <Row>(section: TableSection<Row>, marked: ReadonlySet<string> = new Set()): TableSection<Row> =>
  marked.size === 0 ? section : { ...section, rows: section.rows.filter((row) => marked.has(section.key(row))) };

/** Longest period of a source that counts for the start: slower ones have one sample for long. */
const QUICK_SECONDS = 10;
const isQuick = ({ everySeconds }: AnySource): boolean => everySeconds !== 'once' && everySeconds <= QUICK_SECONDS;
const MOST_MARKS = 100;

/** Difference tables, one for each table of a pane. `momentAt` is the pane's needs at a time. */
export function differences(
  pane: AnyPane,
  momentAt: (wallMs: number) => Moment<Needs>,
  sinceMs: number,
  atMs: number,
  theme: Theme,
): readonly Section[] {
  // A pane's functions fit each other by construction in definePane.
  const tables = (wallMs: number) =>
    pane.sections(pane.model(momentAt(wallMs))).filter((section): section is TableSection => section.kind === 'table');
  const then = new Map(tables(sinceMs).map((section) => [section.id, section]));
  return tables(atMs).map((section) => {
    const old = then.get(section.id) ?? { ...section, rows: [] };
    return differenceTable(section, tableDifference(old, section, theme));
  });
}

function differenceTable(section: TableSection, rows: readonly RowDifference[]): TableSection<RowDifference> {
  const count = (what: RowDifference['what']) => rows.filter((row) => row.what === what).length;
  return {
    kind: 'table',
    id: section.id,
    title: section.title,
    note: `${count('appeared')} appeared, ${count('vanished')} vanished, ${count('changed')} changed by ${percent(NOTABLE_SHARE * 100)} or more`,
    sources: section.sources,
    columns: [
      {
        id: 'what',
        title: 'CHANGE',
        about: 'Row appeared, vanished or changed.',
        width: 10,
        value: (row) => row.what,
        text: (row) => `${SIGN[row.what]} ${row.what}`,
        role: (row) => (row.what === 'changed' ? 'text' : 'accent'),
        rank: 0,
      },
      { id: 'name', title: 'ROW', about: 'Row of the table.', width: 32, value: (row) => row.name, rank: 0 },
      {
        id: 'changes',
        title: 'VALUES',
        about: 'Changed columns, before > after, largest change first.',
        width: 30,
        grow: true,
        value: (row) => row.changes.map(({ column, before, after }) => `${column} ${before} > ${after}`).join(', '),
        rank: 0,
      },
      {
        id: 'share',
        title: 'DELTA',
        about: 'Largest change, percent of the larger of the two values.',
        width: 5,
        align: 'right',
        value: (row) => row.share,
        text: (row) => (row.what === 'changed' ? percent(row.share * 100) : ''),
        rank: 1,
      },
    ],
    rows,
    key: (row) => row.key,
    sort: { column: 'share', descending: true },
    first: (row) => row.what === 'changed',
    empty: ownWords('no changes'),
  };
}

const SIGN = { appeared: '+', vanished: '-', changed: '~' } as const;
