import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import xz from 'xz-decompress';

export type Packing = 'xz' | 'gzip' | 'zstd' | 'none';

/** Packing by the first bytes of a file; undefined when it is another kind of file. */
export function packingOf(head: Buffer): Packing | undefined {
  if (head.subarray(0, 6).equals(Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]))) return 'xz';
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  if (head.subarray(0, 4).equals(Buffer.from([0x28, 0xb5, 0x2f, 0xfd]))) return 'zstd';
  return head.toString('latin1', 257, 262) === 'ustar' ? 'none' : undefined;
}

/** What is packed in it, piece by piece, no faster than it is asked for. */
export function unpacked(packed: Readable, packing: Packing): AsyncIterable<Buffer> {
  switch (packing) {
    case 'gzip':
      // Its end and its errors are those of what is read here.
      return pipeline(packed, createGunzip(), () => undefined);
    case 'zstd':
      return pipeline(packed, createZstdDecompress(), () => undefined);
    case 'xz':
      return unxz(packed);
    case 'none':
      return packed;
  }
}

/** In WebAssembly: machines without xz(1) are common, and Node has no xz. */
async function* unxz(packed: Readable): AsyncGenerator<Buffer> {
  const pieces: AsyncIterator<Buffer> = packed[Symbol.asyncIterator]();
  const source = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { value, done } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
    },
    { highWaterMark: 0 },
  );
  try {
    for await (const piece of new xz.XzReadableStream(source))
      yield Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
  } catch (error) {
    // Its message is `get_next_output failed with error code 7`.
    throw new Error('its xz data are damaged or end early', { cause: error });
  }
}
