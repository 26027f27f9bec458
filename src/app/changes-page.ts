import type { Change } from '../changes/change.ts';
import { mayBeOlder } from '../collect/may-be-older.ts';
import { duration } from '../lib/units.ts';
import type { LinesSection, Section, TableSection } from '../panes/pane.ts';
import { etcFiles } from '../sources/machine/etc-files.ts';
import { kernelModules } from '../sources/machine/kernel-modules.ts';
import { mounts } from '../sources/machine/mounts.ts';
import { packageLog } from '../sources/machine/package-log.ts';
import { sysctl } from '../sources/machine/sysctl.ts';
import { processes } from '../sources/processes/processes.ts';
import type { Moment, Needs } from '../timeline/moment.ts';
import { isWhole, nothingWords, stateOf, stateOfAll, stateWords } from '../timeline/reading-state.ts';
import { wrap } from './box.ts';
import { textSection } from './text-section.ts';
import { LETTERS, shownSeconds } from './finding-lines.ts';
import { clock } from './header.ts';
import type { IncidentRow } from './incident-table.ts';

/** A change, or the onset of an incident among them. */
type Row =
  | { readonly change: Change; readonly incident?: undefined; readonly atMs: number }
  | { readonly incident: IncidentRow; readonly change?: undefined; readonly atMs: number };

export interface ChangesInput {
  readonly momentOf: <N extends Needs>(needs: N) => Moment<N>;
  readonly changes: readonly Change[];
  readonly incidents: readonly IncidentRow[];
  readonly nowMs: number;
  /** Start of the session or recording. */
  readonly fromMs: number;
}

/** Page of changes: newest first, with the onsets of the incidents among them, and what was not read. */
export const changesSections = (input: ChangesInput): readonly Section[] => {
  const unread = unreadSources(input);
  return [changesTable(input), ...(unread.length === 0 ? [] : [unreadSection(unread)])];
};

/** Sources that only this page shows, and starts of daemons; what else was not readable is in its pane. */
const SOURCES = [packageLog, etcFiles, kernelModules, mounts, sysctl, processes];

function changesTable({ changes, incidents, nowMs, fromMs, momentOf }: ChangesInput): TableSection<Row> {
  const rows: readonly Row[] = [
    ...incidents.flatMap((incident): Row[] => {
      const seconds = shownSeconds(incident.root, nowMs);
      return seconds === undefined ? [] : [{ incident, atMs: nowMs - seconds * 1000 }];
    }),
    ...changes.map((change): Row => ({ change, atMs: change.atMs })),
  ];
  const isAtOrBefore = ({ change, incident }: Row): boolean =>
    change === undefined ? incident !== undefined && mayBeOlder(incident.root, fromMs) : change.afterMs !== undefined;
  return {
    kind: 'table',
    id: 'changes',
    title: 'Changes of the last 24 hours',
    note: 'onsets of incidents among them',
    sources: SOURCES.map(({ id }) => id),
    columns: [
      {
        id: 'time',
        title: 'TIME',
        about: 'Time of the change or onset, UTC; with ≤ it was at or before that: the reading that first shows it.',
        width: 9,
        value: ({ atMs }) => atMs,
        text: (row) => `${isAtOrBefore(row) ? '≤' : ' '}${clock(row.atMs)}`,
        role: roleOf,
        rank: 0,
      },
      {
        id: 'ago',
        title: 'AGO',
        about: 'Age of the change at the time on the screen.',
        width: 6,
        align: 'right',
        value: ({ atMs }) => (nowMs - atMs) / 1000,
        text: ({ atMs }) => duration(Math.max(0, nowMs - atMs) / 1000),
        role: () => 'dim',
        rank: 1,
      },
      {
        id: 'what',
        title: 'WHAT',
        about: 'Kind of object; a severity where an incident began.',
        vocabulary: 'fixed',
        width: 12,
        value: ({ change, incident }) => change?.what ?? `${LETTERS[incident?.incident.severity ?? 'info']} onset`,
        role: roleOf,
        rank: 0,
      },
      {
        id: 'subject',
        title: 'SUBJECT',
        about: 'Name of what was changed, or object of the incident.',
        width: 16,
        widest: 36,
        value: ({ change, incident }) => change?.subject ?? incident?.root.subject,
        vocabulary: ({ incident }) => incident?.root.subjectVocabulary,
        role: roleOf,
        rank: 0,
      },
      {
        id: 'detail',
        title: 'DETAIL',
        about: 'Old and new value, and the command that made the change; condition of the incident.',
        width: 24,
        grow: true,
        value: ({ change, incident }) =>
          change === undefined
            ? incident?.root.sentence
            : `${change.sentence}${change.by === undefined ? '' : ` (${change.by})`}`,
        role: roleOf,
        rank: 0,
      },
      {
        id: 'source',
        title: 'SOURCE',
        about: 'File or request that has it.',
        width: 18,
        value: ({ change, incident }) => change?.source ?? incident?.root.rule,
        role: () => 'dim',
        rank: 2,
      },
    ],
    rows,
    key: ({ change, incident, atMs }) =>
      change === undefined
        ? `onset ${incident?.root.key}`
        : `${change.what} ${change.subject} ${change.sentence} ${atMs}`,
    sort: { column: 'time', descending: true },
    links: ({ incident }) =>
      incident?.root.pane === undefined
        ? []
        : [{ label: incident.root.subject, pane: incident.root.pane, row: incident.root.subject }],
    empty: nothingWords('none', stateOfAll(...SOURCES.map((source) => stateOf(momentOf({ source }).source)))),
    minRows: 10,
  };
}

const roleOf = ({ incident }: Row) => incident?.incident.severity ?? 'text';

type Unread = readonly (readonly [why: string, titles: readonly string[]])[];

/** Sources that were not read, by the reason; files that the host does not have are left out. */
function unreadSources({ momentOf }: ChangesInput): Unread {
  const byReason = new Map<string, string[]>();
  for (const source of SOURCES) {
    const { source: seen } = momentOf({ source });
    const state = stateOf(seen);
    if (isWhole(state)) continue;
    const why = stateWords(state);
    byReason.set(why, [...(byReason.get(why) ?? []), source.title]);
  }
  return [...byReason];
}

const unreadSection = (unread: Unread): LinesSection =>
  textSection({ id: 'unread', title: 'Not read' }, (columns) =>
    unread
      .flatMap(([why, titles]) => wrap(`${why}: ${titles.join(', ')}`, columns))
      .map((text) => ({ text, role: 'dim' })),
  );
