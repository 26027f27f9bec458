import type { Unpacked } from './decompress.ts';
import type { RecordingEvent } from './events.ts';
import { validEvent, type AnyEvent } from './valid-event.ts';

/** How we write a sample: most of a file, passed over without a closer look by who wants the rest. */
const SAMPLE_LINE = '{"e":"sample",';

/** The events of one segment, understood as far as they are asked for. */
export class SegmentReader {
  readonly #where: string;
  readonly #rest: string;
  readonly #problem: string | undefined;
  readonly #migrate: (event: AnyEvent) => RecordingEvent;
  readonly #leftOut: string[] = [];
  /** Let go of when all are understood. */
  #lines: readonly string[];
  #at = 0;
  #broken = 0;
  /** Was read to know that it comes later. */
  #later: RecordingEvent | undefined;

  constructor(where: string, { lines, rest, problem }: Unpacked, migrate: (event: AnyEvent) => RecordingEvent) {
    this.#where = where;
    this.#lines = lines;
    this.#rest = rest;
    this.#problem = problem;
    this.#migrate = migrate;
  }

  /** The next events up to the first that is later than a time, ms since 1970. Without `samples`: all but readings. */
  until(untilMs: number, samples = true): readonly RecordingEvent[] {
    const events: RecordingEvent[] = [];
    for (let event = this.#next(samples); event; event = this.#next(samples)) {
      if (event.t > untilMs) {
        this.#later = event;
        break;
      }
      events.push(event);
    }
    return events;
  }

  /** How much text has not been understood yet, in KiB. */
  aheadKiB(): number {
    let characters = 0;
    for (let at = this.#at; at < this.#lines.length; at++) characters += this.#lines[at]?.length ?? 0;
    return characters / 1024;
  }

  /** What could not be read of what was asked for, for a person. */
  problems(): readonly string[] {
    return [
      ...this.#leftOut,
      ...(this.#problem === undefined ? [] : [`${this.#where} ends early: ${this.#problem}`]),
      ...(this.#broken > 0 ? [`${this.#where}: ${this.#broken} lines could not be understood`] : []),
      ...(this.#rest !== '' && this.#problem === undefined ? [`${this.#where} ends in the middle of a line`] : []),
    ];
  }

  #next(samples: boolean): RecordingEvent | undefined {
    const later = this.#later;
    this.#later = undefined;
    if (later) return later;
    while (this.#at < this.#lines.length) {
      const line = this.#lines[this.#at++] ?? '';
      if (!samples && line.startsWith(SAMPLE_LINE)) continue;
      const valid = validEvent(line);
      if (valid) {
        const event = this.#migrate(valid);
        if (event.e === 'recorder' && event.what === 'left-out') this.#leftOut.push(event.detail);
        return event;
      }
      if (line !== '') this.#broken++;
    }
    this.#lines = [];
    this.#at = 0;
    return undefined;
  }
}
