import type { Session, StandingFinding } from '../collect/session.ts';
import { countsText, ledgerCounts, VERDICTS, type Ledger, type LedgerLine } from '../ledger/ledger.ts';
import type { Explainer } from '../incidents/explainer.ts';
import type { IncidentRow } from '../incidents/incident-rows.ts';
import { redactVersion } from '../lib/plain.ts';
import { ownWords } from '../timeline/reading-state.ts';
import { textWidth } from '../lib/text-width.ts';
import { duration } from '../lib/units.ts';
import type { Section, TableSection } from '../panes/pane.ts';
import { objectOf } from './finding-lines.ts';

type Line = LedgerLine<StandingFinding>;
interface Row {
  readonly line: Line;
  readonly index: number;
}

/** `3 OSDs` where it sums several objects, else the name of the object. */
export const resourceOf = ({ check: { name, family }, count }: LedgerLine<unknown>): string =>
  count > 1 ? `${count} ${family ?? 'objects'}` : name;

/** Figure and value; of several objects with the name of the worst. */
export function valueOf({ check: { name, value }, whats, count, differ }: LedgerLine<unknown>): string {
  const what = whats.join(', ');
  if (value === undefined) return what;
  return count > 1 && differ ? `${what} ${value}, worst ${name}` : `${what} ${value}`;
}

/** Root of the incident behind an accusation, or why an unread value is missing. */
export function whyOf({ verdict, finding, why }: Line, incidents: readonly IncidentRow<StandingFinding>[]): string {
  if (!finding) return verdict === 'absent' ? '' : (why?.replace(/^not readable: /, '') ?? '');
  const incident = incidents.find(({ victims }) => victims.some((one) => one.finding.key === finding.key));
  return incident ? `${objectOf(incident.root)}: ${incident.root.sentence}` : finding.sentence;
}

/** Lines with the accused in the order of their incidents, each root before what it explains. */
export function culpritFirst<Line extends LedgerLine<StandingFinding>>(
  lines: readonly Line[],
  incidents: readonly IncidentRow<StandingFinding>[],
): readonly Line[] {
  const order = new Map(
    incidents
      .flatMap(({ root, victims }) => [root, ...victims.map(({ finding }) => finding)])
      .map(({ key }, index) => [key, index]),
  );
  const rank = ({ finding }: Line) => (finding ? (order.get(finding.key) ?? Infinity) : Infinity);
  const accused = lines
    .filter(({ verdict }) => verdict === 'accused')
    .toSorted((a, b) => Math.sign(rank(a) - rank(b)) || 0);
  return [...accused, ...lines.filter(({ verdict }) => verdict !== 'accused')];
}

const isFixed = ({ check: { nameVocabulary }, count }: Line): 'fixed' | undefined =>
  count > 1 ? 'fixed' : nameVocabulary;

/** Table of the ledger: what was accused, what could not be read, what is not present, what was cleared. */
export const ledgerTable = (
  lines: readonly Line[],
  incidents: readonly IncidentRow<StandingFinding>[],
): TableSection<Row> => ({
  kind: 'table',
  id: 'ledger',
  title: 'Ledger',
  note: countsText(ledgerCounts(lines)),
  sources: [],
  columns: [
    {
      id: 'resource',
      title: 'RESOURCE',
      about: 'Resource; equal ones are one line with the worst of them.',
      width: 14,
      widest: Math.min(26, Math.max(14, ...lines.map((line) => textWidth(resourceOf(line))))),
      value: ({ line }) => resourceOf(line),
      vocabulary: ({ line }) => isFixed(line),
      rank: 0,
    },
    {
      id: 'aspect',
      title: 'ASPECT',
      about: 'Utilisation, saturation or errors (USE method).',
      width: 11,
      value: ({ line }) => line.check.aspect,
      vocabulary: 'fixed',
      role: () => 'dim',
      rank: 3,
    },
    {
      id: 'verdict',
      title: 'VERDICT',
      about:
        'Accused: a finding is there. Not read: unknown, or stale. Not present: looked for. Cleared: read and in order.',
      width: 14,
      value: ({ index }) => index,
      text: ({ line }) => VERDICTS[line.verdict],
      vocabulary: 'fixed',
      role: ({ line: { verdict, finding } }) =>
        finding?.severity ?? (verdict === 'cleared' ? 'good' : verdict === 'absent' ? 'dim' : 'warn'),
      rank: 0,
    },
    {
      id: 'value',
      title: 'VALUE',
      about: 'Figure that rules judge, and its value.',
      width: 20,
      grow: true,
      value: ({ line }) => valueOf(line),
      role: ({ line: { verdict } }) => (verdict === 'unread' || verdict === 'absent' ? 'dim' : 'text'),
      rank: 0,
    },
    {
      id: 'limit',
      title: 'LIMIT',
      about: 'Threshold of its rule.',
      width: 16,
      widest: 30,
      value: ({ line }) => line.check.limit ?? '',
      vocabulary: 'fixed',
      role: () => 'dim',
      rank: 4,
    },
    {
      id: 'age',
      title: 'AGE',
      about: 'Age of the reading.',
      width: 4,
      align: 'right',
      value: ({ line }) => line.ageSeconds,
      text: ({ line }) => duration(line.ageSeconds),
      role: () => 'dim',
      rank: 2,
    },
    {
      id: 'why',
      title: 'WHY, INCIDENT',
      about: 'Of an accused resource the root of its incident; of one that could not be read the reason.',
      width: 22,
      grow: true,
      value: ({ line }) => whyOf(line, incidents),
      rank: 1,
    },
  ],
  rows: culpritFirst(lines, incidents).map((line, index) => ({ line, index })),
  key: ({ line }) => line.key,
  sort: { column: 'verdict', descending: false },
  rowRole: ({ line: { verdict } }) => (verdict === 'cleared' || verdict === 'absent' ? 'dim' : undefined),
  searchText: ({ line: { check, verdict, finding } }) =>
    [VERDICTS[verdict], check.name, check.aspect, ...check.rules, finding?.rule].join(' '),
  entity: ({ line: { check, finding } }) => finding?.entity ?? check.entity,
  name: ({ line }) => line.check.name,
  // Of resources without a row: lines of a pane, and tables of another kind.
  links: ({ line: { check } }) => [{ label: check.name, pane: check.pane }],
  enter: 'link',
  empty: ownWords('nothing read yet'),
});

interface Parts {
  readonly ledger: Ledger;
  readonly explainer: Explainer;
}

/** Sections of the page at the cursor, made again when a sample or the second changes. */
export function ledgerSections(session: Session, { ledger, explainer }: Parts, clock: () => number) {
  let known: { readonly basis: readonly unknown[]; readonly sections: readonly Section[] } | undefined;
  return (): readonly Section[] => {
    const nowMs = session.timeline.cursorMs ?? clock();
    const basis = [session.timeline.version, Math.floor(nowMs / 1000), redactVersion()];
    if (known && basis.every((part, i) => part === known?.basis[i])) return known.sections;
    const { lines, incidents } = ledgerAt(session, { ledger, explainer }, nowMs);
    const sections = [ledgerTable(lines, incidents)];
    known = { basis, sections };
    return sections;
  };
}

function ledgerAt(session: Session, { ledger, explainer }: Parts, nowMs: number) {
  const findings = session.findings();
  const momentOf: Parameters<Ledger['lines']>[1] = (needs) => session.timeline.moment(needs, nowMs);
  const periods = new Map(session.status().sources.map(({ id, periodSeconds }) => [id, periodSeconds]));
  return {
    lines: ledger.lines(findings, momentOf, { periodSeconds: (id) => periods.get(id) }),
    incidents: explainer.rows(findings, momentOf, nowMs),
  };
}
