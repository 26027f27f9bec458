import type { StatusEvent } from './events.ts';
import type { Recording } from './recording.ts';
import { lightKiB, RoundDecoder, roundKiB, type Round } from './replay-entries.ts';
import type { SegmentReader } from './segment-reader.ts';

/** Segment, decoded up to a time: rounds of readings and states of the connection, each in order of time. */
export class Track {
  readonly index: number;
  /** Rounds of earlier segments, repeated at the start. */
  readonly carried: Round[] = [];
  readonly rounds: Round[] = [];
  readonly looks: Round[] = [];
  readonly states: StatusEvent[] = [];
  readonly #reader: SegmentReader | string;
  readonly #decoder = new RoundDecoder();
  #decodedKiB = 0;
  #lightKiB = 0;

  constructor(index: number, reader: SegmentReader | string) {
    this.index = index;
    this.#reader = reader;
  }

  /** Decodes further events up to a time, ms since 1970: a seek waits for no more. */
  decode(untilMs: number): void {
    if (typeof this.#reader === 'string') return;
    for (const event of this.#reader.until(untilMs)) {
      if (event.e !== 'sample') {
        // Marks and commands are in the index, output is for casts.
        if (event.e === 'status') this.states.push(event);
        continue;
      }
      const round = this.#decoder.decode(event);
      (event.carried ? this.carried : event.look ? this.looks : this.rounds).push(round);
      this.#decodedKiB += roundKiB(round) ?? 0;
      this.#lightKiB += lightKiB(round);
    }
  }

  /** Newest round of each list up to a time, the newest first. */
  newest(untilMs: number): readonly Round[] {
    this.decode(untilMs);
    const bySource = new Map<string, Round>();
    for (const round of this.carried) bySource.set(round.source, round);
    for (const round of this.rounds) if (round.t <= untilMs) bySource.set(round.source, round);
    return [...bySource.values()].toSorted((one, other) => other.t - one.t);
  }

  /** Sentences about unreadable parts of the decoded events. */
  problems(): readonly string[] {
    return typeof this.#reader === 'string' ? [this.#reader] : this.#reader.problems();
  }

  /** Memory of the decoded rounds that the timeline does not weigh, approximate. */
  get lightKiB(): number {
    return this.#lightKiB;
  }

  /** Memory use, approximate. */
  weightKiB(): number {
    return this.#decodedKiB + this.#lightKiB + (typeof this.#reader === 'string' ? 0 : this.#reader.aheadKiB());
  }
}

/** Cache of the last few tracks, so that steps back and forth do not wait. */
export class Tracks {
  readonly #recording: Recording;
  readonly #kept = new Map<number, Promise<Track>>();
  readonly #ready = new Map<number, Track>();
  #mostKiB = MAX_KIB;

  /** Lowers the memory limit of the cache. */
  limit(mostKiB: number): void {
    this.#mostKiB = Math.min(MAX_KIB, mostKiB);
  }

  constructor(recording: Recording) {
    this.#recording = recording;
  }

  of(index: number): Promise<Track> {
    const known = this.#kept.get(index);
    this.#kept.delete(index);
    const track = known ?? this.#read(index);
    this.#kept.set(index, track);
    const weightKiB = (kept: number) => this.#ready.get(kept)?.weightKiB() ?? 0;
    let keptKiB = [...this.#kept.keys()].reduce((sum, kept) => sum + weightKiB(kept), 0);
    for (const oldest of this.#kept.keys()) {
      // The requested track and the played one stay.
      if (this.#kept.size <= 2 || (this.#kept.size <= KEPT && keptKiB <= this.#mostKiB)) break;
      keptKiB -= weightKiB(oldest);
      this.#kept.delete(oldest);
      this.#ready.delete(oldest);
    }
    return track;
  }

  async #read(index: number): Promise<Track> {
    const track = new Track(index, await this.#recording.reader(index));
    if (this.#kept.has(index)) this.#ready.set(index, track);
    return track;
  }
}

/** Memory limit of cached tracks: large process tables leave room for fewer segments. */
const MAX_KIB = 48 * 1024;
/** Number of cached tracks: 15 minutes of history, and the played segment. */
const KEPT = 10;
