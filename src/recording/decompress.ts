import { createZstdDecompress } from 'node:zlib';

/** More than this from one segment is no recording of ours but a bomb. */
const MAX_TEXT_BYTES = 512 << 20;

export interface Unpacked {
  readonly text: string;
  /** Why it ends early; undefined when it is whole. */
  readonly problem: string | undefined;
}

/** A zstd frame as far as it can be read: what stands before a cut or a damaged place is kept. */
export function unpack(frame: Buffer): Promise<Unpacked> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let size = 0;
    const zstd = createZstdDecompress();
    const settle = (problem: string | undefined) => {
      zstd.removeAllListeners();
      zstd.on('error', () => undefined);
      zstd.destroy();
      resolve({ text: Buffer.concat(parts).toString('utf8'), problem });
    };
    zstd.on('data', (part: Buffer) => {
      size += part.length;
      if (size > MAX_TEXT_BYTES) return settle(`it unpacks to more than ${MAX_TEXT_BYTES} bytes`);
      parts.push(part);
    });
    zstd.on('end', () => settle(undefined));
    zstd.on('error', (error) => settle(error.message));
    zstd.end(frame);
  });
}
