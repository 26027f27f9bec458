import { changeText, grouped } from '../changes/changes-before.ts';
import type { LiveSession } from '../collect/live-session.ts';
import type { Session, StandingFinding } from '../collect/session.ts';
import type { Missing } from '../host/host.ts';
import { contentionText } from '../incidents/contention.ts';
import { statement } from '../findings/statement.ts';
import { ScreenRedaction } from '../redact/screen-redaction.ts';
import { keepNames } from './keep-names.ts';
import { label, plain, sanitize } from '../lib/plain.ts';
import { unstyled } from '../lib/text-width.ts';
import { percent, plural, span } from '../lib/units.ts';
import { changeLog, explainer, panes, sources } from '../subsystems/index.ts';
import { countsText } from '../ledger/ledger.ts';
import { ledgerValue, notedLedger, unreadReasons } from '../notes/noted-ledger.ts';
import { VERDICT } from '../notes/words.ts';
import type { AnyPane, Section } from '../panes/pane.ts';
import { whyWords } from '../ui/kit/missing-reason.ts';
import { paneAt } from '../ui/kit/pane-at.ts';
import { drawSections } from '../ui/draw-pane.ts';
import { plainPaneView } from '../ui/pane-view.ts';
import { makeTheme, type Severity } from '../theme.ts';

/** Longest period of the sources that `settle` waits for; sources with a longer one need a single read. */
const QUICK_SECONDS = 2;
/** Reads keep to the host's clock: the second may follow the first at once, the third comes a whole period later. */
const ENOUGH_READS = 3;
const MAX_SETTLE_MS = 15_000;
/** Pending time after which a read is not waited for. */
const HANGS_MS = 5000;

const COLUMNS = 118;
const TABLE_ROWS = 20;
const MOST_CHANGES = 25;

/** Waits until rates are known and judged: a fixed time would be too short on a slow host. */
export async function settle(session: LiveSession): Promise<void> {
  const startMs = Date.now();
  const ready = () =>
    session
      .status()
      .sources.every(
        ({ reads, waitingSinceMs, everySeconds }) =>
          reads >= (everySeconds <= QUICK_SECONDS ? ENOUGH_READS : 1) ||
          (waitingSinceMs !== undefined && Date.now() - waitingSinceMs > HANGS_MS),
      );
  while (!ready() && Date.now() - startMs < MAX_SETTLE_MS)
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  session.judgeNow();
}

export interface ReportOptions {
  readonly ascii: boolean;
  readonly full?: boolean;
  /** Pseudonyms for identifiers. */
  readonly redact?: boolean;
  readonly nowMs: number;
}

/** Plain text report of a host: incidents, then each pane, then missing readings. */
export function reportText(session: Session, options: ReportOptions): string {
  if (!options.redact) return textOf(session, options);
  const veil = new ScreenRedaction();
  veil.learnTarget(session.host.name);
  veil.learnFrom(session.timeline, sources);
  veil.set(true);
  try {
    return textOf(session, options);
  } finally {
    veil.set(false);
    keepNames(veil.redactor, Date.now());
  }
}

function textOf(session: Session, options: ReportOptions): string {
  const theme = makeTheme({ colour: false, ascii: options.ascii });
  const { nowMs } = options;
  const status = session.status();
  const out: string[] = [
    `crashcart report: ${plain(session.host.name)}, ${new Date(nowMs).toISOString()}`,
    `${status.transport}${session.timeline.isOneMoment ? ', one reading: rates are means since boot' : ''}, root: ${status.root?.state ?? 'no'}, cost: ${percent(status.hostCpuPct)} of one host CPU (budget ${percent(status.budgetPct)})`,
    '',
    ...incidentLines(session, theme.glyphs.severity, nowMs),
  ];
  out.push('', ...ledgerLines(session, nowMs, options.full ?? false));
  for (const pane of panes) out.push('', ...paneLines(pane, session, nowMs, theme));
  out.push('', ...changeLines(session, nowMs), '', ...gapLines(session));
  return `${out.map((line) => sanitize(unstyled(line)).trimEnd()).join('\n')}\n`;
}

/** Object and condition, each redacted by itself: a name that is a common word counts as a name in the object only. */
const stated = ({ subject, subjectVocabulary, sentence }: StandingFinding): string =>
  statement({ subject: subjectVocabulary === 'fixed' ? subject : plain(subject), sentence: plain(sentence) });

function incidentLines(session: Session, marks: Readonly<Record<string, string>>, nowMs: number): string[] {
  const found = session.findings();
  const { read, gaps } = coverage(session);
  if (found.length === 0)
    return [`INCIDENTS: none (${read} sources read${gaps > 0 ? `, ${gaps} readings missing, see NOT READABLE` : ''})`];
  const rows = explainer.rows(found, (needs) => session.timeline.moment(needs, nowMs), nowMs);
  const line = (severity: Severity, one: StandingFinding) =>
    `${marks[severity] ?? ''} ${severity.toUpperCase().padEnd(4)} ${stated(one)}`;
  return [
    `INCIDENTS: ${rows.length}, of ${plural(found.length, 'finding')}`,
    ...rows.flatMap(({ incident, root, victims, contention }) => [
      line(incident.severity, root),
      ...victims.map(
        ({ finding, explained }) =>
          `       explains ${finding.severity.toUpperCase()} ${stated(finding)}  (${explained.because})`,
      ),
      ...(contention ? [`       used by: ${plain(contentionText(contention))}`] : []),
      ...root.evidence.map(({ what, value, source }) => `       ${plain(what)}: ${plain(value)}  (${plain(source)})`),
      `       next: ${label(root.next)}`,
    ]),
  ];
}

/** Counts and the reasons of what was not read; in full each line. */
function ledgerLines(session: Session, nowMs: number, full: boolean): readonly string[] {
  const ledger = notedLedger(session, nowMs);
  const head = `LEDGER: ${countsText(ledger)}`;
  if (!full) return [head, ...unreadReasons(ledger).map((reason) => `  ${reason}`)];
  return [
    head,
    ...ledger.lines.map((line) =>
      [
        `  ${VERDICT[line.verdict].padEnd(14)} ${line.resource.padEnd(20)} ${line.aspect.padEnd(11)} ${ledgerValue(line)}`,
        ...(line.limit === undefined ? [] : [`limit ${line.limit}`]),
        ...(line.ageSeconds === undefined ? [] : [`${span(line.ageSeconds)} old`]),
        ...(line.why === undefined ? [] : [line.why]),
        ...(line.finding === undefined ? [] : [line.finding]),
      ].join(', '),
    ),
  ];
}

function paneLines(pane: AnyPane, session: Session, nowMs: number, theme: ReturnType<typeof makeTheme>): string[] {
  const { model, sections } = paneAt(pane, session.timeline.moment(pane.needs, nowMs));
  const presence = pane.presence(model);
  const title = pane.title.toUpperCase();
  if (presence === 'unknown') return [`${title}: not read yet`];
  if (presence !== 'present')
    return [`${title}: ${'absent' in presence ? presence.absent : `not readable: ${presence.hidden}`}`];
  return [title, ...sections().flatMap((section) => sectionLines(section, theme))];
}

function sectionLines(section: Section, theme: ReturnType<typeof makeTheme>): readonly string[] {
  const rows =
    section.kind === 'table'
      ? Math.min(TABLE_ROWS, Math.max(1, section.rows.length)) + 1
      : section.wantRows(COLUMNS - 2);
  return drawSections([section], plainPaneView, { columns: COLUMNS, rows: rows + 2 }, theme).lines;
}

/** Changes of the last day, newest first; those of a package manager's run as one. */
function changeLines(session: Session, nowMs: number): string[] {
  const changes = changeLog.at((needs) => session.timeline.moment(needs, nowMs), nowMs);
  if (changes.length === 0) return ['CHANGES: none in the last 24 hours in what was read'];
  const groups = grouped(changes);
  const left = groups.length - MOST_CHANGES;
  return [
    `CHANGES: ${changes.length} in the last 24 hours`,
    ...groups
      .slice(0, MOST_CHANGES)
      .map(
        (group) =>
          `  ${new Date(group.change.atMs).toISOString().slice(0, 19)}Z ${group.change.what}: ${plain(changeText(group))}`,
      ),
    ...(left > 0 ? [`  and ${left} earlier`] : []),
  ];
}

function coverage(session: Session): { read: number; gaps: number } {
  let read = 0;
  let gaps = 0;
  for (const source of session.status().sources) {
    const notRead = Object.values(source.missing).filter(({ why }) => why !== 'absent').length;
    gaps += notRead;
    read += source.reads > 0 ? 1 : 0;
  }
  return { read, gaps };
}

function gapLines(session: Session): string[] {
  const byReason = new Map<string, string[]>();
  for (const source of sources) {
    const status = session.status().sources.find(({ id }) => id === source.id);
    if (status?.waitingSinceMs !== undefined && status.reads === 0)
      note(byReason, 'no reply', `${source.title} (for ${span((Date.now() - status.waitingSinceMs) / 1000)})`);
    for (const gap of Object.values(status?.missing ?? {}))
      if (gap.why !== 'absent') note(byReason, whyWords(gap), describe(source.title, gap));
  }
  if (byReason.size === 0) return ['NOT READABLE: none'];
  return [
    'NOT READABLE',
    ...[...byReason].flatMap(([why, items]) => [`  ${why}:`, ...items.map((item) => `    ${item}`)]),
  ];
}

const note = (map: Map<string, string[]>, key: string, item: string): void => {
  map.set(key, [...(map.get(key) ?? []), item]);
};

const describe = (title: string, gap: Missing): string => `${title}: ${plain(gap.detail.replace(NOT_TAKEN_END, ''))}`;
/** The heading has it. */
const NOT_TAKEN_END = /: not in this (?:recording|sosreport)$/;
