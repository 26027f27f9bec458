import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditEntry } from '../host/audit.ts';
import type { Mark } from '../collect/session.ts';
import type { GapEvent, RecordingEvent } from './events.ts';
import { gapText } from '../lib/recording-gap.ts';
import { KeptEvents } from './kept-events.ts';
import type { Recording } from './recording.ts';

/** Pause between two segments. */
const PAUSE_MS = 5;

/** Marks, starts of findings and audit log of the whole file: from its index, or gathered segment by segment after opening. */
export class RecordingIndex {
  readonly #marks: Mark[] = [];
  readonly #audit: AuditEntry[] = [];
  readonly #kept = new KeptEvents();
  #stopped = false;

  constructor(recording: Recording, changed: () => void) {
    const standing = new Set<string>();
    if (recording.spread) for (const event of recording.spread) this.#take(event, standing);
    else void this.#gather(recording, standing, changed);
  }

  /** Marks by time; without an index those of later segments arrive after opening. */
  get marks(): readonly Mark[] {
    return this.#marks;
  }

  auditUntil(wallMs: number): readonly AuditEntry[] {
    return this.#audit.filter((entry) => entry.wallMs <= wallMs);
  }

  /** Adds a mark at an unreadable part of the file. */
  addProblem(wallMs: number, text: string): void {
    const at = this.#marks.findLastIndex((mark) => mark.wallMs <= wallMs) + 1;
    this.#marks.splice(at, 0, { wallMs, kind: 'note', text });
  }

  /** Sentence about events above the limit. */
  problem(): string | undefined {
    return this.#kept.problem();
  }

  stop(): void {
    this.#stopped = true;
  }

  async #gather(recording: Recording, standing: Set<string>, changed: () => void): Promise<void> {
    for (const [index] of recording.segments.entries()) {
      const reader = await recording.reader(index);
      if (this.#stopped) return;
      const before = this.#marks.length + this.#audit.length;
      if (typeof reader !== 'string') for (const event of reader.events(false)) this.#take(event, standing);
      if (this.#marks.length + this.#audit.length > before) changed();
      // The screen and seeks have precedence.
      await sleep(PAUSE_MS);
    }
  }

  /** A gap is a mark at its start, whose end follows. */
  #gap({ state, t, sinceMs }: GapEvent): void {
    if (state === 'paused' && !this.#kept.take('')) return;
    const at = state === 'resumed' ? this.#marks.findLastIndex(({ kind, wallMs }) => kind === 'gap' && wallMs === sinceMs) : -1; // prettier-ignore
    const untilMs = state === 'resumed' ? t : undefined;
    const mark: Mark = { wallMs: sinceMs, kind: 'gap', untilMs, text: gapText({ fromMs: sinceMs, untilMs }) };
    if (at >= 0) this.#marks[at] = mark;
    else if (state === 'paused') this.#marks.push(mark);
  }

  #take(event: RecordingEvent, standing: Set<string>): void {
    if (event.e === 'finding' && event.state === 'ended') standing.delete(event.key);
    else if (event.e === 'gap') this.#gap(event);
    else if (event.e === 'marker' && this.#kept.take(event.text))
      this.#marks.push({ wallMs: event.t, kind: event.text === '' ? 'marker' : 'note', text: event.text });
    else if (event.e === 'audit' && this.#kept.take(event.command, event.why)) {
      const { e: _, t, ...entry } = event;
      this.#audit.push({ ...entry, wallMs: t });
    } else if (event.e === 'finding' && !standing.has(event.key) && this.#kept.take(event.key, event.sentence)) {
      // A sentence changes with its values; the mark is at its start.
      standing.add(event.key);
      this.#marks.push({
        wallMs: event.t,
        kind: 'finding',
        severity: event.severity,
        key: event.key,
        text: event.sentence,
      });
    }
  }
}
