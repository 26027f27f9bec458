import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditEntry } from '../host/audit.ts';
import type { Mark } from '../collect/session.ts';
import type { RecordingEvent } from './events.ts';
import type { Recording } from './recording.ts';

/** Pause between two segments. */
const PAUSE_MS = 5;

/** Marks, starts of findings and audit log of the whole file: from its index, or gathered segment by segment after opening. */
export class RecordingIndex {
  readonly #marks: Mark[] = [];
  readonly #audit: AuditEntry[] = [];
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

  stop(): void {
    this.#stopped = true;
  }

  async #gather(recording: Recording, standing: Set<string>, changed: () => void): Promise<void> {
    for (const [index] of recording.segments.entries()) {
      const { events } = await recording.segment(index, { samples: false });
      if (this.#stopped) return;
      for (const event of events) this.#take(event, standing);
      if (events.length > 0) changed();
      // The screen and seeks have precedence.
      await sleep(PAUSE_MS);
    }
  }

  #take(event: RecordingEvent, standing: Set<string>): void {
    if (event.e === 'marker')
      this.#marks.push({ wallMs: event.t, kind: event.text === '' ? 'marker' : 'note', text: event.text });
    else if (event.e === 'audit') {
      const { e: _, t, ...entry } = event;
      this.#audit.push({ ...entry, wallMs: t });
    } else if (event.e === 'finding' && event.state === 'ended') standing.delete(event.key);
    else if (event.e === 'finding' && !standing.has(event.key)) {
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
