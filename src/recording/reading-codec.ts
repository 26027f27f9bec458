import { keyOf, missing, type Read, type Reading } from '../host/host.ts';
import type { RecordedReading } from './events.ts';
import { LazyDelta } from './lazy-value.ts';
import { deltaOf } from './value-delta.ts';

/** Key of a read with its rights, to which `same` and deltas refer. */
export const codecKey = (read: Read): string => `${read.as ?? 'user'} ${read.kind} ${keyOf(read)}`;

/** Encoder of readings as events, each as a delta to the one before of the same read. */
export class ReadingEncoder {
  readonly #last = new Map<string, unknown>();

  encode(read: Read, reading: Reading<unknown>): RecordedReading {
    const key = codecKey(read);
    if (!reading.ok) {
      this.#last.delete(key);
      return { read, why: reading.why, detail: reading.detail };
    }
    const { value, at, tookMs, part } = reading;
    const before = this.#last.get(key);
    const head = { read, at, took: Math.round(tookMs * 10) / 10, ...(part && { part }) };
    this.#last.set(key, value);
    if (before !== undefined && before === value) return { ...head, same: true };
    return typeof value === 'string' ? { ...head, text: value } : { ...head, table: deltaOf(value, before) };
  }

  /** Makes the next reading of each read a whole one, so that the events after it can be read alone. */
  forget(): void {
    this.#last.clear();
  }
}

/** Decoder of events. A delta to an event that is not there decodes as a missing reading with the reason. */
export class ReadingDecoder {
  readonly #last = new Map<string, LazyDelta>();

  /** Decodes a reading, whose value is evaluated on access: most of a recording is skipped. */
  decode(recorded: RecordedReading): LightReading {
    const key = codecKey(recorded.read);
    if ('why' in recorded) {
      this.#last.delete(key);
      return missing(recorded.why, recorded.detail);
    }
    const before = this.#last.get(key);
    const lazy = 'same' in recorded ? before : LazyDelta.after(before, 'text' in recorded ? recorded.text : recorded.table); // prettier-ignore
    if (lazy === undefined)
      return missing('failed', `${keyOf(recorded.read)}: delta to a reading that is not in the recording`);
    this.#last.set(key, lazy);
    return {
      ok: true,
      get value() {
        return lazy.value;
      },
      at: recorded.at ?? 0,
      tookMs: recorded.took ?? 0,
      ...(recorded.part && { part: recorded.part }),
      ...(!('same' in recorded) && { ownKiB: lazy.ownKiB }),
      ...(lazy.places > 0 && { places: lazy.places, ownPlaces: lazy.ownPlaces }),
    };
  }
}

/** Reading with the size of its table, in all and without entries shared with the one before, known before evaluation. */
export type LightReading = Reading<unknown> & {
  readonly places?: number;
  readonly ownPlaces?: number;
  /** Texts that are not shared with the reading before. */
  readonly ownKiB?: number;
};
