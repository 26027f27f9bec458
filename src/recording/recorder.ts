import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { ReadResult } from '../collect/source-reader.ts';
import { maskSecrets } from '../lib/secrets.ts';
import { cleanEvent, type Clean } from './clean-event.ts';
import { FORMAT_VERSION, type RecordingEvent, type SampleEvent, type SegmentEvent } from './events.ts';
import { IndexWriter } from './index-frame.ts';
import { Packer } from './packer.ts';
import { RecordingError } from './recording-error.ts';
import { ReadingEncoder } from './reading-codec.ts';
import { markFrame, type SegmentMark } from './segments.ts';

/** How much may be lost when we are killed. */
const FLUSH_MS = 1000;
/** A segment can be read alone: the longer it is the smaller the file, the slower a seek. */
const SEGMENT_MS = 120_000;
const SEGMENT_BYTES = 24 << 20;
/** Enough for a day of a busy host. */
const MAX_BYTES = 2 * 1024 ** 3;

export interface RecorderOptions {
  /** Created, never overwritten; mode 0600. */
  readonly path: string;
  readonly host: string;
  readonly kind: SegmentEvent['kind'];
  readonly crashcart: string;
  readonly redacted: boolean;
  readonly nowMs: () => number;
  readonly maxBytes?: number | undefined;
  /** Takes out more than secrets, which are never written. */
  readonly clean?: Clean | undefined;
}

/** Where it is written to: what of a FileHandle is used. */
export interface RecorderFile {
  readonly writeFile: (bytes: Buffer) => Promise<void>;
  readonly datasync: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface RecorderState {
  readonly path: string;
  readonly sinceMs: number;
  readonly bytes: number;
  /** Why it stopped before it was told to; undefined while all is well. What was written until then is kept. */
  readonly problem: string | undefined;
}

/**
 * Writes a recording. Every second what was said is in the file, on disk, and can be read from there even if we are
 * killed at once. A disk that is full, or gone, ends it with the reason; nothing else is disturbed.
 */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #nonce = randomBytes(16).toString('hex');
  readonly #beganMs: number;
  readonly #encoder = new ReadingEncoder();
  /** The last round of each source, to begin a segment with. */
  readonly #rounds = new Map<string, { readonly asked: ReadResult; readonly event: SampleEvent }>();
  readonly #file: RecorderFile;
  readonly #timer: NodeJS.Timeout;
  readonly #index = new IndexWriter(this.#nonce);
  #packer: Packer;
  /** Where the segment that is being written begins in the file. */
  #segmentAt = 0;
  #lines: string[] = [];
  #number = 0;
  #segmentMs: number;
  #segmentBytes = 0;
  #bytes = 0;
  #problem: string | undefined;
  #work: Promise<void> = Promise.resolve();
  #closed = false;
  /** The last flush has begun: one that waited behind it has nothing to do. */
  #ended = false;

  /** Into a file that is open already. */
  constructor(options: RecorderOptions, file: RecorderFile) {
    this.#options = options;
    this.#file = file;
    this.#beganMs = options.nowMs();
    this.#segmentMs = this.#beganMs;
    this.#packer = this.#begin();
    this.#timer = setInterval(() => void this.flush(), FLUSH_MS);
  }

  /** Rejects with a RecordingError when the file exists or cannot be made. */
  static async start(options: RecorderOptions): Promise<Recorder> {
    const { path } = options;
    try {
      return new Recorder(options, await open(path, 'wx', 0o600));
    } catch (error) {
      const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
      const why = error instanceof Error ? error.message : String(error);
      throw new RecordingError(
        exists ? `${path} exists already: a recording is never overwritten` : `${path}: ${why}`,
        {
          cause: error,
        },
      );
    }
  }

  readonly state = (): RecorderState => ({
    path: this.#options.path,
    sinceMs: this.#beganMs,
    bytes: this.#bytes,
    problem: this.#problem,
  });

  /** One round of a source, or a closer look. */
  sample(source: string, asked: ReadResult, wallMs: number, tookMs: number, look: boolean): void {
    if (this.#over) return;
    const event = this.#encoded(source, asked, wallMs, tookMs, look);
    if (!look) this.#rounds.set(source, { asked, event });
    this.#line(event);
  }

  add(event: Exclude<RecordingEvent, SampleEvent | SegmentEvent>): void {
    if (!this.#over) this.#line(event);
  }

  /** Everything that was said until now is in the file when it resolves. */
  flush(): Promise<void> {
    this.#work = this.#work.then(() => this.#flush());
    return this.#work;
  }

  /** Ends the file cleanly. */
  async close(): Promise<RecorderState> {
    if (!this.#closed) {
      clearInterval(this.#timer);
      this.#line({ e: 'recorder', t: this.#options.nowMs(), what: 'end', detail: 'ended by the engineer' });
      this.#closed = true;
      await this.flush();
      if (this.#problem === undefined) await this.#file.close();
    }
    return this.state();
  }

  get #over(): boolean {
    return this.#closed || this.#problem !== undefined;
  }

  #line(event: RecordingEvent): void {
    if (this.#problem !== undefined) return;
    const line = `${JSON.stringify(cleanEvent(event, this.#options.clean ?? maskSecrets))}\n`;
    this.#index.line(event, line);
    this.#segmentBytes += line.length;
    this.#lines.push(line);
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
    // Whoever closes waits for a flush of their own: one that is under way must not end the frame before it.
    const last = this.#closed;
    this.#ended = last;
    const segment = { number: this.#number, t: this.#segmentMs };
    const full = !last && (this.#segmentBytes > SEGMENT_BYTES || nowMs - this.#segmentMs > SEGMENT_MS);
    this.#lines = [];
    // What is said from here on belongs to the next segment, and refers to nothing before it.
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

  /** The recording is whole without it, and opens more slowly. */
  async #writeIndex(): Promise<void> {
    try {
      await this.#write(await this.#index.frame(this.#bytes));
      await this.#file.datasync();
    } catch {}
  }

  async #write(bytes: Buffer): Promise<void> {
    if (this.#bytes + bytes.length > (this.#options.maxBytes ?? MAX_BYTES))
      throw new RangeError(`the recording has reached its limit of ${this.#options.maxBytes ?? MAX_BYTES} bytes`);
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
