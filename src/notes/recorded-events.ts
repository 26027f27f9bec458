import type { AuditEvent, FindingEvent, GapEvent, RecordingEvent } from '../recording/events.ts';
import { gapText } from '../lib/recording-gap.ts';
import { gapOutput } from '../recording/gap-output.ts';
import { KeptEvents } from '../recording/kept-events.ts';
import type { Recording } from '../recording/recording.ts';
import { SCREEN } from '../recording/asciicast.ts';
import { replayEntry, RoundDecoder, type Round } from '../recording/replay-entries.ts';
import type { Entry } from '../timeline/moment.ts';
import { isReading } from '../host/audit.ts';
import { subjectOfKey } from '../findings/finding-key.ts';
import { plain } from '../lib/plain.ts';
import type { NotedStacks, NotedTerminal, TimelineEntry } from './case-notes.ts';
import { FindingLives, type FindingLife } from './finding-lives.ts';
import { chartNeeds } from './series.ts';
import { secretsOnly, StreamRedactor, type Redaction } from '../redact/stream-redactor.ts';
import { StackNotes } from './noted-stacks.ts';
import { terminalText } from './terminal-text.ts';

/** Events of a whole recording. */
export interface RecordedEvents {
  readonly startMs: number;
  readonly endMs: number;
  readonly lives: readonly FindingLife[];
  /** Entries other than those of findings, which are in `lives`. */
  readonly timeline: readonly TimelineEntry[];
  readonly audit: readonly AuditEvent[];
  readonly terminals: readonly NotedTerminal[];
  readonly stacks: readonly NotedStacks[];
  /** Entries of the sources of charts. */
  readonly entries: ReadonlyMap<string, readonly Entry[]>;
  readonly problems: readonly string[];
}

/** Limit of a terminal's output in notes. */
const MAX_BYTES = 4 << 20;
/** Limit of all terminals in notes: the output of later ones is left out. */
const MAX_ALL_BYTES = 12 << 20;
const MAX_TERMINALS = 100;
/** Entries of a source of charts; above it every second one is left out, so that rates span two. */
const MAX_ENTRIES = 20_000;

interface OpenTerminal {
  readonly title: string;
  readonly startMs: number;
  readonly columns: number;
  readonly rows: number;
  readonly cast: [number, string, string][];
  bytes: number;
  leftOutBytes: number;
}

/** Called for every round of readings, to learn names. */
export type OnRound = (round: Round) => void;

/** Reads a recording once from start to end. Terminals are redacted at the end, when all names are known. */
export async function recordedEvents(
  recording: Recording,
  redaction: Redaction = secretsOnly,
  onRound?: OnRound,
): Promise<RecordedEvents> {
  const collector = new EventCollector(redaction, onRound);
  const problems: string[] = [];
  for (const [index] of recording.segments.entries()) {
    const reader = await recording.reader(index);
    if (typeof reader === 'string') problems.push(reader);
    else {
      collector.segment(reader.events());
      problems.push(...reader.problems());
    }
  }
  const startMs = recording.segments[0]?.t ?? recording.head.t;
  return { ...(await collector.end(startMs)), startMs, problems: [...problems, ...collector.problems()] };
}

const wanted = new Map(Object.entries(chartNeeds));

class EventCollector {
  readonly #lives = new FindingLives();
  readonly #timeline: TimelineEntry[] = [];
  readonly #audit: AuditEvent[] = [];
  readonly #terminals = new Map<string, OpenTerminal>();
  readonly #entries = new Map<string, Entry[]>();
  readonly #redaction: Redaction;
  readonly #onRound: OnRound | undefined;
  readonly #kept = new KeptEvents();
  readonly #stacks = new StackNotes();
  #castBytes = 0;
  #leftTerminals = 0;
  /** Index of the entry of a gap that lasts. */
  #gapAt: number | undefined;
  #link: string | undefined;
  #endMs = -Infinity;

  constructor(redaction: Redaction, onRound: OnRound | undefined) {
    this.#redaction = redaction;
    this.#onRound = onRound;
  }

  segment(events: Iterable<RecordingEvent>): void {
    const decoder = new RoundDecoder();
    for (const event of events) {
      this.#endMs = Math.max(this.#endMs, event.t);
      if (event.e === 'sample') {
        // A reading may refer to one of another source with the same read, so all are decoded.
        const round = decoder.decode(event);
        this.#onRound?.(round);
        if (!event.carried) this.#stacks.take(round);
        const source = wanted.get(round.source);
        if (!source || event.carried || event.look) continue;
        const entries = this.#entries.get(source.id) ?? [];
        entries.push(sampleEntry(replayEntry(source, round)));
        this.#entries.set(
          source.id,
          entries.length > MAX_ENTRIES ? entries.filter((_, index) => index % 2 === 0) : entries,
        );
      } else this.#take(event);
    }
  }

  async end(startMs: number): Promise<Omit<RecordedEvents, 'startMs' | 'problems'>> {
    const terminals: NotedTerminal[] = [];
    for (const [
      terminal,
      { title, startMs: beganMs, columns, rows, cast: recorded, leftOutBytes },
    ] of this.#terminals) {
      const cast = terminal === SCREEN ? recorded : redactedCast(recorded, columns, this.#redaction);
      const output = cast.flatMap(([, code, data]) => (code === 'o' ? [data] : []));
      const text = terminal === SCREEN ? [] : await terminalText(output, { columns, rows });
      terminals.push({ terminal, title: plain(title), since: iso(beganMs), columns, rows, text, cast, leftOutBytes });
    }
    return {
      endMs: Math.max(startMs, this.#endMs),
      lives: this.#lives.lives,
      timeline: this.#timeline,
      audit: this.#audit,
      terminals,
      stacks: this.#stacks.noted(),
      entries: this.#entries,
    };
  }

  /** Sentences about events above a limit. */
  problems(): readonly string[] {
    const left = this.#kept.problem();
    return [
      ...(left === undefined ? [] : [left]),
      ...(this.#leftTerminals > 0 ? [`${this.#leftTerminals} terminals left out, above the limit of ${MAX_TERMINALS}`] : []), // prettier-ignore
    ];
  }

  #take(event: Exclude<RecordingEvent, { readonly e: 'sample' }>): void {
    switch (event.e) {
      case 'finding':
        return this.#finding(event);
      case 'marker':
        return this.#note(event.t, event.text === '' ? 'marker' : 'note', event.text);
      case 'audit':
        if (!this.#kept.take(event.command, event.why)) return;
        this.#audit.push(event);
        if (!isReading(event)) this.#note(event.t, 'command', `${event.as}: ${event.command} (${event.why})`);
        return;
      case 'status': {
        const { state } = event.link;
        if (this.#link !== undefined && state !== this.#link) this.#note(event.t, 'line', `connection ${state}`);
        this.#link = state;
        return;
      }
      case 'gap':
        return this.#gap(event);
      case 'recorder':
        return this.#note(event.t, 'recorder', event.detail);
      case 'terminal': {
        const { t, terminal, title, columns, rows } = event;
        const known = this.#terminals.get(terminal);
        if (known) return this.#cast(known, t, 'r', `${columns}x${rows}`);
        if (this.#terminals.size >= MAX_TERMINALS) {
          this.#leftTerminals++;
          return;
        }
        this.#terminals.set(terminal, { title, startMs: t, columns, rows, cast: [], bytes: 0, leftOutBytes: 0 });
        if (terminal !== SCREEN) this.#note(t, 'terminal', title);
        return;
      }
      case 'output': {
        const known = this.#terminals.get(event.terminal);
        if (known) this.#cast(known, event.t, 'o', event.data);
        return;
      }
      case 'segment':
    }
  }

  #finding({ t, key, state, severity, sentence, subject = subjectOfKey(key) }: FindingEvent): void {
    if (state === 'ended') this.#lives.ended(key, t);
    else if (this.#lives.isActive(key) || this.#kept.take(key, sentence))
      this.#lives.stands(key, { severity, subject, sentence }, t);
  }

  #gap(event: GapEvent): void {
    const { t, state, sinceMs } = event;
    if (state === 'paused') this.#gapAt = this.#kept.take() ? this.#timeline.length : undefined;
    const untilMs = state === 'resumed' ? t : undefined;
    const entry = { at: iso(sinceMs), kind: 'recorder', text: gapText({ fromMs: sinceMs, untilMs }) } as const;
    // One entry at its start, with its length once it is known.
    if (this.#gapAt !== undefined) this.#timeline[this.#gapAt] = entry;
    if (state === 'resumed') this.#gapAt = undefined;
    for (const [name, terminal] of this.#terminals) {
      const output = gapOutput(event, name === SCREEN);
      if (output !== '') this.#cast(terminal, t, 'o', output);
    }
  }

  #note(t: number, kind: TimelineEntry['kind'], text: string): void {
    if (kind !== 'command' && !this.#kept.take(text)) return;
    this.#timeline.push({ at: iso(t), kind, text: plain(text) });
  }

  #cast(terminal: OpenTerminal, t: number, code: string, data: string): void {
    const isOver = terminal.bytes + data.length > MAX_BYTES || this.#castBytes + data.length > MAX_ALL_BYTES;
    const left = isOver || terminal.leftOutBytes > 0;
    if (left) terminal.leftOutBytes += data.length;
    else {
      terminal.bytes += data.length;
      this.#castBytes += data.length;
      const last = terminal.cast.at(-1)?.[0] ?? 0;
      // The engineer's clock may go back, the time of a cast may not.
      terminal.cast.push([Math.max(last, (t - terminal.startMs) / 1000), code, data]);
    }
  }
}

/** Cast redacted as a stream, so that a name across two events is found. */
function redactedCast(
  cast: readonly (readonly [number, string, string])[],
  columns: number,
  redaction: Redaction,
): [number, string, string][] {
  const redactor = new StreamRedactor(redaction, columns);
  const out = cast.flatMap(([seconds, code, data]): [number, string, string][] => {
    if (code !== 'o') {
      redactor.resize(Number.parseInt(data, 10));
      return [[seconds, code, data]];
    }
    const redacted = redactor.push(data);
    return redacted === '' ? [] : [[seconds, code, redacted]];
  });
  const held = redactor.end();
  return held === '' ? out : [...out, [out.at(-1)?.[0] ?? 0, 'o', held]];
}

/** Entry with its sample alone: the texts of hours would take many times its memory. */
function sampleEntry({ sample, at, wallMs, missing, tookMs }: Entry): Entry {
  return { sample, at, wallMs, missing, tookMs };
}

const iso = (wallMs: number): string => new Date(wallMs).toISOString();
