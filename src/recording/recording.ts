import { open, type FileHandle } from 'node:fs/promises';
import { unpack, type Unpacked } from './decompress.ts';
import { FORMAT_VERSION, type RecordingEvent, type SegmentEvent } from './events.ts';
import { readIndexFrame, type RecordingIndexFrame } from './index-frame.ts';
import { migration } from './migrate.ts';
import { RecordingError } from './recording-error.ts';
import type { SarReport } from '../sources/machine/sar-text.ts';
import { validEvent } from './valid-event.ts';
import { SegmentReader } from './segment-reader.ts';
import { nonceOf, SegmentFinder, type FoundSegment } from './segments.ts';

const PIECE_BYTES = 4 << 20;
/** Length of the beginning that holds the nonce and the segment event. */
const BEGINNING_BYTES = 64 << 10;

export interface Segment {
  readonly events: readonly RecordingEvent[];
  /** Sentences about unreadable parts. */
  readonly problems: readonly string[];
}

interface Bytes {
  readonly read: (from: number, to: number) => Promise<Buffer>;
  readonly close: () => Promise<void>;
}

/** Recording open for reading: offsets of segments are known, their events are read on request. */
export class Recording {
  readonly name: string;
  readonly segments: readonly FoundSegment[];
  /** Segment event of the first readable segment. */
  readonly head: SegmentEvent;
  /** Figures of sar, of a sosreport. */
  sar: SarReport | undefined;
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
    return Recording.#of(path, size, { read, close: () => file.close() });
  }

  /** Reads a recording from a pipe into memory. */
  static async from(stream: AsyncIterable<Buffer>, name: string): Promise<Recording> {
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(part);
    const all = Buffer.concat(parts);
    return Recording.#of(name, all.length, {
      read: async (from, to) => all.subarray(from, to),
      close: async () => {},
    });
  }

  static async #of(name: string, size: number, bytes: Bytes): Promise<Recording> {
    try {
      const nonce = nonceOf(await bytes.read(0, Math.min(size, BEGINNING_BYTES)));
      if (nonce === undefined) throw new RecordingError(`${name}: not a recording of crashcart`);
      const index = await readIndexFrame(size, nonce, bytes.read);
      const segments = index?.segments ?? (await scan(size, bytes));
      for (const { from, to } of segments) {
        // The segment event is the first line of the first flush.
        const head = headOf(await unpack(await bytes.read(from, Math.min(to, from + BEGINNING_BYTES))));
        if (!head) continue;
        if (head.version > FORMAT_VERSION)
          throw new RecordingError(
            `${name}: format ${head.version} of crashcart ${head.crashcart}, this version reads up to format ${FORMAT_VERSION}`,
          );
        return new Recording(name, segments, head, bytes, index);
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
    for (let place = this.segments.length - 1; place >= 0; place--) {
      const { events } = await this.segment(place);
      const end = events.reduce((latest, { t }) => Math.max(latest, t), -Infinity);
      if (end > -Infinity) return end;
    }
    return this.head.t;
  }

  /** Readable events of a segment, and its problems; never rejects for the content of the file. Without `samples`: all but readings. */
  async segment(index: number, { samples = true }: { readonly samples?: boolean } = {}): Promise<Segment> {
    const reader = await this.reader(index);
    if (typeof reader === 'string') return { events: [], problems: [reader] };
    const events = reader.until(Infinity, samples);
    return { events, problems: reader.problems() };
  }

  /** Reader of a segment, event by event, for callers that need its beginning; a sentence for an unreadable one. */
  async reader(index: number): Promise<SegmentReader | string> {
    const found = this.segments[index];
    if (!found) return `no segment ${index}`;
    const where = `segment ${found.number} (${new Date(found.t).toISOString()})`;
    let bytes: Buffer;
    try {
      bytes = await this.#bytes.read(found.from, found.to);
    } catch (error) {
      return `${where}: ${error instanceof Error ? error.message : String(error)}`;
    }
    const unpacked = await unpack(bytes);
    const migrate = migration(headOf(unpacked)?.version ?? FORMAT_VERSION);
    return migrate ? new SegmentReader(where, unpacked, migrate) : `segment ${found.number}: unknown format`;
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

/** Offsets of the segments of a file without an index. */
async function scan(size: number, bytes: Bytes): Promise<readonly FoundSegment[]> {
  const finder = new SegmentFinder();
  for (let from = 0; from < size; from += PIECE_BYTES)
    finder.push(await bytes.read(from, Math.min(size, from + PIECE_BYTES)));
  return finder.end();
}

function headOf({ lines }: Unpacked): SegmentEvent | undefined {
  const event = validEvent(lines[0] ?? '');
  if (event?.e !== 'segment') return undefined;
  // validEvent has checked the fields that are used.
  return event as unknown as SegmentEvent;
}
