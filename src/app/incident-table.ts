import type { StandingFinding } from '../collect/session.ts';
import type { IncidentRow as Row, Victim as Explaining } from '../incidents/incident-rows.ts';
import { statement } from '../findings/statement.ts';
import type { Unreadable } from '../incidents/expectations.ts';
import { textWidth } from '../lib/text-width.ts';
import type { Column, Detail, LinesSection, Section, TableSection } from '../panes/pane.ts';
import type { Severity } from '../theme.ts';
import { ownWords } from '../timeline/reading-state.ts';
import { wrap } from './box.ts';
import { headedLines, textSection } from './text-section.ts';
import type { OverviewInput } from './overview.ts';
import { explanation, objectOf, LETTERS, shownFor, shownSeconds } from './finding-lines.ts';

export type IncidentRow = Row<StandingFinding>;
export type Victim = Explaining<StandingFinding>;

/** Ids of the table of incidents, and of the table of findings that one explains. */
export const INCIDENTS = 'incidents';
export const VICTIMS = 'explains';
/** Id of the table of evidence. */
export const EVIDENCE = 'evidence';

export const SENTENCE = 'incident';

const moreColumn: Column<IncidentRow> = {
  id: 'explains',
  title: 'MORE',
  about: 'Further findings that the object explains: ↵ lists them.',
  width: 4,
  align: 'right',
  value: ({ victims }) => victims.length,
  text: ({ victims }) => (victims.length === 0 ? '' : `+${victims.length}`),
  role: ({ victims }) => worstOf(victims) ?? 'dim',
  rank: 0,
};

/** Table of incidents, culprit first; victims are counted, and listed in the detail. */
export const incidentTable = (
  rows: readonly IncidentRow[],
  {
    unread,
    nowMs,
    fromMs,
    theme,
    changedBefore,
    stepsFor,
  }: Pick<OverviewInput, 'nowMs' | 'fromMs' | 'theme' | 'changedBefore' | 'stepsFor'> & {
    readonly unread: number;
  },
): TableSection<IncidentRow> => ({
  kind: 'table',
  id: INCIDENTS,
  title: 'Incidents',
  ...(unread > 0 && { note: `${unread} not readable: S` }),
  sources: [],
  columns: [
    {
      id: 'severity',
      title: 'LEVEL',
      about:
        'Worst finding of the incident. CRIT: act now. WARN: check soon. INFO: worth knowing. Past events come last.',
      width: 7,
      value: ({ index }) => index,
      text: ({ incident: { severity } }) => `${theme.glyphs.severity[severity]} ${LETTERS[severity]}`,
      role: ({ incident: { severity } }) => severity,
      rank: 0,
    },
    {
      id: 'where',
      title: 'OBJECT',
      about: 'Object at the root of the incident.',
      width: 10,
      widest: Math.min(24, Math.max(10, ...rows.map(({ root }) => textWidth(objectOf(root))))),
      value: ({ root }) => root.subject,
      vocabulary: ({ root }) => root.subjectVocabulary,
      rank: 1,
    },
    {
      id: SENTENCE,
      title: 'INCIDENT',
      about: 'Condition of the object, figure and cause.',
      width: 30,
      grow: true,
      value: ({ root }) => root.sentence,
      rank: 0,
    },
    ...(rows.some(({ victims }) => victims.length > 0) ? [moreColumn] : []),
    {
      id: 'since',
      title: 'FOR',
      about: 'Duration since the onset; with ≥ it was there at the start of the session; of a past event, its age.',
      width: 6,
      align: 'right',
      value: ({ root }) => shownSeconds(root, nowMs),
      text: ({ root }) => shownFor(root, { nowMs, fromMs, least: theme.glyphs.least }),
      role: () => 'dim',
      rank: 2,
    },
  ],
  rows,
  key: ({ root }) => root.key,
  sort: { column: 'severity', descending: false },
  searchText: ({ root, victims }) =>
    [root.rule, ...victims.flatMap(({ finding }) => [finding.rule, finding.subject, finding.sentence])].join(' '),
  entity: ({ root }) => root.entity,
  members: ({ root }) => root.members ?? [],
  name: ({ root }) => objectOf(root),
  links: ({ root: { pane, subject } }) => (pane === undefined ? [] : [{ label: subject, pane }]),
  detail: (row) => incidentDetail(row, changedBefore?.(row) ?? [], stepsFor),
  empty: ownWords(''),
  minRows: 9,
});

const worstOf = (victims: readonly Victim[]): Severity | undefined =>
  (['crit', 'warn', 'info'] as const).find((severity) => victims.some(({ finding }) => finding.severity === severity));

/** Id of the detail of the incident with this root. */
export const incidentDetailId = ({ key }: Pick<StandingFinding, 'key'>): string => `incident ${key}`;

/** Detail of an incident: root, the findings that it explains, evidence, confidence. */
const incidentDetail = (row: IncidentRow, changes: readonly string[], stepsFor: OverviewInput['stepsFor']): Detail => ({
  id: incidentDetailId(row.root),
  title: `${LETTERS[row.incident.severity]} ${objectOf(row.root)}`,
  sources: {},
  everySeconds: 0,
  sections: () => [
    explanation(row.root, {
      room: () => 0,
      evidence: 0,
      contention: row.contention,
      steps: stepsFor?.(row.root),
    }),
    ...(row.victims.length > 0 ? [victimTable(row)] : []),
    ...(changes.length > 0 ? [changedLines(changes)] : []),
    evidenceTable(row.root),
    confidenceLines(row),
  ],
});

const victimTable = ({ victims, root }: IncidentRow): TableSection<Victim> => ({
  kind: 'table',
  id: VICTIMS,
  title: 'Explains',
  sources: [],
  columns: [
    {
      id: 'severity',
      title: 'LEVEL',
      about: 'Severity of the finding by itself.',
      width: 5,
      value: ({ finding }) => LETTERS[finding.severity],
      role: ({ finding }) => finding.severity,
      rank: 0,
    },
    {
      id: 'where',
      title: 'OBJECT',
      about: 'Object of the finding.',
      width: 16,
      value: ({ finding }) => finding.subject,
      vocabulary: ({ finding }) => finding.subjectVocabulary,
      rank: 0,
    },
    {
      id: 'finding',
      title: 'FINDING',
      about: 'Condition and figure.',
      width: 30,
      grow: true,
      value: ({ finding }) => finding.sentence,
      rank: 0,
    },
    {
      id: 'because',
      title: 'BECAUSE',
      about: 'Influence of the cause; after ←, the finding in between.',
      width: 20,
      grow: true,
      vocabulary: 'fixed',
      value: ({ explained }) =>
        explained.from === root.key ? explained.because : `${explained.because} ← ${explained.from.split(' ', 1)[0]}`,
      role: () => 'dim',
      rank: 1,
    },
  ],
  rows: victims,
  key: ({ finding }) => finding.key,
  sort: { column: '', descending: false },
  entity: ({ finding }) => finding.entity,
  members: ({ finding }) => finding.members ?? [],
  name: ({ finding }) => objectOf(finding),
  links: ({ finding: { pane, subject } }) => (pane === undefined ? [] : [{ label: subject, pane }]),
  empty: ownWords('none'),
});

const evidenceTable = (finding: StandingFinding): Section =>
  ({
    kind: 'table',
    id: EVIDENCE,
    title: 'Evidence',
    sources: [],
    columns: [
      { id: 'what', title: 'WHAT', about: 'Name of the figure.', width: 24, value: ({ what }) => what, rank: 0 },
      {
        id: 'value',
        title: 'VALUE',
        about: 'Value at the time of the finding.',
        width: 16,
        grow: true,
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
    empty: ownWords('none'),
  }) satisfies TableSection<StandingFinding['evidence'][number]>;

/** What was changed before the onset, likeliest cause first. */
const changedLines = (changes: readonly string[]): LinesSection =>
  textSection({ id: 'changed', title: 'Changed before', note: 'H: all changes' }, (columns) =>
    changes.flatMap((line) => wrap(line, columns)).map((text) => ({ text })),
  );

const HEAD_COLUMNS = 12;

/**
 * Confidence; the runner-up, another finding that explains some of the same, with the reading that would decide; what the root
 * should have brought about and is in order, or could not be read.
 */
function confidenceLines({ incident, runnerUp }: IncidentRow): LinesSection {
  const { confidence, decidedBy, expectedButClear, unreadable } = incident;
  const facts: readonly (readonly [head: string, text: string])[] = [
    ['confidence', confidence],
    ...(runnerUp ? [['or', statement(runnerUp)] as const] : []),
    ...(decidedBy ? [['decided by', unreadText(decidedBy)] as const] : []),
    ...expectedButClear.map(({ rule, entity }, i) => [i === 0 ? 'in order' : '', `${rule} of ${entity}`] as const),
    ...unreadable.map((each, i) => [i === 0 ? 'unread' : '', unreadText(each)] as const),
  ];
  return textSection({ id: 'confidence', title: 'Confidence' }, (columns) =>
    facts.flatMap(([head, text]) => headedLines(head, text, columns, HEAD_COLUMNS)),
  );
}

const unreadText = ({ rule, entity, why }: Unreadable): string => `${rule} of ${entity}, not readable: ${why}`;
