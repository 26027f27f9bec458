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
import { statement } from '../findings/statement.ts';
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
import { recordedEvents, type FindingLife, type OnRound, type RecordedEvents } from './recorded-events.ts';
import { redactedNotes } from './redact-notes.ts';
import { chartNeeds, chartsOf } from './series.ts';

/** Before this most tables are not there yet. */
const FIRST_TABLES_MS = 30_000;
/** Findings whose evidence is looked up again: each means a seek. */
const MOST_LOOKED_UP = 60;

interface Made {
  readonly madeMs: number;
  readonly crashcart: string;
}

/** Case notes of a recording, which is read from its beginning to its end. */
export async function notesOfRecording(
  recording: Recording,
  evidence: Omit<Evidence, 'problems'> | undefined,
  rules: { readonly sources: readonly AnySource[]; readonly findings: readonly AnyFinding[] },
  made: Made,
  /** Names are taken out of it, now: all that the recording ever said is learnt first. */
  veil?: ScreenRedaction,
): Promise<CaseNotes> {
  const events = await recordedEvents(recording, veil?.redactor, veil && learning(veil, rules.sources));
  if (veil) {
    veil.learnTarget(recording.head.host);
    veil.set(true);
  }
  try {
    const notes = await gathered(recording, events, evidence, rules, made);
    return veil ? redactedNotes(withoutScreenCast(notes, recording.head.redacted), veil.redactor) : notes;
  } finally {
    veil?.set(false);
  }
}

/** Of each round of a source that says which of its fields are names. */
function learning(veil: ScreenRedaction, sources: readonly AnySource[]): OnRound {
  const declaring = new Map(sources.filter(({ identifiers }) => identifiers).map((source) => [source.id, source]));
  const seen = new Map<string, readonly unknown[]>();
  return (round) => {
    const source = declaring.get(round.source);
    if (!source) return;
    const answers = round.readings.map(({ reading }) => (reading.ok ? reading.value : undefined));
    // Most readings are as the ones before them.
    if (seen.get(source.id)?.every((answer, place) => answer === answers[place])) return;
    seen.set(source.id, answers);
    veil.learn(source.identifiers?.(replayEntry(source, round).sample) ?? []);
  };
}

/**
 * The picture of the own screen was painted in patches, in which no name can be searched for. Where it showed names it is left
 * out; what was on it is there as text.
 */
const withoutScreenCast = (notes: CaseNotes, recordedRedacted: boolean): CaseNotes =>
  recordedRedacted ? notes : { ...notes, terminals: notes.terminals.filter(({ terminal }) => terminal !== SCREEN) };

async function gathered(
  recording: Recording,
  events: RecordedEvents,
  evidence: Omit<Evidence, 'problems'> | undefined,
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
    for (const [place, life] of events.lives.entries()) {
      if (place < MOST_LOOKED_UP) await session.seek(life.saidMs);
      findings.push(notedLife(life, place < MOST_LOOKED_UP ? session.findings() : []));
    }
    await session.seek(endMs);
    // A rule that was not there yet when it was recorded speaks now; a sosreport holds no findings at all.
    const recorded = (finding: StandingFinding) => events.lives.some(({ key }) => isKeyOf(key, finding));
    findings.push(...session.findings().filter((finding) => !recorded(finding)).map(standing)); // prettier-ignore
    return {
      ...seen(session, { first, atMs: endMs, fromMs: startMs }, made),
      redacted: recording.head.redacted,
      ...(evidence && { evidence: { ...evidence, problems: events.problems.map(plain) } }),
      findings: findings.toSorted(bySeverity),
      timeline: mapTexts(events.timeline, maskSecrets),
      charts: chartsOf((id) => events.entries.get(id) ?? []),
      commands: mapTexts(events.audit.map(({ t, ...entry }) => noted({ ...entry, wallMs: t })), maskSecrets), // prettier-ignore
      terminals: mapTexts(events.terminals, maskSecrets),
    };
  } finally {
    await session.stop();
  }
}

/** Case notes of a host that is there, since it was connected. `first`: the tables of an earlier moment. */
export function notesOfSession(
  session: Session,
  first: Tables | undefined,
  fromMs: number,
  made: Made,
  veil?: ScreenRedaction,
): CaseNotes {
  if (!veil) return notesOfNow(session, first, fromMs, made);
  veil.set(true);
  try {
    return redactedNotes(notesOfNow(session, first, fromMs, made), veil.redactor);
  } finally {
    veil.set(false);
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
    ...seen(session, { first, atMs, fromMs }, made),
    redacted: false,
    findings: session.findings().map(standing).toSorted(bySeverity),
    timeline: mapTexts(
      [...marks, ...ran].toSorted((a, b) => a.at.localeCompare(b.at)),
      maskSecrets,
    ),
    charts: chartsOf((id) => moment[id]?.history ?? []),
    commands: mapTexts(commands, maskSecrets),
    terminals: [],
  };
}

/** What the session shows at a moment. */
function seen(
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
    tables: first ? mapTexts(changesBetween(first, tablesAt(session, atMs)), maskSecrets) : [],
    screens: mapTexts(screensOf(session, atMs), maskSecrets),
    notRead: mapTexts(gapsOf(session), maskSecrets),
  } as const;
}

/** What could not be read, for other reasons than that this host does not have it. */
function gapsOf(session: Session): CaseNotes['notRead'] {
  return session.status().sources.flatMap(({ id, missing }) =>
    Object.values(missing)
      .filter(({ why }) => why !== 'absent')
      .map(({ why, detail }) => ({ source: id, why, detail: plain(detail) })),
  );
}

function notedLife(life: FindingLife, then: readonly StandingFinding[]): NotedFinding {
  const { key, sinceMs, untilMs, severity, subject, sentence } = life;
  const again = then.find((finding) => isKeyOf(key, finding));
  const entity = again?.entity ?? entityOfKey(key);
  const { evidence, next, past } = again ? standing(again) : { evidence: [], next: undefined };
  return {
    key: plain(key),
    ...(entity && { entity: shownRef(entity) }),
    severity,
    sentence: maskSecrets(plain(statement({ subject, sentence }))),
    since: iso(sinceMs),
    ...(untilMs !== undefined && { until: iso(untilMs) }),
    ...(past && { past }),
    evidence,
    ...(next !== undefined && { next }),
  };
}

const shownRef = ({ kind, id }: EntityRef): EntityRef => ({ kind, id: maskSecrets(plain(id)) });

const standing = ({
  key,
  entity,
  severity,
  subject,
  sentence,
  sinceMs,
  past,
  evidence,
  next,
}: StandingFinding): NotedFinding =>
  mapTexts(
    {
      key,
      entity,
      severity,
      sentence: statement({ subject, sentence }),
      since: iso(sinceMs),
      ...(past && { past: true as const }),
      evidence: evidence.map(({ what, value, source }) => ({ what, value, source })),
      next,
    },
    (text) => maskSecrets(plain(text)),
  );

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
  kind: TimelineEntry['kind'],
  text: string,
  severity: TimelineEntry['severity'],
): TimelineEntry => ({ at: iso(wallMs), kind, ...(severity && { severity }), text: plain(text) });

const iso = (wallMs: number): string => new Date(wallMs).toISOString();
