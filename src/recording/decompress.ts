import { StringDecoder } from 'node:string_decoder';
import { createZstdDecompress, zstdDecompressSync } from 'node:zlib';

/** Limit of a segment's unpacked size: above it the file is a decompression bomb. */
const MAX_TEXT_BYTES = 512 << 20;

export interface Unpacked {
  /** Complete lines without line ends. */
  readonly lines: readonly string[];
  /** Incomplete last line of a truncated file. */
  readonly rest: string;
  /** Reason of an early end; undefined for a complete frame. */
  readonly problem: string | undefined;
}

/** Unpacks a zstd frame up to its end, or to the place where it is truncated or damaged. */
export async function unpack(frame: Buffer): Promise<Unpacked> {
  const whole = atOnce(frame);
  if (whole) return whole;
  const unpacked = await attempt([frame]);
  if (!unpacked.isDamaged) return unpacked;
  // An error drops all output of the same write: so small writes up to it, and single bytes near it.
  const from = (await attempt(piecesOf(frame, PIECE_BYTES))).pieces * PIECE_BYTES;
  const near = frame.subarray(from, from + PIECE_BYTES);
  return attempt([...(from > 0 ? [frame.subarray(0, from)] : []), ...piecesOf(near, 1)]);
}

/** Limit of a frame that is unpacked in one call; a segment of two minutes has a few MiB. */
const AT_ONCE_BYTES = 32 << 20;

/**
 * Unpacks a complete frame in one call: a few milliseconds, 7 times faster than a stream through the thread pool, whose threads keep
 * tens of MiB. Undefined for a frame that is truncated, damaged or so large that the screen would freeze.
 */
function atOnce(frame: Buffer): Unpacked | undefined {
  let text: string;
  try {
    text = zstdDecompressSync(frame, { maxOutputLength: AT_ONCE_BYTES }).toString('utf8');
  } catch {
    return undefined;
  }
  const lines = text.split('\n');
  const rest = lines.pop() ?? '';
  return { lines, rest, problem: undefined };
}

const PIECE_BYTES = 512;

const piecesOf = (bytes: Buffer, size: number): readonly Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));

interface Attempt extends Unpacked {
  /** True for damage other than truncation. */
  readonly isDamaged: boolean;
  /** Number of pieces before the error. */
  readonly pieces: number;
}

/** Unpacks piece by piece as a stream, which delivers the output before a damaged place. */
function attempt(frame: readonly Buffer[]): Promise<Attempt> {
  return new Promise((resolve) => {
    const lines: string[] = [];
    const decoder = new StringDecoder('utf8');
    let rest: string[] = [];
    let size = 0;
    let pieces = 0;
    const take = (text: string) => {
      const [first = '', ...others] = text.split('\n');
      rest.push(first);
      for (const line of others) {
        lines.push(rest.join(''));
        rest = [line];
      }
    };
    const zstd = createZstdDecompress();
    let isSettled = false;
    const settle = (problem: string | undefined, isDamaged = false) => {
      if (isSettled) return;
      isSettled = true;
      zstd.removeAllListeners();
      zstd.on('error', () => undefined);
      zstd.destroy();
      take(decoder.end());
      resolve({ lines, rest: rest.join(''), problem, isDamaged, pieces });
    };
    zstd.on('data', (part: Buffer) => {
      size += part.length;
      if (size > MAX_TEXT_BYTES) settle(`unpacked size above the limit of ${MAX_TEXT_BYTES} bytes`);
      else take(decoder.write(part));
    });
    zstd.on('end', () => settle(undefined));
    zstd.on('error', (error) => settle(error.message, !CUT_OFF.test(error.message)));
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

const CUT_OFF = /unexpected end/i;
