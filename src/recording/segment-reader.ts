import type { Unpacked } from './decompress.ts';
import type { RecordingEvent } from './events.ts';
import { validEvent, type AnyEvent } from './valid-event.ts';

/** Beginning of a sample line; samples are most of a file, and skipped unparsed on request. */
const SAMPLE_LINE = '{"e":"sample",';

/** Reader of the events of one segment, parsed on request. */
export class SegmentReader {
  readonly #where: string;
  readonly #rest: string;
  readonly #problem: string | undefined;
  readonly #migrate: (event: AnyEvent) => RecordingEvent;
  readonly #leftOut: string[] = [];
  /** Emptied when all are parsed. */
  #lines: readonly string[];
  #at = 0;
  #broken = 0;
  /** Event read ahead. */
  #later: RecordingEvent | undefined;

  constructor(where: string, { lines, rest, problem }: Unpacked, migrate: (event: AnyEvent) => RecordingEvent) {
    this.#where = where;
    this.#lines = lines;
    this.#rest = rest;
    this.#problem = problem;
    this.#migrate = migrate;
  }

  /** Next events up to a time, ms since 1970. Without `samples`: all but readings. */
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

  /** Size of the text that is not parsed yet, KiB. */
  aheadKiB(): number {
    let characters = 0;
    for (let at = this.#at; at < this.#lines.length; at++) characters += this.#lines[at]?.length ?? 0;
    return characters / 1024;
  }

  /** Sentences about unreadable parts of the requested events. */
  problems(): readonly string[] {
    return [
      ...this.#leftOut,
      ...(this.#problem === undefined ? [] : [`${this.#where}: truncated, ${this.#problem}`]),
      ...(this.#broken > 0 ? [`${this.#where}: ${this.#broken} invalid lines`] : []),
      ...(this.#rest !== '' && this.#problem === undefined ? [`${this.#where}: truncated within a line`] : []),
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
