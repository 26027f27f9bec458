import { isReading, type AuditEntry } from '../host/audit.ts';
import type { Session, StandingFinding } from '../collect/session.ts';
import { ReplaySession } from '../recording/replay-session.ts';
import { SCREEN } from '../recording/asciicast.ts';
import { replayEntry } from '../recording/replay-entries.ts';
import type { ScreenRedaction } from '../redact/screen-redaction.ts';
import type { Recording } from '../recording/recording.ts';
import type { AnyFinding } from '../findings/finding.ts';
import type { AnySource } from '../sources/source.ts';
import { findingRank } from '../findings/order.ts';
import type { EntityRef } from '../findings/entity-ref.ts';
import { entityOfKey, isKeyOf } from '../findings/finding-key.ts';
import { shownStatement } from '../findings/statement.ts';
import { notedChanges } from './noted-changes.ts';
import { notedCorrelation } from './noted-correlation.ts';
import { notedIncidents } from './noted-incidents.ts';
import { notedLedger } from './noted-ledger.ts';
import { plain } from '../lib/plain.ts';
import { maskSecrets } from '../lib/secrets.ts';
import {
  CASE_NOTES_VERSION,
  mapTexts,
  type CaseNotes,
  type Evidence,
  type NotedFinding,
  type TimelineEntry,
} from './case-notes.ts';
import { factsOf } from './facts.ts';
import { changesBetween, screensOf, tablesAt, type Tables } from './pane-pages.ts';
import { lifeEntries, withCurrentRules, type FindingLife } from './finding-lives.ts';
import { recordedEvents, type OnRound, type RecordedEvents } from './recorded-events.ts';
import { redactedNotes } from './redact-notes.ts';
import { chartNeeds, chartsOf } from './series.ts';

/** Time from the start at which most tables have been read. */
const FIRST_TABLES_MS = 30_000;
/** Number of findings with evidence: each needs a seek. */
const MAX_WITH_EVIDENCE = 60;

interface Made {
  readonly madeMs: number;
  readonly crashcart: string;
}

/** Case notes of a whole recording. */
export async function notesOfRecording(
  recording: Recording,
  evidence: Evidence | undefined,
  rules: { readonly sources: readonly AnySource[]; readonly findings: readonly AnyFinding[] },
  made: Made,
  /** Redacts the notes: names of the whole recording are learned first. */
  redaction?: ScreenRedaction,
): Promise<CaseNotes> {
  const events = await recordedEvents(recording, redaction?.redactor, redaction && learner(redaction, rules.sources));
  if (redaction) {
    redaction.learnTarget(recording.head.host);
    redaction.set(true);
  }
  try {
    const notes = await gathered(recording, events, evidence, rules, made);
    return redaction ? redactedNotes(withoutScreenCast(notes, recording.head.redacted), redaction.redactor) : notes;
  } finally {
    redaction?.set(false);
  }
}

/** Learner of the identifiers in every round of the sources that declare some. */
function learner(redaction: ScreenRedaction, sources: readonly AnySource[]): OnRound {
  const declaring = new Map(sources.filter(({ identifiers }) => identifiers).map((source) => [source.id, source]));
  const known = new Map<string, readonly unknown[]>();
  return (round) => {
    const source = declaring.get(round.source);
    if (!source) return;
    const values = round.readings.map(({ reading }) => (reading.ok ? reading.value : undefined));
    // Most readings equal the ones before.
    if (known.get(source.id)?.every((value, index) => value === values[index])) return;
    known.set(source.id, values);
    redaction.learn(source.identifiers?.(replayEntry(source, round).sample) ?? []);
  };
}

/**
 * Notes without the cast of crashcart's own screen unless it was recorded redacted: its output is painted in patches, in which names
 * cannot be found. The content of the screen is in `screens`.
 */
const withoutScreenCast = (notes: CaseNotes, recordedRedacted: boolean): CaseNotes =>
  recordedRedacted ? notes : { ...notes, terminals: notes.terminals.filter(({ terminal }) => terminal !== SCREEN) };

async function gathered(
  recording: Recording,
  events: RecordedEvents,
  evidence: Evidence | undefined,
  rules: { readonly sources: readonly AnySource[]; readonly findings: readonly AnyFinding[] },
  made: Made,
): Promise<CaseNotes> {
  const { startMs, endMs } = events;
  const firstMs = startMs + Math.min(FIRST_TABLES_MS, (endMs - startMs) / 3);
  const session = await ReplaySession.open({ recording, ...rules, clock: () => made.madeMs, fromMs: firstMs });
  try {
    session.player.pause();
    const first = tablesAt(session, firstMs);
    const findings: NotedFinding[] = [];
    const lives = await withCurrentRules(events.lives, endMs, rules.findings, session);
    for (const [index, life] of lives.entries()) {
      if (index < MAX_WITH_EVIDENCE) await session.seek(life.sentenceMs);
      findings.push(notedLife(life, index < MAX_WITH_EVIDENCE ? session.findings() : []));
    }
    await session.seek(endMs);
    const replayNotes = (recording.notes?.marks ?? []).map(({ wallMs, kind, text }) => entryOf(wallMs, kind, text, undefined)); // prettier-ignore
    // Findings of rules newer than the recording, and all findings of a sosreport.
    const recorded = (finding: StandingFinding) => lives.some(({ key }) => isKeyOf(key, finding));
    findings.push(...session.findings().filter((finding) => !recorded(finding)).map(standing)); // prettier-ignore
    return {
      ...stateOf(session, { first, atMs: endMs, fromMs: startMs }, made),
      redacted: recording.head.redacted,
      ...(evidence && { evidence: { ...evidence, problems: [...evidence.problems, ...events.problems].map(plain) } }),
      incidents: notedIncidents(session, endMs, startMs),
      ...notedCorrelation(session, endMs),
      ledger: notedLedger(session, endMs),
      findings: findings.toSorted(bySeverity),
      timeline: mapTexts(
        [...events.timeline, ...replayNotes, ...lives.flatMap(lifeEntries)].toSorted(byTime),
        maskSecrets,
      ),
      charts: chartsOf((id) => events.entries.get(id) ?? []),
      commands: mapTexts(events.audit.map(({ t, ...entry }) => noted({ ...entry, wallMs: t })), maskSecrets), // prettier-ignore
      terminals: mapTexts(events.terminals, maskSecrets),
      ...(events.stacks.length > 0 && { stacks: mapTexts(events.stacks, maskSecrets) }),
    };
  } finally {
    await session.stop();
  }
}

/** Case notes of a live host since the connect. `first`: tables of an earlier moment. */
export function notesOfSession(
  session: Session,
  first: Tables | undefined,
  fromMs: number,
  made: Made,
  redaction?: ScreenRedaction,
): CaseNotes {
  if (!redaction) return notesOfNow(session, first, fromMs, made);
  redaction.set(true);
  try {
    return redactedNotes(notesOfNow(session, first, fromMs, made), redaction.redactor);
  } finally {
    redaction.set(false);
  }
}

function notesOfNow(session: Session, first: Tables | undefined, fromMs: number, made: Made): CaseNotes {
  const atMs = made.madeMs;
  const moment = session.timeline.momentAt(chartNeeds, atMs);
  const marks = session.marks().map(({ wallMs, kind, severity, text }) => entryOf(wallMs, kind, text, severity));
  const commands = session.audit().map(noted);
  const ran = commands
    .filter((command) => !isReading(command))
    .map(({ at, as, command, why }): TimelineEntry => ({ at, kind: 'command', text: `${as}: ${command} (${why})` }));
  return {
    ...stateOf(session, { first, atMs, fromMs }, made),
    redacted: false,
    incidents: notedIncidents(session, atMs, fromMs),
    ...notedCorrelation(session, atMs),
    ledger: notedLedger(session, atMs),
    findings: session.findings().map(standing).toSorted(bySeverity),
    timeline: mapTexts([...marks, ...ran].toSorted(byTime), maskSecrets),
    charts: chartsOf((id) => moment[id]?.history ?? []),
    commands: mapTexts(commands, maskSecrets),
    terminals: [],
  };
}

/** State of a session at a moment. */
function stateOf(
  session: Session,
  { first, atMs, fromMs }: { readonly first: Tables | undefined; readonly atMs: number; readonly fromMs: number },
  { madeMs, crashcart }: Made,
) {
  const { transport, root } = session.status();
  return {
    caseNotes: CASE_NOTES_VERSION,
    made: iso(madeMs),
    crashcart,
    host: {
      name: plain(session.host.name),
      transport: plain(transport),
      root: root?.state ?? 'no',
      facts: factsOf(session),
    },
    from: iso(fromMs),
    until: iso(atMs),
    changes: notedChanges(session, atMs),
    tables: first ? mapTexts(changesBetween(first, tablesAt(session, atMs)), maskSecrets) : [],
    screens: mapTexts(screensOf(session, atMs), maskSecrets),
    notRead: mapTexts(gapsOf(session), maskSecrets),
  } as const;
}

/** Missing readings other than absent ones. */
function gapsOf(session: Session): CaseNotes['notRead'] {
  return session.status().sources.flatMap(({ id, missing }) =>
    Object.values(missing)
      .filter(({ why }) => why !== 'absent')
      .map(({ why, detail }) => ({ source: id, why, detail: plain(detail) })),
  );
}

function notedLife(life: FindingLife, then: readonly StandingFinding[]): NotedFinding {
  const { key, sinceMs, untilMs, last } = life;
  const again = then.find((finding) => isKeyOf(key, finding));
  const entity = again?.entity ?? entityOfKey(key);
  const { evidence, next, past } = again ? standing(again) : { evidence: [], next: undefined };
  return {
    key: plain(key),
    ...(entity && { entity: shownRef(entity) }),
    severity: last.severity,
    // A recorded finding does not have the vocabulary of its object.
    sentence: shownStatement({
      ...last,
      ...(again?.subjectVocabulary && { subjectVocabulary: again.subjectVocabulary }),
    }),
    since: iso(sinceMs),
    ...(untilMs !== undefined && { until: iso(untilMs) }),
    ...(past && { past }),
    evidence,
    ...(next !== undefined && { next }),
  };
}

const shownRef = ({ kind, id }: EntityRef): EntityRef => ({ kind, id: shown(id) });

const standing = ({
  key,
  entity,
  severity,
  subject,
  subjectVocabulary,
  sentence,
  sinceMs,
  past,
  evidence,
  next,
}: StandingFinding): NotedFinding => ({
  ...mapTexts({ key, entity, severity }, shown),
  sentence: shownStatement({ subject, subjectVocabulary, sentence }),
  since: iso(sinceMs),
  ...(past && { past: true as const }),
  ...mapTexts({ evidence: evidence.map(({ what, value, source }) => ({ what, value, source })), next }, shown),
});

const shown = (text: string): string => maskSecrets(plain(text));

const noteRank = ({ severity, past }: NotedFinding): number =>
  findingRank({ severity, ...(past && { past: { ageSeconds: undefined } }) });
const bySeverity = (a: NotedFinding, b: NotedFinding): number =>
  Number(a.until !== undefined) - Number(b.until !== undefined) ||
  noteRank(a) - noteRank(b) ||
  a.since.localeCompare(b.since);

const noted = ({ wallMs, as, command, why, exit, tookMs }: AuditEntry): CaseNotes['commands'][number] => ({
  at: iso(wallMs),
  as: plain(as),
  command: plain(command),
  why: plain(why),
  ...(exit !== undefined && { exit }),
  ...(tookMs !== undefined && { tookMs }),
});

const entryOf = (
  wallMs: number,
  kind: TimelineEntry['kind'] | 'gap',
  text: string,
  severity: TimelineEntry['severity'],
): TimelineEntry => ({
  at: iso(wallMs),
  kind: kind === 'gap' ? 'recorder' : kind,
  ...(severity && { severity }),
  text: plain(text),
});

const byTime = (a: TimelineEntry, b: TimelineEntry): number => a.at.localeCompare(b.at);

const iso = (wallMs: number): string => new Date(wallMs).toISOString();
