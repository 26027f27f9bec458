import { StringDecoder } from 'node:string_decoder';
import { createZstdDecompress } from 'node:zlib';

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

/**
 * A zstd frame as far as it can be read: what stands before a cut or a damaged place is kept. Never held as bytes in one
 * piece: what is allocated and let go of in megabytes leaves holes that the system does not get back.
 */
export function unpack(frame: Buffer): Promise<Unpacked> {
  return new Promise((resolve) => {
    const lines: string[] = [];
    const decoder = new StringDecoder('utf8');
    let rest: string[] = [];
    let size = 0;
    const take = (text: string) => {
      const [first = '', ...others] = text.split('\n');
      rest.push(first);
      for (const line of others) {
        lines.push(rest.join(''));
        rest = [line];
      }
    };
    const zstd = createZstdDecompress();
    const settle = (problem: string | undefined) => {
      zstd.removeAllListeners();
      zstd.on('error', () => undefined);
      zstd.destroy();
      take(decoder.end());
      resolve({ lines, rest: rest.join(''), problem });
    };
    zstd.on('data', (part: Buffer) => {
      size += part.length;
      if (size > MAX_TEXT_BYTES) settle(`it unpacks to more than ${MAX_TEXT_BYTES} bytes`);
      else take(decoder.write(part));
    });
    zstd.on('end', () => settle(undefined));
    zstd.on('error', (error) => settle(error.message));
    zstd.end(frame);
  });
}
