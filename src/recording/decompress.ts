import { constants, createZstdDecompress, zstdDecompressSync } from 'node:zlib';
import { MAX_SEGMENT_BYTES, MAX_WINDOW_LOG } from './limits.ts';

export interface Unpacked {
  readonly text: Buffer;
  /** Reason of an early end; undefined for a complete frame. */
  readonly problem: string | undefined;
  /** Whether the frame ended with a checksum that matched. */
  readonly isVerified: boolean;
}

/** Refuses frames that need a larger window than any recorder uses. */
const params = { [constants.ZSTD_d_windowLogMax]: MAX_WINDOW_LOG };

const NOTHING = Buffer.alloc(0);
const tooLarge = (mostBytes: number): Unpacked => ({
  text: NOTHING,
  problem: `unpacks to more than the limit of ${mostBytes >> 20} MiB`,
  isVerified: false,
});

/** Unpacks a zstd frame up to its end, or to the place where it is truncated or damaged; nothing of one above the limit. */
export async function unpack(frame: Buffer, mostBytes = MAX_SEGMENT_BYTES): Promise<Unpacked> {
  try {
    // In one call: a few milliseconds, 7 times faster than a stream through the thread pool, whose threads keep tens of MiB.
    const text = zstdDecompressSync(frame, { maxOutputLength: mostBytes, params });
    return { text, problem: undefined, isVerified: hasChecksum(frame) };
  } catch (error) {
    if (error instanceof RangeError) return tooLarge(mostBytes);
  }
  const unpacked = await inPieces(frame, mostBytes);
  return unpacked.isOver ? tooLarge(mostBytes) : unpacked;
}

async function inPieces(frame: Buffer, mostBytes: number): Promise<Attempt> {
  const unpacked = await attempt([frame], mostBytes);
  if (!unpacked.isDamaged) return unpacked;
  // An error drops all output of the same write: so small writes up to it, and single bytes near it.
  const { pieces, isOver } = await attempt(piecesOf(frame, PIECE_BYTES), mostBytes);
  if (isOver) return { ...unpacked, isOver };
  const from = pieces * PIECE_BYTES;
  const near = frame.subarray(from, from + PIECE_BYTES);
  return attempt([...(from > 0 ? [frame.subarray(0, from)] : []), ...piecesOf(near, 1)], mostBytes);
}

/** First line of a frame's text, of which `beginning` has the first bytes; '' where that is not readable. */
export async function firstLine(beginning: Buffer): Promise<string> {
  for (const pieces of [[beginning], piecesOf(beginning, PIECE_BYTES)]) {
    const { text } = await attempt(pieces, MAX_LINE_BYTES);
    const end = text.indexOf('\n');
    if (end !== -1) return text.toString('utf8', 0, end);
  }
  return '';
}

const MAX_LINE_BYTES = 256 << 10;

/** Content_Checksum_flag of the frame header: RFC 8878, 3.1.1.1.1. */
export const hasChecksum = (frame: Buffer): boolean => ((frame[4] ?? 0) & 4) !== 0;

const PIECE_BYTES = 512;

const piecesOf = (bytes: Buffer, size: number): readonly Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));

interface Attempt extends Unpacked {
  /** True for damage other than truncation. */
  readonly isDamaged: boolean;
  /** Whether the text ends at the limit. */
  readonly isOver: boolean;
  /** Number of pieces before the error. */
  readonly pieces: number;
}

/** Unpacks piece by piece as a stream, which delivers the output before a damaged place. */
function attempt(frame: readonly Buffer[], mostBytes: number): Promise<Attempt> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let size = 0;
    let pieces = 0;
    const zstd = createZstdDecompress({ params });
    let isSettled = false;
    const settle = (problem: string | undefined, { isDamaged = false, isOver = false } = {}) => {
      if (isSettled) return;
      isSettled = true;
      zstd.removeAllListeners();
      zstd.on('error', () => undefined);
      zstd.destroy();
      resolve({ text: Buffer.concat(parts), problem, isVerified: false, isDamaged, isOver, pieces });
    };
    zstd.on('data', (part: Buffer) => {
      size += part.length;
      if (size <= mostBytes) parts.push(part);
      else settle('above the limit', { isOver: true });
    });
    zstd.on('end', () => settle(undefined));
    zstd.on('error', (error) => settle(error.message, { isDamaged: !CUT_OFF.test(error.message) }));
    const write = () => {
      const piece = frame[pieces];
      if (isSettled) return;
      if (piece === undefined) zstd.end();
      else
        zstd.write(piece, (error) => {
          if (error) return;
          pieces++;
          write();
        });
    };
    write();
  });
}

/** Error of a frame that ends early. */
export const CUT_OFF = /unexpected end/i;
