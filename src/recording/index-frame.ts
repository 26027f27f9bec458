import { zstdDecompressSync } from 'node:zlib';
import type { RecordingEvent } from './events.ts';
import { Packer } from './packer.ts';
import { isSkippableFrame, skippableFrame, type FoundSegment } from './segments.ts';
import { validEvent } from './valid-event.ts';

/**
 * Last frame of a completed recording: offsets of its segments, and marks, findings and audit log of all of them, so that a long one
 * opens without being read. zstd skips it like the segment marks. A recording without a valid index (killed, truncated, of an older
 * crashcart) is scanned.
 *
 *     50 2A 4D 18  <u32 size>  <zstd frame>  crashcart-index 1 <nonce> <offset of the frame, 16 digits>\n
 */
export interface RecordingIndexFrame {
  readonly segments: readonly FoundSegment[];
  /** Time of the latest event. */
  readonly endMs: number;
  /** Markers, findings and the audit log. */
  readonly events: readonly RecordingEvent[];
}

const TAIL = /^crashcart-index 1 ([0-9a-f]{32}) (\d{16})\n$/;
const INDEX_TAIL_BYTES = 'crashcart-index 1 '.length + 32 + 1 + 16 + 1;
const HEAD_BYTES = 8;
/** Size limit of a valid index. */
const MAX_PACKED_BYTES = 64 << 20;
const MAX_TEXT_BYTES = 256 << 20;

/** Kinds of events in an index. */
const SPREAD: ReadonlySet<string> = new Set<RecordingEvent['e']>(['marker', 'finding', 'audit']);

/** Index of a file in the making. */
export class IndexWriter {
  readonly #nonce: string;
  readonly #packer = new Packer({ checksum: true });
  readonly #segments: (readonly [number: number, t: number, from: number, to: number])[] = [];
  readonly #packed: Buffer[] = [];
  #lines: string[] = [];
  #endMs = -Infinity;

  constructor(nonce: string) {
    this.#nonce = nonce;
  }

  /** Adds an event with its line. */
  line(event: Pick<RecordingEvent, 'e' | 't'>, line: string): void {
    this.#endMs = Math.max(this.#endMs, event.t);
    if (SPREAD.has(event.e)) this.#lines.push(line);
  }

  /** Adds a complete segment. Events of hours are kept packed. */
  async segment({ number, t, from, to }: FoundSegment): Promise<void> {
    this.#segments.push([number, t, from, to]);
    await this.#pack();
  }

  /** Index frame at the end of a file of `at` bytes; nothing may follow it. */
  async frame(at: number): Promise<Buffer> {
    this.#lines.push(`${JSON.stringify({ segments: this.#segments, endMs: this.#endMs })}\n`);
    await this.#pack();
    this.#packed.push(await this.#packer.end());
    const tail = `crashcart-index 1 ${this.#nonce} ${String(at).padStart(16, '0')}\n`;
    return skippableFrame(Buffer.concat([...this.#packed, Buffer.from(tail)]));
  }

  async #pack(): Promise<void> {
    const text = this.#lines.join('');
    this.#lines = [];
    if (text !== '') this.#packed.push(await this.#packer.packed(text));
  }
}

type ReadBytes = (from: number, to: number) => Promise<Buffer>;

/** Index of a file of `size` bytes; undefined without a valid one. `nonce` is that of the first segment. */
export async function readIndexFrame(
  size: number,
  nonce: string,
  read: ReadBytes,
): Promise<RecordingIndexFrame | undefined> {
  const tail = (await read(Math.max(0, size - INDEX_TAIL_BYTES), size)).toString('latin1');
  const [, of, digits] = TAIL.exec(tail) ?? [];
  const at = Number(digits);
  // A file with bytes lost or added has another offset.
  const packedBytes = size - at - HEAD_BYTES - INDEX_TAIL_BYTES;
  if (of !== nonce || !(packedBytes > 0 && packedBytes <= MAX_PACKED_BYTES)) return undefined;
  const frame = await read(at, size);
  if (!isSkippableFrame(frame)) return undefined;
  try {
    const text = zstdDecompressSync(frame.subarray(HEAD_BYTES, HEAD_BYTES + packedBytes), { maxOutputLength: MAX_TEXT_BYTES }); // prettier-ignore
    return parsed(text.toString('utf8').trimEnd().split('\n'), at);
  } catch {
    return undefined;
  }
}

function parsed(lines: readonly string[], at: number): RecordingIndexFrame | undefined {
  const table: unknown = JSON.parse(lines.at(-1) ?? '');
  if (typeof table !== 'object' || table === null) return undefined;
  const { segments: rows, endMs } = table as Readonly<Record<string, unknown>>;
  if (!Array.isArray(rows) || rows.length === 0 || typeof endMs !== 'number') return undefined;
  const segments: FoundSegment[] = [];
  for (const row of rows as readonly unknown[]) {
    const [number, t, from, to] = Array.isArray(row) ? (row as readonly unknown[]) : [];
    const before = segments.at(-1)?.to ?? 0;
    if (![number, t, from, to].every((value) => Number.isSafeInteger(value))) return undefined;
    const found = { number: Number(number), t: Number(t), from: Number(from), to: Number(to) };
    if (!(before <= found.from && found.from <= found.to && found.to <= at)) return undefined;
    segments.push(found);
  }
  const events = lines.slice(0, -1).flatMap((line) => {
    const event = validEvent(line);
    // validEvent has checked the fields that are used.
    return event && SPREAD.has(event.e) ? [event as unknown as RecordingEvent] : [];
  });
  return { segments, endMs, events };
}
