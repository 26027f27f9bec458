import { StringDecoder } from 'node:string_decoder';
import { createZstdDecompress, zstdDecompressSync } from 'node:zlib';

/** More than this from one segment is no recording of ours but a bomb. */
const MAX_TEXT_BYTES = 512 << 20;

export interface Unpacked {
  /** Whole lines, without their ends. */
  readonly lines: readonly string[];
  /** What stands behind the last of them: half a line, where a file was cut off. */
  readonly rest: string;
  /** Why it ends early; undefined when it is whole. */
  readonly problem: string | undefined;
}

/** A zstd frame as far as it can be read: what stands before a cut or a damaged place is kept. */
export async function unpack(frame: Buffer): Promise<Unpacked> {
  const whole = atOnce(frame);
  if (whole) return whole;
  const unpacked = await attempt([frame]);
  if (!unpacked.isDamaged) return unpacked;
  // With an error comes nothing of what was unpacked in the same go: so in small goes up to it, and byte by byte where it is.
  const from = (await attempt(piecesOf(frame, PIECE_BYTES))).pieces * PIECE_BYTES;
  const near = frame.subarray(from, from + PIECE_BYTES);
  return attempt([...(from > 0 ? [frame.subarray(0, from)] : []), ...piecesOf(near, 1)]);
}

/** A segment is two minutes of a host: of the largest, a few MiB. */
const AT_ONCE_BYTES = 32 << 20;

/**
 * A whole frame in one go: a few milliseconds, where a stream through the thread pool takes some seven times as long, and its
 * threads keep tens of MiB. Undefined for one that is cut off, damaged or so large that the screen would stand still.
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
  /** It is not merely cut off. */
  readonly isDamaged: boolean;
  /** How many of the pieces went well. */
  readonly pieces: number;
}

/** One after the other, as a stream: what was unpacked before a damaged place has come by then. */
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
      if (size > MAX_TEXT_BYTES) settle(`it unpacks to more than ${MAX_TEXT_BYTES} bytes`);
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
