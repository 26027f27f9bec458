import { constants, zstdDecompressSync } from 'node:zlib';
import { decodeEvent } from './decode-event.ts';
import type { FindingEvent, RecordingEvent } from './events.ts';
import { sizeOf } from './json-size.ts';
import { MAX_DEPTH, MAX_INDEX_BYTES, MAX_KEPT, MAX_VALUES, MAX_WINDOW_LOG } from './limits.ts';
import { Packer } from './packer.ts';
import { isSkippableFrame, skippableFrame, type FoundSegment } from './segments.ts';
import { json, items, fields } from '../lib/json.ts';

/**
 * Last frame of a completed recording: offsets of its segments, and marks, starts and ends of findings and audit log of all of them, so that a long one
 * opens without being read. zstd skips it like the segment marks. A recording without a valid index (killed, truncated, of an older
 * crashcart) is scanned.
 *
 *     50 2A 4D 18  <u32 size>  <zstd frame>  crashcart-index 1 <nonce> <offset of the frame, 16 digits>\n
 */
export interface RecordingIndexFrame {
  readonly segments: readonly FoundSegment[];
  /** Time of the latest event. */
  readonly endMs: number;
  /** Markers, findings, gaps and the audit log. */
  readonly events: readonly RecordingEvent[];
}

const TAIL = /^crashcart-index 1 ([0-9a-f]{32}) (\d{16})\n$/;
const INDEX_TAIL_BYTES = 'crashcart-index 1 '.length + 32 + 1 + 16 + 1;
const HEAD_BYTES = 8;

/** Kinds of events in an index. */
const SPREAD: ReadonlySet<string> = new Set<RecordingEvent['e']>(['marker', 'finding', 'audit', 'gap']);

/** Index of a file in the making. */
export class IndexWriter {
  readonly #nonce: string;
  readonly #packer = new Packer({ sums: false });
  readonly #segments: (readonly [number: number, t: number, from: number, to: number])[] = [];
  readonly #packed: Buffer[] = [];
  readonly #standing = new Set<string>();
  #lines: string[] = [];
  #endMs = -Infinity;

  constructor(nonce: string) {
    this.#nonce = nonce;
  }

  /** Adds an event with its line. */
  line(event: RecordingEvent, line: string): void {
    this.#endMs = Math.max(this.#endMs, event.t);
    if (SPREAD.has(event.e) && !(event.e === 'finding' && this.#isUpdate(event))) this.#lines.push(line);
  }

  /** Whether a finding has started before: its later sentences are in the segments. */
  #isUpdate({ key, state }: FindingEvent): boolean {
    const isUpdate = state === 'stands' && this.#standing.has(key);
    if (state === 'stands') this.#standing.add(key);
    else this.#standing.delete(key);
    return isUpdate;
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

/** Index of a file of `size` bytes; undefined without a valid one. `nonce` is that of the first mark, undefined for a damaged one. */
export async function readIndexFrame(
  size: number,
  nonce: string | undefined,
  read: ReadBytes,
): Promise<RecordingIndexFrame | undefined> {
  const tail = (await read(Math.max(0, size - INDEX_TAIL_BYTES), size)).toString('latin1');
  const [, of, digits] = TAIL.exec(tail) ?? [];
  const at = Number(digits);
  // A file with bytes lost or added has another offset.
  const packedBytes = size - at - HEAD_BYTES - INDEX_TAIL_BYTES;
  if (of !== (nonce ?? of) || !(packedBytes > 0 && packedBytes <= MAX_INDEX_BYTES)) return undefined;
  const frame = await read(at, size);
  if (!isSkippableFrame(frame)) return undefined;
  try {
    const text = zstdDecompressSync(frame.subarray(HEAD_BYTES, HEAD_BYTES + packedBytes), { maxOutputLength: MAX_INDEX_BYTES, params: { [constants.ZSTD_d_windowLogMax]: MAX_WINDOW_LOG } }); // prettier-ignore
    const { values, depth } = sizeOf(text);
    return values > MAX_VALUES || depth > MAX_DEPTH
      ? undefined
      : parsed(text.toString('utf8').trimEnd().split('\n'), at);
  } catch {
    return undefined;
  }
}

function parsed(lines: readonly string[], at: number): RecordingIndexFrame | undefined {
  const { segments: rows, endMs } = fields(json(lines.at(-1)));
  if (lines.length > MAX_KEPT || items(rows).length === 0 || typeof endMs !== 'number') return undefined;
  const segments: FoundSegment[] = [];
  for (const row of items(rows)) {
    const [number, t, from, to] = items(row);
    const before = segments.at(-1)?.to ?? 0;
    if (![number, t, from, to].every((value) => Number.isSafeInteger(value))) return undefined;
    const found = { number: Number(number), t: Number(t), from: Number(from), to: Number(to) };
    if (!(before <= found.from && found.from <= found.to && found.to <= at && isTime(found.t))) return undefined;
    segments.push(found);
  }
  const events = lines.slice(0, -1).flatMap((line) => {
    const event = decodeEvent(json(line));
    return event !== undefined && event !== 'unknown' && SPREAD.has(event.e) ? [event] : [];
  });
  return { segments, endMs, events };
}

const isTime = (t: number): boolean => Math.abs(t) <= 8.64e15;
