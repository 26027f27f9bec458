/**
 * Layout of a recording: for each segment a skippable zstd frame (its mark), then a zstd frame with its events as lines of JSON.
 * `zstd -d` skips marks, so `zstdcat FILE | jq` gets the events alone.
 *
 *     50 2A 4D 18  <u32 size>  crashcart-segment 1 <nonce> <number> <ms since 1970>\n   skippable frame (RFC 8878, 3.1.2)
 *     28 B5 2F FD  …                                                                     zstd frame, flushed twice a second
 *
 * The nonce is random for each recording, so that text of a host cannot pass for a mark; a scan finds marks also in a truncated or
 * damaged file.
 */
const SKIPPABLE = 0x18_4d_2a_50;
const WORD = 'crashcart-segment';

export interface SegmentMark {
  readonly number: number;
  /** Start, ms since 1970. */
  readonly t: number;
}

export const markFrame = (nonce: string, { number, t }: SegmentMark): Buffer =>
  skippableFrame(Buffer.from(`${WORD} 1 ${nonce} ${number} ${t}\n`));

/** Frame that zstd skips. */
export function skippableFrame(content: Buffer): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32LE(SKIPPABLE, 0);
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content]);
}

/** True for the bytes of exactly one skippable frame. */
export const isSkippableFrame = (bytes: Buffer): boolean =>
  bytes.length >= HEAD_BYTES &&
  bytes.readUInt32LE(0) === SKIPPABLE &&
  bytes.readUInt32LE(4) === bytes.length - HEAD_BYTES;

/** Nonce of the mark at the start of a recording; undefined for other files. */
export const nonceOf = (beginning: Buffer): string | undefined =>
  MARK.exec(beginning.toString('latin1', HEAD_BYTES, HEAD_BYTES + LONGEST_MARK))?.[1];

export interface FoundSegment extends SegmentMark {
  /** Offset of its zstd frame in the file. */
  readonly from: number;
  readonly to: number;
}

const HEAD_BYTES = 8;
const MARK = /^crashcart-segment 1 ([0-9a-f]{32}) (\d{1,9}) (\d{1,15})\n/;

/** Start of a zstd frame. JSON in UTF-8 cannot hold these bytes. */
const FRAME_START = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
const MARK_START = Buffer.from(`${WORD} 1 `);
/** Frames without a mark that are tried: a compressed file has these bytes by chance once in 4 GiB. */
const MAX_UNMARKED = 1000;

/** Segments that are found in a file: months of a recording. */
const MAX_SEGMENTS = 20_000;

/** Scanner of a file, piece by piece, for segment marks, and for frames whose mark is damaged. */
export class SegmentFinder {
  readonly #found: { readonly number: number; readonly t: number; readonly at: number; readonly from: number }[] = [];
  readonly #marked = new Set<number>();
  readonly #frames: number[] = [];
  #nonce: string | undefined;
  /** End of the last piece, with the head of a mark that begins behind it. */
  #tail = Buffer.alloc(0);
  /** Length of the tail that is searched already. */
  #searched = 0;
  #offset = 0;

  push(piece: Buffer): void {
    const all = Buffer.concat([this.#tail, piece]);
    const start = this.#offset - this.#tail.length;
    // A mark that continues in the next piece is found there.
    const end = piece.length > 0 ? Math.max(this.#searched, all.length - LONGEST_MARK) : all.length;
    const each = (needle: Buffer, take: (at: number) => void) => {
      for (let at = all.indexOf(needle, this.#searched); at !== -1 && at < end; at = all.indexOf(needle, at + 1)) take(at); // prettier-ignore
    };
    each(MARK_START, (at) => this.#take(all, at, start));
    each(FRAME_START, (at) => {
      if (this.#frames.length < MAX_UNMARKED && !this.#marked.has(start + at)) this.#frames.push(start + at);
    });
    this.#offset += piece.length;
    const kept = Math.max(0, end - HEAD_BYTES);
    this.#tail = Buffer.from(all.subarray(kept));
    this.#searched = end - kept;
  }

  /** Segments with a mark, in file order. */
  end(): readonly FoundSegment[] {
    this.push(Buffer.alloc(0));
    return this.#found.map(({ number, t, from }, i) => ({
      number,
      t,
      from,
      to: this.#found[i + 1]?.at ?? this.#offset,
    }));
  }

  /** Offsets of what may be a frame without a mark. */
  get unmarked(): readonly number[] {
    return this.#frames;
  }

  #take(all: Buffer, at: number, start: number): void {
    const [mark, nonce, number, t] = MARK.exec(all.toString('latin1', at, at + LONGEST_MARK)) ?? [];
    if (mark === undefined || !isSkippableFrame(all.subarray(Math.max(0, at - HEAD_BYTES), at + mark.length))) return;
    // The first mark defines the nonce; a mark with another one is data.
    this.#nonce ??= nonce;
    if (nonce !== this.#nonce || this.#found.length >= MAX_SEGMENTS) return;
    const from = start + at + mark.length;
    this.#marked.add(from);
    this.#found.push({ number: Number(number), t: Number(t), at: start + at - HEAD_BYTES, from });
  }
}

const LONGEST_MARK = WORD.length + 3 + 32 + 1 + 9 + 1 + 16 + 1;
