import type { Severity } from '../theme.ts';
import type { AuditEvent, FindingEvent, RecordingEvent } from '../recording/events.ts';
import type { Recording } from '../recording/recording.ts';
import { SCREEN } from '../recording/asciicast.ts';
import { replayEntry, RoundDecoder, type Round } from '../recording/replay-entries.ts';
import type { Entry } from '../timeline/moment.ts';
import { isReading } from '../host/audit.ts';
import { subjectOfKey } from '../findings/finding-key.ts';
import { statement } from '../findings/statement.ts';
import { plain } from '../lib/plain.ts';
import type { NotedTerminal, TimelineEntry } from './case-notes.ts';
import { chartNeeds } from './series.ts';
import { secretsOnly, StreamCover, type Covering } from '../redact/stream-cover.ts';
import { terminalText } from './terminal-text.ts';

/** A finding from its beginning to its end. */
export interface FindingLife {
  readonly key: string;
  readonly sinceMs: number;
  severity: Severity;
  subject: string;
  sentence: string;
  /** When it said that sentence: there its evidence can be looked up. */
  saidMs: number;
  untilMs: number | undefined;
}

/** What is spread over a whole recording. */
export interface RecordedEvents {
  readonly startMs: number;
  readonly endMs: number;
  readonly lives: readonly FindingLife[];
  readonly timeline: readonly TimelineEntry[];
  readonly audit: readonly AuditEvent[];
  readonly terminals: readonly NotedTerminal[];
  /** Entries of the sources that charts are drawn of. */
  readonly entries: ReadonlyMap<string, readonly Entry[]>;
  readonly problems: readonly string[];
}

/** Most of one terminal that notes take along; the recording has all. */
const MOST_BYTES = 4 << 20;

interface TerminalSoFar {
  readonly title: string;
  readonly startMs: number;
  readonly columns: number;
  readonly rows: number;
  readonly cast: [number, string, string][];
  bytes: number;
  leftOutBytes: number;
}

/** A round of readings goes by: for who learns names from it. */
export type OnRound = (round: Round) => void;

/** Reads a recording from its beginning to its end, once. What is covered in terminals is known when all has been read. */
export async function recordedEvents(
  recording: Recording,
  covering: Covering = secretsOnly,
  onRound?: OnRound,
): Promise<RecordedEvents> {
  const walk = new Walk(covering, onRound);
  const problems: string[] = [];
  for (const [index] of recording.segments.entries()) {
    const segment = await recording.segment(index);
    problems.push(...segment.problems);
    walk.segment(segment.events);
  }
  const startMs = recording.segments[0]?.t ?? recording.head.t;
  return { ...(await walk.end(startMs)), startMs, problems };
}

const wanted = new Map(Object.entries(chartNeeds));

class Walk {
  readonly #lives: FindingLife[] = [];
  readonly #standing = new Map<string, FindingLife>();
  readonly #timeline: TimelineEntry[] = [];
  readonly #audit: AuditEvent[] = [];
  readonly #terminals = new Map<string, TerminalSoFar>();
  readonly #entries = new Map<string, Entry[]>();
  readonly #covering: Covering;
  readonly #onRound: OnRound | undefined;
  #link: string | undefined;
  #endMs = -Infinity;

  constructor(covering: Covering, onRound: OnRound | undefined) {
    this.#covering = covering;
    this.#onRound = onRound;
  }

  segment(events: readonly RecordingEvent[]): void {
    const decoder = new RoundDecoder();
    for (const event of events) {
      this.#endMs = Math.max(this.#endMs, event.t);
      if (event.e === 'sample') {
        // Sources share reads, and an answer may be told as the same as another's: all are decoded.
        const round = decoder.decode(event);
        this.#onRound?.(round);
        const source = wanted.get(round.source);
        if (!source || event.carried || event.look) continue;
        const entries = this.#entries.get(source.id) ?? [];
        entries.push(replayEntry(source, round));
        this.#entries.set(source.id, entries);
      } else this.#take(event);
    }
  }

  async end(startMs: number): Promise<Omit<RecordedEvents, 'startMs' | 'problems'>> {
    const terminals: NotedTerminal[] = [];
    for (const [
      terminal,
      { title, startMs: beganMs, columns, rows, cast: recorded, leftOutBytes },
    ] of this.#terminals) {
      const cast = terminal === SCREEN ? recorded : coveredCast(recorded, columns, this.#covering);
      const said = cast.flatMap(([, code, data]) => (code === 'o' ? [data] : []));
      const text = terminal === SCREEN ? [] : await terminalText(said, { columns, rows });
      terminals.push({ terminal, title: plain(title), since: iso(beganMs), columns, rows, text, cast, leftOutBytes });
    }
    return {
      endMs: Math.max(startMs, this.#endMs),
      lives: this.#lives,
      timeline: this.#timeline.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)),
      audit: this.#audit,
      terminals,
      entries: this.#entries,
    };
  }

  #take(event: Exclude<RecordingEvent, { readonly e: 'sample' }>): void {
    switch (event.e) {
      case 'finding':
        return this.#finding(event);
      case 'marker':
        return this.#note(event.t, event.text === '' ? 'marker' : 'note', event.text);
      case 'audit':
        this.#audit.push(event);
        if (!isReading(event)) this.#note(event.t, 'command', `${event.as}: ${event.command} (${event.why})`);
        return;
      case 'status': {
        const { state } = event.link;
        if (this.#link !== undefined && state !== this.#link) this.#note(event.t, 'line', `the line is ${state}`);
        this.#link = state;
        return;
      }
      case 'recorder':
        return this.#note(event.t, 'recorder', event.detail);
      case 'terminal': {
        const { t, terminal, title, columns, rows } = event;
        if (!isSize(columns) || !isSize(rows)) return;
        const known = this.#terminals.get(terminal);
        if (known) return this.#cast(known, t, 'r', `${columns}x${rows}`);
        this.#terminals.set(terminal, { title, startMs: t, columns, rows, cast: [], bytes: 0, leftOutBytes: 0 });
        if (terminal !== SCREEN) this.#note(t, 'terminal', title);
        return;
      }
      case 'output': {
        const known = this.#terminals.get(event.terminal);
        if (known && typeof event.data === 'string') this.#cast(known, event.t, 'o', event.data);
        return;
      }
      case 'segment':
    }
  }

  #finding({ t, key, state, severity, sentence, ...event }: FindingEvent): void {
    const subject = event.subject ?? subjectOfKey(key);
    const known = this.#standing.get(key);
    if (state === 'ended') {
      if (known) known.untilMs = t;
      this.#standing.delete(key);
      this.#note(t, 'ended', statement({ subject, sentence }));
    } else if (known) Object.assign(known, { severity, subject, sentence, saidMs: t });
    else {
      const life: FindingLife = { key, sinceMs: t, severity, subject, sentence, saidMs: t, untilMs: undefined };
      this.#lives.push(life);
      this.#standing.set(key, life);
      this.#note(t, 'finding', statement({ subject, sentence }), severity);
    }
  }

  #note(t: number, kind: TimelineEntry['kind'], text: string, severity?: Severity): void {
    this.#timeline.push({ at: iso(t), kind, ...(severity && { severity }), text: plain(text) });
  }

  #cast(terminal: TerminalSoFar, t: number, code: string, data: string): void {
    const left = terminal.bytes + data.length > MOST_BYTES || terminal.leftOutBytes > 0;
    if (left) terminal.leftOutBytes += data.length;
    else {
      terminal.bytes += data.length;
      const last = terminal.cast.at(-1)?.[0] ?? 0;
      // The engineer's clock may have been set back; a player's may not.
      terminal.cast.push([Math.max(last, (t - terminal.startMs) / 1000), code, data]);
    }
  }
}

/** As a stream: what lies over two pieces is one all the same. */
function coveredCast(
  cast: readonly (readonly [number, string, string])[],
  columns: number,
  covering: Covering,
): [number, string, string][] {
  const cover = new StreamCover(covering, columns);
  const out = cast.flatMap(([seconds, code, data]): [number, string, string][] => {
    if (code !== 'o') {
      cover.resize(Number.parseInt(data, 10));
      return [[seconds, code, data]];
    }
    const told = cover.push(data);
    return told === '' ? [] : [[seconds, code, told]];
  });
  const held = cover.end();
  return held === '' ? out : [...out, [out.at(-1)?.[0] ?? 0, 'o', held]];
}

const isSize = (cells: number): boolean => Number.isInteger(cells) && cells > 1 && cells < 10_000;

const iso = (wallMs: number): string => new Date(wallMs).toISOString();
