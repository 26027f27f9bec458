import { keyOf, missing, type Read, type Reading } from '../host/host.ts';
import type { RecordedReading } from './events.ts';
import { LazyDelta } from './lazy-value.ts';
import { deltaOf } from './value-delta.ts';

/** One name for one read with its rights: what `same` and a change refer to. */
export const codecKey = (read: Read): string => `${read.as ?? 'user'} ${read.kind} ${keyOf(read)}`;

/** Readings into events, each by its difference from the one before of the same read. */
export class ReadingEncoder {
  readonly #last = new Map<string, unknown>();

  encode(read: Read, reading: Reading<unknown>): RecordedReading {
    const key = codecKey(read);
    if (!reading.ok) {
      this.#last.delete(key);
      return { read, why: reading.why, detail: reading.detail };
    }
    const { value, at, tookMs } = reading;
    const before = this.#last.get(key);
    const head = { read, at, took: Math.round(tookMs * 10) / 10 };
    this.#last.set(key, value);
    if (before !== undefined && before === value) return { ...head, same: true };
    return typeof value === 'string' ? { ...head, text: value } : { ...head, table: deltaOf(value, before) };
  }

  /** From here on everything is told whole, so that what follows can be read alone. */
  forget(): void {
    this.#last.clear();
  }
}

/** Events back into readings. What refers to an event that is not there reads as missing, with the reason. */
export class ReadingDecoder {
  readonly #last = new Map<string, LazyDelta>();

  /** Its value is put together when somebody asks for it: most of a recording is passed over. */
  decode(recorded: RecordedReading): LightReading {
    const key = codecKey(recorded.read);
    if ('why' in recorded) {
      this.#last.delete(key);
      return missing(recorded.why, recorded.detail);
    }
    const before = this.#last.get(key);
    const told = 'same' in recorded ? before : LazyDelta.after(before, 'text' in recorded ? recorded.text : recorded.table); // prettier-ignore
    if (told === undefined)
      return missing('failed', `${keyOf(recorded.read)}: what this refers to is not in the recording`);
    this.#last.set(key, told);
    return {
      ok: true,
      get value() {
        return told.value;
      },
      at: recorded.at ?? 0,
      tookMs: recorded.took ?? 0,
      ...(told.places > 0 && { places: told.places, ownPlaces: told.ownPlaces }),
    };
  }
}

/** A reading of which it is known how large its table is, and how much of it is not that of the one before, without it being put together. */
export type LightReading = Reading<unknown> & { readonly places?: number; readonly ownPlaces?: number };
