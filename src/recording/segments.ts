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

/** Scanner of a file, piece by piece, for segment marks. */
export class SegmentFinder {
  readonly #found: { readonly number: number; readonly t: number; readonly at: number; readonly from: number }[] = [];
  #nonce: string | undefined;
  #needle = Buffer.from(`${WORD} 1 `);
  #tail = Buffer.alloc(0);
  #offset = 0;

  push(piece: Buffer): void {
    const all = Buffer.concat([this.#tail, piece]);
    const start = this.#offset - this.#tail.length;
    let from = 0;
    for (;;) {
      const at = all.indexOf(this.#needle, from);
      if (at < 0) break;
      // A mark that continues in the next piece is found there.
      if (all.length - at < LONGEST_MARK && piece.length > 0) break;
      this.#take(all, at, start);
      from = at + this.#needle.length;
    }
    this.#offset += piece.length;
    this.#tail = Buffer.from(all.subarray(Math.max(from, all.length - LONGEST_MARK - HEAD_BYTES)));
  }

  /** All segments in file order. */
  end(): readonly FoundSegment[] {
    this.push(Buffer.alloc(0));
    return this.#found.map(({ number, t, from }, i) => ({
      number,
      t,
      from,
      to: this.#found[i + 1]?.at ?? this.#offset,
    }));
  }

  /** Nonce of the recording; undefined for other files. */
  get nonce(): string | undefined {
    return this.#nonce;
  }

  #take(all: Buffer, at: number, start: number): void {
    const text = all.toString('latin1', at, at + LONGEST_MARK);
    const [mark, nonce = '', number, t] = MARK.exec(text) ?? [];
    if (mark === undefined) return;
    // The first mark defines the nonce; a mark with another one is data.
    if (this.#nonce === undefined) {
      if (start + at !== HEAD_BYTES) return;
      this.#nonce = nonce;
      this.#needle = Buffer.from(`${WORD} 1 ${nonce} `);
    } else if (nonce !== this.#nonce) return;
    this.#found.push({
      number: Number(number),
      t: Number(t),
      at: start + at - HEAD_BYTES,
      from: start + at + mark.length,
    });
  }
}

const LONGEST_MARK = WORD.length + 3 + 32 + 1 + 9 + 1 + 16 + 1;
