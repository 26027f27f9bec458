import { label, plain } from '../../lib/plain.ts';
import { NONE, plural } from '../../lib/units.ts';
import type { Column, Detail, TableSection } from '../../panes/pane.ts';
import { bindDetail } from '../../sources/source.ts';
import {
  followJournal,
  journalEntries,
  type JournalSample,
  type JournalScope,
  type LogEntry,
  type Selection,
} from '../../sources/systemd/journal.ts';
import { nothingWords, ownWords, stateOfMissing, type ReadingState } from '../../timeline/reading-state.ts';
import { textColumn } from './columns.ts';

const columns: readonly Column<LogEntry>[] = [
  textColumn({ id: 'time', title: 'TIME', about: 'Time of the entry, UTC; of a line of syslog it stands in the text.', width: 14, rank: 0, value: ({ time }) => time }),
  textColumn({ id: 'level', title: 'LEVEL', about: 'Priority: emerg, alert, crit, err, warn, notice, info, debug.', vocabulary: 'fixed', width: 6, rank: 1, value: ({ level }) => label(level ?? NONE) }),
  textColumn({ id: 'by', title: 'BY', about: 'Program and PID that logged it.', width: 14, widest: 24, rank: 2, value: ({ by }) => by && plain(by) }),
  textColumn({ id: 'text', title: 'MESSAGE', about: 'Message.', width: 40, grow: true, rank: 0, value: ({ text }) => plain(text) }),
]; // prettier-ignore

/** Entries of a journal, the newest first; undefined before they are read, or where they are missing with the reason. */
export function journalTable(
  entries: readonly LogEntry[] | undefined,
  missing: Parameters<Detail['sections']>[1][string] | undefined,
  source: string,
): TableSection<LogEntry> {
  const gap = missing?.['log'];
  const state: ReadingState =
    entries !== undefined ? { state: 'read' } : gap ? stateOfMissing(gap) : { state: 'not read yet' };
  return {
    kind: 'table',
    id: 'journal',
    title: 'Journal',
    note: `last ${plural(entries?.length ?? 0, 'line')}, / filters by level, time, program, text`,
    sources: [source],
    columns,
    // Entries of one second keep their order.
    rows: (entries ?? []).toReversed(),
    key: ({ key }) => key,
    sort: { column: 'time', descending: true },
    empty: nothingWords('none', state),
    minRows: 10,
  };
}

/** Page of a journal that a person opens. */
interface View {
  readonly id: Selection | 'follow';
  readonly shows: string;
}

const VIEWS: readonly View[] = [
  { id: 'last', shows: 'last 300 entries' },
  { id: 'errors', shows: 'priority err and worse, last 300 entries' },
  { id: 'warnings', shows: 'priority warning and worse, last 300 entries' },
  { id: 'hour', shows: 'last hour, last 300 entries' },
  { id: 'previous boot', shows: 'before the last start of the host, last 300 entries' },
  { id: 'follow', shows: 'new entries every 2 s while the page is open' },
];

const viewColumns: readonly Column<View>[] = [
  textColumn({ id: 'view', title: 'VIEW', about: 'Entries that ↵ reads; nothing is read before.', vocabulary: 'fixed', width: 14, rank: 0, value: ({ id }) => label(id) }),
  textColumn({ id: 'shows', title: 'SHOWS', about: 'Which entries.', vocabulary: 'fixed', width: 40, grow: true, rank: 0, value: ({ shows }) => label(shows) }),
]; // prettier-ignore

/** Pages of the journal of a unit or a process, by priority, time and boot, and followed. `but` has views that a page shows already. */
export const journalViews = (scope: JournalScope, name: string, but: readonly Selection[]): TableSection<View> => ({
  kind: 'table',
  id: 'journal-views',
  title: 'Journal views',
  sources: ['journal-entries'],
  columns: viewColumns,
  rows: VIEWS.filter(({ id }) => id === 'follow' || !but.includes(id)),
  key: ({ id }) => id,
  sort: { column: '', descending: false },
  detail: ({ id }) => viewDetail(scope, name, id),
  empty: ownWords('none'),
  minRows: 3,
});

function viewDetail(scope: JournalScope, name: string, id: View['id']): Detail {
  const isFollowed = id === 'follow';
  return {
    id: 'journal-view',
    title: `journal of ${plain(name)}, ${label(id)}`,
    sources: {
      log: isFollowed ? followJournal(scope) : bindDetail(journalEntries, { scope, selection: id, after: undefined }),
    },
    everySeconds: isFollowed ? 2 : 30,
    sections: (samples, missing) => {
      // A sample of journalEntries, or undefined before the first read.
      const log = samples['log'] as JournalSample | undefined;
      return [journalTable(log?.entries, missing['log'], 'journal-entries')];
    },
  };
}
