import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditEntry } from '../host/audit.ts';
import type { Mark } from '../collect/session.ts';
import type { RecordingEvent } from './events.ts';
import type { Recording } from './recording.ts';

/** Between two segments. */
const PAUSE_MS = 5;

/**
 * What is spread over the whole file: marks, findings as they began, the audit log. There at once where the file has an index of its
 * own; otherwise gathered bit by bit after opening.
 */
export class RecordingIndex {
  readonly #marks: Mark[] = [];
  readonly #audit: AuditEntry[] = [];
  #stopped = false;

  constructor(recording: Recording, changed: () => void) {
    const standing = new Set<string>();
    if (recording.spread) for (const event of recording.spread) this.#take(event, standing);
    else void this.#gather(recording, standing, changed);
  }

  /** In the order of time; those of later segments come when they have been looked through. */
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
      // The screen and seeks go first.
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
      // Its sentence changes with its values; a mark is where it began.
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
