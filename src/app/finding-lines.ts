import { mayBeOlder } from '../collect/may-be-older.ts';
import type { StandingFinding } from '../collect/session.ts';
import { statement } from '../findings/statement.ts';
import { contentionText, type Contention } from '../incidents/contention.ts';
import { plain } from '../lib/plain.ts';
import { duration } from '../lib/units.ts';
import { cut, textWidth } from '../lib/text-width.ts';
import type { LinesSection } from '../panes/pane.ts';
import type { Severity } from '../theme.ts';
import { wrap } from './box.ts';

export const LETTERS: Readonly<Record<Severity, string>> = { crit: 'CRIT', warn: 'WARN', info: 'INFO' };

/** Object of a finding as it is drawn in a title. */
export const objectOf = ({ subject, subjectVocabulary }: StandingFinding): string =>
  subjectVocabulary === 'fixed' ? subject : plain(subject);

/** Age of a past event (undefined: before the first reading), else the duration of the fault: since its onset, or as observed. */
export function shownSeconds({ past, onset, sinceMs, seenMs }: StandingFinding, nowMs: number): number | undefined {
  const later = (seconds: number) => seconds + Math.max(0, nowMs - seenMs) / 1000;
  if (past) return past.ageSeconds === undefined ? undefined : later(past.ageSeconds);
  const observed = (nowMs - sinceMs) / 1000;
  return onset ? Math.max(observed, later(onset.secondsAgo)) : observed;
}

/** Duration or age as drawn, with `least` (≥) where the fault was there when the session began and no clock has its start. */
export function shownFor(
  finding: StandingFinding,
  { nowMs, fromMs, least }: { readonly nowMs: number; readonly fromMs: number; readonly least: string },
): string {
  return `${mayBeOlder(finding, fromMs) ? least : ''}${duration(shownSeconds(finding, nowMs))}`;
}

/** Figures shown with the explanation; the detail has all. */
const MAX_EVIDENCE = 3;

interface ExplanationOptions {
  /** Width that the sentence has in a list of `columns` cells; the whole sentence is shown where it is longer. */
  readonly room: (columns: number) => number;
  /** Findings that it explains. */
  readonly victims?: readonly { readonly finding: StandingFinding }[];
  /** Consumers, of a resource that is full. */
  readonly contention?: Contention | undefined;
  /** Number of figures. */
  readonly evidence?: number;
}

/** Explanation of a finding: the whole sentence where the list cut it, the findings that it explains, the next step, the evidence with its sources. */
export function explanation(
  finding: StandingFinding,
  { room, victims = [], contention, evidence = MAX_EVIDENCE }: ExplanationOptions,
): LinesSection {
  const part = (head: string, content: string, columns: number) =>
    wrap(content, columns - HEAD_COLUMNS).map((text, i) => ({
      head: (i === 0 ? head : '').padEnd(HEAD_COLUMNS),
      text,
    }));
  const lines = (columns: number, ellipsis = '…') => [
    ...(textWidth(plain(finding.sentence)) > room(columns + 2) ? part('finding', finding.sentence, columns) : []),
    ...victims.slice(0, MAX_VICTIMS).map(({ finding: victim }, i) => ({
      head: (i === 0 ? 'explains' : '').padEnd(HEAD_COLUMNS),
      text: cut(plain(statement(victim)), columns - HEAD_COLUMNS, ellipsis),
    })),
    ...(contention ? part('used by', plain(contentionText(contention)), columns) : []),
    ...part('next', finding.next, columns),
    ...finding.evidence
      .slice(0, evidence)
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
      lines(columns, theme.glyphs.ellipsis)
        .slice(0, rows)
        .map(({ head, text }) => theme.paint('key', head) + text),
    copyText: () => `${statement(finding)}\n${finding.next}`,
  };
}

const HEAD_COLUMNS = 10;
/** Findings named of those that it explains; the detail has all. */
const MAX_VICTIMS = 3;
