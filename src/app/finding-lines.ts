import { mayBeOlder } from '../collect/may-be-older.ts';
import type { StandingFinding } from '../collect/session.ts';
import { shownStatement, statement } from '../findings/statement.ts';
import { contentionText, type Contention } from '../incidents/contention.ts';
import { plain } from '../lib/plain.ts';
import { duration } from '../lib/units.ts';
import { cut, textWidth } from '../lib/text-width.ts';
import type { LinesSection } from '../panes/pane.ts';
import type { Severity } from '../theme.ts';
import { headedLines, textSection } from './text-section.ts';

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
  /** Next steps that run, by their titles, and the key that lists them. */
  readonly steps?: { readonly key: string; readonly titles: readonly string[] } | undefined;
}

/** Explanation of a finding: the whole sentence where the list cut it, the findings that it explains, the next step, the evidence with its sources. */
export function explanation(
  finding: StandingFinding,
  { room, victims = [], contention, evidence = MAX_EVIDENCE, steps }: ExplanationOptions,
): LinesSection {
  const part = (head: string, content: string, columns: number) => headedLines(head, content, columns, HEAD_COLUMNS);
  const lines = (columns: number, ellipsis: string) => [
    ...(textWidth(plain(finding.sentence)) > room(columns + 2) ? part('finding', finding.sentence, columns) : []),
    ...victims.slice(0, MAX_VICTIMS).map(({ finding: victim }, i) => ({
      head: (i === 0 ? 'explains' : '').padEnd(HEAD_COLUMNS),
      text: cut(shownStatement(victim), columns - HEAD_COLUMNS, ellipsis),
    })),
    ...(contention ? part('used by', plain(contentionText(contention)), columns) : []),
    ...part('next', finding.next, columns),
    ...(steps
      ? [
          {
            head: `${steps.key} steps`.padEnd(HEAD_COLUMNS),
            text: stepsLine(steps.titles, columns - HEAD_COLUMNS, ellipsis),
          },
        ]
      : []),
    ...finding.evidence
      .slice(0, evidence)
      .flatMap(({ what, value, source }, i) =>
        part(i === 0 ? 'evidence' : '', `${what} ${value} (${source})`, columns),
      ),
  ];
  return textSection(
    {
      id: 'finding',
      title: objectOf(finding),
      note: finding.rule,
      copyText: () => `${statement(finding)}\n${finding.next}`,
    },
    lines,
  );
}

/** Steps with their digits, as many as fit. */
const stepsLine = (titles: readonly string[], columns: number, ellipsis: string): string =>
  cut(titles.map((title, i) => `${i + 1} ${plain(title).replaceAll(/ +/g, ' ')}`).join(' · '), columns, ellipsis);

const HEAD_COLUMNS = 10;
/** Findings named of those that it explains; the detail has all. */
const MAX_VICTIMS = 3;
