import type { RecordingEvent, SampleEvent } from './events.ts';
import type { Recording } from './recording.ts';
import { RoundDecoder, roundKiB, type Round } from './replay-entries.ts';

/** A segment, decoded: rounds of readings and all other events, each in the order of time. */
export interface Track {
  readonly index: number;
  /** What was known when the segment began. */
  readonly carried: readonly Round[];
  readonly rounds: readonly Round[];
  readonly looks: readonly Round[];
  readonly others: readonly Exclude<RecordingEvent, SampleEvent>[];
  readonly problems: readonly string[];
}

/** Decoded segments, the last few kept: who steps to and fro does not wait. */
export class Tracks {
  readonly #recording: Recording;
  readonly #kept = new Map<number, Promise<Track>>();
  readonly #weights = new Map<number, number>();
  #mostKiB = MAX_KIB;

  /** They may take less. */
  limit(mostKiB: number): void {
    this.#mostKiB = Math.min(MAX_KIB, mostKiB);
  }

  constructor(recording: Recording) {
    this.#recording = recording;
  }

  of(index: number): Promise<Track> {
    const known = this.#kept.get(index);
    this.#kept.delete(index);
    const track = known ?? this.#decode(index);
    this.#kept.set(index, track);
    let keptKiB = [...this.#kept.keys()].reduce((sum, kept) => sum + (this.#weights.get(kept) ?? 0), 0);
    for (const oldest of this.#kept.keys()) {
      // The one that was asked for, and the one that is played, stay.
      if (this.#kept.size <= 2 || (this.#kept.size <= KEPT && keptKiB <= this.#mostKiB)) break;
      keptKiB -= this.#weights.get(oldest) ?? 0;
      this.#kept.delete(oldest);
    }
    return track;
  }

  async #decode(index: number): Promise<Track> {
    const { events, problems } = await this.#recording.segment(index);
    const decoder = new RoundDecoder();
    const carried: Round[] = [];
    const rounds: Round[] = [];
    const looks: Round[] = [];
    const others: Exclude<RecordingEvent, SampleEvent>[] = [];
    for (const event of events)
      if (event.e !== 'sample') others.push(event);
      else (event.carried ? carried : event.look ? looks : rounds).push(decoder.decode(event));
    this.#weights.set(index, rounds.reduce((sum, round) => sum + (roundKiB(round) ?? 0), 0) + textKiB(events));
    return { index, carried, rounds, looks, others, problems };
  }
}

/** Bytes of terminals are the rest of a recording that has weight. */
const textKiB = (events: readonly RecordingEvent[]): number =>
  events.reduce((sum, event) => sum + (event.e === 'output' ? event.data.length : 0), 0) / 1024;

/** Large tables of many processes take more: then fewer segments. */
const MAX_KIB = 48 * 1024;
/** A quarter of an hour, which is what a moment's history holds, and the segment being played. */
const KEPT = 10;
