import { isSumLine } from './checksums.ts';
import { decodeEvent } from './decode-event.ts';
import type { RecordingEvent } from './events.ts';
import { MAX_DEPTH, MAX_EVENT_BYTES, MAX_VALUES } from './limits.ts';
import type { Line } from './migrate.ts';
import { sizeOf } from './json-size.ts';
import type { SegmentText } from './segment-text.ts';

/** Beginning of a sample line; samples are most of a file, and skipped unparsed on request. */
const SAMPLE_START = Buffer.from('{"e":"sample",');
const NEWLINE = 0x0a;
const NOTHING = Buffer.alloc(0);

/** Reader of the events of one segment, parsed on request. */
export class SegmentReader {
  readonly #where: string;
  readonly #problem: string | undefined;
  readonly #migrate: (line: Line) => Line;
  readonly #leftOut: string[] = [];
  /** Emptied when all is parsed. */
  #text: Buffer;
  #at = 0;
  #values = 0;
  #broken = 0;
  #over: string | undefined;
  /** Event read ahead. */
  #later: RecordingEvent | undefined;

  constructor(where: string, { text, problem }: SegmentText, migrate: (line: Line) => Line) {
    this.#where = where;
    this.#text = text;
    this.#problem = problem;
    this.#migrate = migrate;
  }

  /** Next events up to a time, ms since 1970, one at a time. */
  *until(untilMs: number): Generator<RecordingEvent> {
    for (let event = this.#next(true); event; event = this.#next(true)) {
      if (event.t > untilMs) {
        this.#later = event;
        break;
      }
      yield event;
    }
  }

  /** All further events, one at a time. Without `samples`: all but readings. */
  *events(samples = true): Generator<RecordingEvent> {
    for (let event = this.#next(samples); event; event = this.#next(samples)) yield event;
  }

  /** Size of the text that is not parsed yet, KiB. */
  aheadKiB(): number {
    return (this.#text.length - this.#at) / 1024;
  }

  /** Sentences about unreadable parts of the requested events. */
  problems(): readonly string[] {
    return [
      ...this.#leftOut,
      ...(this.#problem === undefined ? [] : [this.#problem]),
      ...(this.#over === undefined ? [] : [`${this.#where}: ${this.#over}, the rest is not read`]),
      ...(this.#broken > 0 ? [`${this.#where}: ${this.#broken} invalid lines`] : []),
    ];
  }

  #next(samples: boolean): RecordingEvent | undefined {
    const later = this.#later;
    this.#later = undefined;
    if (later) return later;
    for (let line = this.#line(); line; line = this.#line()) {
      if (line.length === 0 || isSumLine(line) || (!samples && startsWith(line, SAMPLE_START))) continue;
      this.#over = this.#overBounds(line);
      if (this.#over !== undefined) break;
      const event = this.#decoded(line);
      if (event === 'unknown') continue;
      if (event) {
        if (event.e === 'recorder' && event.what === 'left-out') this.#leftOut.push(event.detail);
        return event;
      }
      this.#broken++;
    }
    this.#text = NOTHING;
    this.#at = 0;
    return undefined;
  }

  #line(): Buffer | undefined {
    const from = this.#at;
    if (from >= this.#text.length) return undefined;
    const end = this.#text.indexOf(NEWLINE, from);
    const to = end === -1 ? this.#text.length : end;
    this.#at = to + 1;
    return this.#text.subarray(from, to);
  }

  /** Bound that a line exceeds: it is not parsed, since its values would take many times the memory of its text. */
  #overBounds(line: Buffer): string | undefined {
    if (line.length > MAX_EVENT_BYTES) return `an event of more than ${MAX_EVENT_BYTES >> 20} MiB`;
    const { values, depth } = sizeOf(line);
    this.#values += values;
    if (depth > MAX_DEPTH) return `values nested more than ${MAX_DEPTH} deep`;
    return this.#values > MAX_VALUES ? `more than ${MAX_VALUES} values` : undefined;
  }

  #decoded(line: Buffer): ReturnType<typeof decodeEvent> {
    try {
      // Any JSON; decodeEvent checks it.
      return decodeEvent(this.#migrate(JSON.parse(line.toString('utf8')) as Line));
    } catch {
      return undefined;
    }
  }
}

const startsWith = (line: Buffer, start: Buffer): boolean => line.subarray(0, start.length).equals(start);
