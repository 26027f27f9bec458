import type { RecordingEvent, SampleEvent } from './events.ts';
import type { Recording } from './recording.ts';
import { RoundDecoder, type Round } from './replay-entries.ts';

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

  constructor(recording: Recording) {
    this.#recording = recording;
  }

  of(index: number): Promise<Track> {
    const known = this.#kept.get(index);
    this.#kept.delete(index);
    const track = known ?? this.#decode(index);
    this.#kept.set(index, track);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= KEPT) break;
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
    return { index, carried, rounds, looks, others, problems };
  }
}

/** A quarter of an hour, which is what a moment's history holds, and the segment being played. */
const KEPT = 10;
