import { open, type FileHandle } from 'node:fs/promises';
import { fields, json, numberOf } from '../lib/json.ts';
import { sanitize } from '../lib/plain.ts';
import { decodeEvent } from './decode-event.ts';
import { firstLine } from './decompress.ts';
import { FORMAT_VERSION, type RecordingEvent, type SegmentEvent } from './events.ts';
import { readIndexFrame, type RecordingIndexFrame } from './index-frame.ts';
import { MAX_PACKED_BYTES } from './limits.ts';
import { migration } from './migrate.ts';
import type { NotesFile } from './notes-file.ts';
import { RecordingError } from './recording-error.ts';
import type { SarReport } from '../sources/machine/sar-text.ts';
import { SegmentReader } from './segment-reader.ts';
import { segmentText } from './segment-text.ts';
import { nonceOf, SegmentFinder, type FoundSegment } from './segments.ts';
import { limitYoungGeneration } from '../v8-heap.ts';

const PIECE_BYTES = 4 << 20;
/** Length of the beginning that holds the nonce and the segment event. */
const BEGINNING_BYTES = 64 << 10;
/** Segments whose beginning, or whose end, is tried. */
const MAX_TRIED = 100;
/** A file without a readable beginning is searched for segments up to the size limit of a recording. */
const MAX_SEARCHED_BYTES = 2 * 2 ** 30;
/** Recording from a pipe, which is kept in memory. */
const MAX_PIPED_BYTES = 64 << 20;

export interface Segment {
  readonly events: readonly RecordingEvent[];
  /** Sentences about unreadable parts. */
  readonly problems: readonly string[];
}

interface Bytes {
  readonly isInMemory: boolean;
  readonly read: (from: number, to: number) => Promise<Buffer>;
  readonly close: () => Promise<void>;
}

/** Recording open for reading: offsets of segments are known, their events are read on request. */
export class Recording {
  readonly name: string;
  readonly segments: readonly FoundSegment[];
  /** Segment event of the first readable segment. */
  readonly head: SegmentEvent;
  /** Whether its bytes are those of no file: read from a pipe, or made from a sosreport or a recorded host. */
  readonly isInMemory: boolean;
  /** Figures of sar, of a sosreport. */
  sar: SarReport | undefined;
  /** Markers and notes of replays. */
  notes: NotesFile | undefined;
  readonly #bytes: Bytes;
  readonly #index: RecordingIndexFrame | undefined;

  private constructor(
    name: string,
    segments: readonly FoundSegment[],
    head: SegmentEvent,
    bytes: Bytes,
    index: RecordingIndexFrame | undefined,
  ) {
    this.name = name;
    this.segments = segments;
    this.head = head;
    this.isInMemory = bytes.isInMemory;
    this.#bytes = bytes;
    this.#index = index;
  }

  /** Rejects with a RecordingError. */
  static async open(path: string): Promise<Recording> {
    let file: FileHandle;
    try {
      file = await open(path, 'r');
    } catch (error) {
      throw new RecordingError(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
    const { size } = await file.stat();
    const read = async (from: number, to: number) => {
      const piece = Buffer.alloc(Math.max(0, to - from));
      const { bytesRead } = await file.read(piece, 0, piece.length, from);
      return piece.subarray(0, bytesRead);
    };
    return Recording.#of(path, size, { isInMemory: false, read, close: () => file.close() });
  }

  /** Reads a recording from a pipe into memory. */
  static async from(stream: AsyncIterable<Buffer>, name: string): Promise<Recording> {
    const parts: Buffer[] = [];
    let size = 0;
    for await (const part of stream) {
      size += part.length;
      if (size > MAX_PIPED_BYTES)
        throw new RecordingError(`${name}: more than ${MAX_PIPED_BYTES >> 20} MiB, open it as a file`);
      parts.push(part);
    }
    const all = Buffer.concat(parts);
    return Recording.#of(name, all.length, {
      isInMemory: true,
      read: async (from, to) => all.subarray(from, to),
      close: async () => {},
    });
  }

  static async #of(name: string, size: number, bytes: Bytes): Promise<Recording> {
    // Now, since the timer of `leanHeap` cannot run while a segment is decoded: the young generation would grow to 128 MB.
    limitYoungGeneration();
    try {
      const nonce = nonceOf(await bytes.read(0, Math.min(size, BEGINNING_BYTES)));
      const index = await readIndexFrame(size, nonce, bytes.read);
      const segments =
        index?.segments ?? (nonce === undefined && size > MAX_SEARCHED_BYTES ? [] : await scan(size, bytes));
      if (segments.length === 0) throw new RecordingError(`${name}: not a recording of crashcart`);
      for (const { from, to } of segments.slice(0, MAX_TRIED)) {
        const head = await headAt(bytes, from, to, name);
        if (head) return new Recording(name, segments, head, bytes, index);
      }
      throw new RecordingError(`${name}: no readable segment in this recording`);
    } catch (error) {
      await bytes.close();
      throw error;
    }
  }

  /** Marks, findings and audit log of the whole recording; undefined without an index. */
  get spread(): readonly RecordingEvent[] | undefined {
    return this.#index?.events;
  }

  /** Time of the latest readable event. */
  async endMs(): Promise<number> {
    if (this.#index) return this.#index.endMs;
    const last = this.segments.length - 1;
    for (let place = last; place >= Math.max(0, last - MAX_TRIED); place--) {
      const reader = await this.reader(place);
      let end = -Infinity;
      if (typeof reader !== 'string') for (const { t } of reader.events()) end = Math.max(end, t);
      if (end > -Infinity) return end;
    }
    return this.head.t;
  }

  /** Readable events of a segment, and its problems; never rejects for the content of the file. Without `samples`: all but readings. */
  async segment(index: number, { samples = true }: { readonly samples?: boolean } = {}): Promise<Segment> {
    const reader = await this.reader(index);
    if (typeof reader === 'string') return { events: [], problems: [reader] };
    const events = [...reader.events(samples)];
    return { events, problems: reader.problems() };
  }

  /** Reader of a segment, event by event, for callers that need its beginning; a sentence for an unreadable one. */
  async reader(index: number): Promise<SegmentReader | string> {
    const found = this.segments[index];
    if (!found) return `no segment ${index}`;
    const where = `segment ${found.number} (${new Date(found.t).toISOString()})`;
    let packed: Buffer;
    try {
      packed = await this.#bytes.read(found.from, Math.min(found.to, found.from + MAX_PACKED_BYTES));
    } catch (error) {
      return `${where}: ${error instanceof Error ? error.message : String(error)}`;
    }
    const endMs = this.segments[index + 1]?.t ?? this.#index?.endMs;
    const migrate = migration(this.head.version);
    return migrate
      ? new SegmentReader(where, await segmentText(packed, where, { t: found.t, endMs }), migrate)
      : `${where}: unknown format`;
  }

  /** Index of the segment at a time; 0 for earlier times. */
  indexAt(wallMs: number): number {
    return Math.max(
      0,
      this.segments.findLastIndex(({ t }) => t <= wallMs),
    );
  }

  close(): Promise<void> {
    return this.#bytes.close();
  }
}

/** Segments of a file without an index: those with a mark, and frames with a damaged one that begin as a segment of this recording. */
async function scan(size: number, bytes: Bytes): Promise<readonly FoundSegment[]> {
  const finder = new SegmentFinder();
  for (let from = 0; from < size; from += PIECE_BYTES)
    finder.push(await bytes.read(from, Math.min(size, from + PIECE_BYTES)));
  const marked = finder.end();
  const found: FoundSegment[] = [];
  let began: number | undefined;
  const confirm = async (segment: FoundSegment, isMarked: boolean) => {
    const head = await headAt(bytes, segment.from, segment.to, '').catch(() => undefined);
    began ??= head?.began;
    // Bits of a mark may be damaged too.
    if (head?.began === began && head) found.push({ ...segment, number: head.number, t: head.t });
    else if (isMarked) found.push(segment);
  };
  for (const segment of marked) await confirm(segment, true);
  for (const from of finder.unmarked) await confirm({ number: 0, t: 0, from, to: size }, false);
  const sorted = found.toSorted((a, b) => a.from - b.from);
  return sorted.map((segment, i) => ({ ...segment, to: Math.min(segment.to, sorted[i + 1]?.from ?? size) }));
}

/** Segment event of the frame at an offset: the first line of the first flush. Rejects for a newer format. */
async function headAt(bytes: Bytes, from: number, to: number, name: string): Promise<SegmentEvent | undefined> {
  const line = fields(json(await firstLine(await bytes.read(from, Math.min(to, from + BEGINNING_BYTES)))));
  const { e, version, crashcart } = line;
  if (e === 'segment' && (numberOf(version) ?? 0) > FORMAT_VERSION)
    throw new RecordingError(
      `${name}: format ${numberOf(version)} of crashcart ${sanitize(String(crashcart)).slice(0, 100)}, this version reads up to format ${FORMAT_VERSION}`,
    );
  const event = decodeEvent(migration(numberOf(version) ?? 0)?.(line));
  return event !== undefined && event !== 'unknown' && event.e === 'segment' ? event : undefined;
}
