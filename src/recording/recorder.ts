import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { ReadResult } from '../collect/source-reader.ts';
import { maskSecrets } from '../lib/secrets.ts';
import { cleanEvent, type Clean } from './clean-event.ts';
import { FORMAT_VERSION, type RecordingEvent, type SampleEvent, type SegmentEvent } from './events.ts';
import { overlapsGap, type RecordingGap } from '../lib/recording-gap.ts';
import { IndexWriter } from './index-frame.ts';
import { sizeOf } from './json-size.ts';
import { MAX_DEPTH, MAX_EVENT_BYTES, MAX_SEGMENT_BYTES, MAX_VALUES } from './limits.ts';
import { Packer } from './packer.ts';
import { RecordingError } from './recording-error.ts';
import { ReadingEncoder } from './reading-codec.ts';
import { markFrame, type SegmentMark } from './segments.ts';

/** Period of flushes: data that a kill may lose. */
const FLUSH_MS = 1000;
/** Length of a segment: a longer one makes a smaller file and a slower seek. */
const SEGMENT_MS = 120_000;
const SEGMENT_BYTES = 16 << 20;
const SEGMENT_VALUES = 600_000;
/** Text of a segment above which events are left out, with room for the sentences about them. */
const MAX_EVENTS_BYTES = MAX_SEGMENT_BYTES - (1 << 20);
/** Size limit of a recording: a day of a busy host. */
const MAX_BYTES = 2 * 1024 ** 3;

export interface RecorderOptions {
  /** Created, never overwritten; mode 0600. */
  readonly path: string;
  readonly host: string;
  readonly kind: SegmentEvent['kind'];
  readonly crashcart: string;
  readonly redacted: boolean;
  readonly nowMs: () => number;
  /** Time of the first reading, where it is before the start. */
  readonly sinceMs?: number | undefined;
  readonly maxBytes?: number | undefined;
  /** Gaps of earlier recordings of the session, which leave out of this one what they left out of those. */
  readonly earlierGaps?: readonly RecordingGap[] | undefined;
  /** Filter of identifiers; the default masks secrets only. */
  readonly clean?: Clean | undefined;
}

/** Part of FileHandle that the recorder uses. */
export interface RecorderFile {
  readonly writeFile: (bytes: Buffer) => Promise<void>;
  readonly datasync: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface RecorderState {
  readonly path: string;
  readonly sinceMs: number;
  readonly bytes: number;
  /** Reason of an early end; undefined otherwise. Data written before it is kept. */
  readonly problem: string | undefined;
  /** Times left out so far; the last one lasts while it has no end. */
  readonly gaps: readonly RecordingGap[];
}

/**
 * Writer of a recording. Every second the events are on disk, readable even after a kill. A full or lost disk ends the recording with
 * the reason and disturbs nothing else.
 */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #nonce = randomBytes(16).toString('hex');
  readonly #beganMs: number;
  readonly #encoder = new ReadingEncoder();
  /** Last round of each source, repeated at the start of a segment. */
  readonly #rounds = new Map<string, { readonly asked: ReadResult; readonly event: SampleEvent }>();
  readonly #file: RecorderFile;
  readonly #timer: NodeJS.Timeout;
  readonly #index = new IndexWriter(this.#nonce);
  #packer: Packer;
  /** Offset of the current segment in the file. */
  #segmentAt = 0;
  #lines: string[] = [];
  #number = 0;
  #segmentMs: number;
  #segmentBytes = 0;
  #segmentValues = 0;
  #bytes = 0;
  #problem: string | undefined;
  #gaps: readonly RecordingGap[] = [];
  #work: Promise<void> = Promise.resolve();
  #closed = false;
  /** True once the last flush has begun: a queued one has nothing to do. */
  #ended = false;

  /** Records into an open file. */
  constructor(options: RecorderOptions, file: RecorderFile) {
    this.#options = options;
    this.#file = file;
    this.#beganMs = options.sinceMs ?? options.nowMs();
    this.#segmentMs = this.#beganMs;
    this.#packer = this.#begin();
    this.#timer = setInterval(() => void this.flush(), FLUSH_MS);
  }

  /** Creates the file. Rejects with a RecordingError when it exists or cannot be created. */
  static async start(options: RecorderOptions): Promise<Recorder> {
    const { path } = options;
    try {
      return new Recorder(options, await open(path, 'wx', 0o600));
    } catch (error) {
      const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
      const why = error instanceof Error ? error.message : String(error);
      throw new RecordingError(exists ? `${path}: file exists, not overwritten` : `${path}: ${why}`, {
        cause: error,
      });
    }
  }

  readonly state = (): RecorderState => ({
    path: this.#options.path,
    sinceMs: this.#beganMs,
    bytes: this.#bytes,
    problem: this.#problem,
    gaps: this.#gaps,
  });

  /** Adds one round of a source or of a detail. */
  sample(source: string, asked: ReadResult, wallMs: number, tookMs: number, look: boolean): void {
    // `wallMs` is the time of the last reply.
    if (this.#over || this.isLeftOut(wallMs - tookMs, wallMs)) return;
    const event = this.#encoded(source, asked, wallMs, tookMs, look);
    if (!look) this.#rounds.set(source, { asked, event });
    this.#line(event);
  }

  add(event: Exclude<RecordingEvent, SampleEvent | SegmentEvent>): void {
    // `t` of a command is its end.
    const tookMs = event.e === 'audit' ? (event.tookMs ?? 0) : 0;
    if (!this.#over && !this.isLeftOut(event.t - tookMs, event.t)) this.#line(event);
  }

  /** Begins a gap: nothing is recorded until `resume`. */
  pause(): void {
    if (this.#over || this.isPaused) return;
    const t = this.#options.nowMs();
    this.#line({ e: 'gap', t, state: 'paused', sinceMs: t });
    this.#gaps = [...this.#gaps, { fromMs: t, untilMs: undefined }];
  }

  /** Ends a gap, with its length. */
  resume(): void {
    const gap = this.#gaps.at(-1);
    if (this.#over || gap === undefined || gap.untilMs !== undefined) return;
    // The clock may have gone back.
    const t = Math.max(gap.fromMs, this.#options.nowMs());
    this.#gaps = [...this.#gaps.slice(0, -1), { ...gap, untilMs: t }];
    this.#line({ e: 'gap', t, state: 'resumed', sinceMs: gap.fromMs });
  }

  get isPaused(): boolean {
    return this.#gaps.length > 0 && this.#gaps.at(-1)?.untilMs === undefined;
  }

  /** Resolves when all events so far are in the file. */
  flush(): Promise<void> {
    this.#work = this.#work.then(() => this.#flush());
    return this.#work;
  }

  /** Completes the file. `detail`: why it ends there. */
  async close(detail = 'ended by the engineer'): Promise<RecorderState> {
    if (!this.#closed) {
      clearInterval(this.#timer);
      this.resume();
      this.#line({ e: 'recorder', t: this.#options.nowMs(), what: 'end', detail });
      this.#closed = true;
      await this.flush();
      if (this.#problem === undefined) await this.#file.close();
    }
    return this.state();
  }

  get #over(): boolean {
    return this.#closed || this.#problem !== undefined;
  }

  /** Whether a span has a part in a gap; a gap that lasts leaves out all, also what is older and was not written yet. */
  isLeftOut(startMs: number, endMs: number): boolean {
    const gaps = [...(this.#options.earlierGaps ?? []), ...this.#gaps];
    return this.isPaused || gaps.some((gap) => overlapsGap(gap, startMs, endMs));
  }

  #line(event: RecordingEvent): void {
    if (this.#problem !== undefined) return;
    const line = `${JSON.stringify(cleanEvent(event, this.#options.clean ?? maskSecrets))}\n`;
    const json = Buffer.from(line);
    const { values, depth } = sizeOf(json);
    if (
      json.length > MAX_EVENT_BYTES ||
      this.#segmentBytes + json.length > MAX_EVENTS_BYTES ||
      this.#segmentValues + values > MAX_VALUES ||
      depth > MAX_DEPTH
    )
      return this.#leaveOut(event, json.length);
    this.#index.line(event, line);
    this.#segmentBytes += json.length;
    this.#segmentValues += values;
    this.#lines.push(line);
  }

  /** Leaves out an event that no reader would take. */
  #leaveOut(event: RecordingEvent, bytes: number): void {
    // Later readings must not refer to it.
    this.#encoder.forget();
    const what = event.e === 'sample' ? event.source : event.e;
    const detail = `${what}: ${(bytes / 2 ** 20).toFixed(1)} MiB left out, above the limit of a segment`;
    this.#lines.push(
      `${JSON.stringify({ e: 'recorder', t: event.t, what: 'left-out', detail } satisfies RecordingEvent)}\n`,
    );
  }

  #encoded(source: string, asked: ReadResult, wallMs: number, tookMs: number, look: boolean): SampleEvent {
    const reads: Record<string, SampleEvent['reads'][string]> = {};
    for (const { name, read, reading } of asked.readings) reads[name] = this.#encoder.encode(read, reading);
    return { e: 'sample', t: wallMs, source, took: Math.round(tookMs), reads, ...(look && { look: true as const }) };
  }

  #begin(): Packer {
    const { host, kind, crashcart, redacted } = this.#options;
    this.#encoder.forget();
    this.#segmentBytes = 0;
    this.#segmentValues = 0;
    this.#line({
      e: 'segment',
      t: this.#segmentMs,
      version: FORMAT_VERSION,
      number: this.#number,
      crashcart,
      host,
      kind,
      began: this.#beganMs,
      redacted,
    });
    for (const { asked, event } of this.#rounds.values())
      this.#line({ ...this.#encoded(event.source, asked, event.t, event.took, false), carried: true });
    return new Packer();
  }

  async #flush(): Promise<void> {
    if (this.#problem !== undefined || this.#ended) return;
    const nowMs = this.#options.nowMs();
    const packer = this.#packer;
    const lines = this.#lines;
    // `close` waits for its own flush: an earlier one must not end the frame.
    const last = this.#closed;
    this.#ended = last;
    const segment = { number: this.#number, t: this.#segmentMs };
    const isLarge = this.#segmentBytes > SEGMENT_BYTES || this.#segmentValues > SEGMENT_VALUES;
    // A gap is in one segment.
    const full = !last && !this.isPaused && (isLarge || nowMs - this.#segmentMs > SEGMENT_MS);
    this.#lines = [];
    // Later events belong to the next segment and refer to nothing before it.
    if (full) {
      this.#number++;
      this.#segmentMs = nowMs;
      this.#packer = this.#begin();
    }
    try {
      if (this.#bytes === 0) await this.#mark(segment);
      if (lines.length > 0) await this.#write(await packer.packed(lines.join('')));
      if (full || last) {
        await this.#write(await packer.end());
        await this.#index.segment({ ...segment, from: this.#segmentAt, to: this.#bytes });
      }
      if (full) await this.#mark({ number: this.#number, t: this.#segmentMs });
      await this.#file.datasync();
      if (last) await this.#writeIndex();
    } catch (error) {
      this.#stop(error instanceof Error ? error.message : String(error));
    }
  }

  async #mark(mark: SegmentMark): Promise<void> {
    await this.#write(markFrame(this.#nonce, mark));
    this.#segmentAt = this.#bytes;
  }

  /** Writes the index, without which a recording is complete and opens more slowly. */
  async #writeIndex(): Promise<void> {
    try {
      await this.#write(await this.#index.frame(this.#bytes));
      await this.#file.datasync();
    } catch {}
  }

  async #write(bytes: Buffer): Promise<void> {
    if (this.#bytes + bytes.length > (this.#options.maxBytes ?? MAX_BYTES))
      throw new RangeError(`recording size limit of ${this.#options.maxBytes ?? MAX_BYTES} bytes reached`);
    await this.#file.writeFile(bytes);
    this.#bytes += bytes.length;
  }

  #stop(why: string): void {
    this.#problem = why;
    clearInterval(this.#timer);
    this.#lines = [];
    if (!this.#closed) void this.#file.close().catch(() => undefined);
  }
}
