import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { constants, createGunzip, createZstdDecompress } from 'node:zlib';
import xz from 'xz-decompress';

export type Packing = 'xz' | 'gzip' | 'zstd' | 'none';

/** Compression of a file by its first bytes; undefined when it is not an archive. */
export function packingOf(head: Buffer): Packing | undefined {
  if (head.subarray(0, 6).equals(Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]))) return 'xz';
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  if (head.subarray(0, 4).equals(Buffer.from([0x28, 0xb5, 0x2f, 0xfd]))) return 'zstd';
  return head.toString('latin1', 257, 262) === 'ustar' ? 'none' : undefined;
}

/** Window of 32 MiB: `zstd -19` uses 8. */
const MAX_WINDOW_LOG = 25;
/** XZ_MEMLIMIT_ERROR: the dictionary is larger than the 64 MiB of `xz -9`. */
const XZ_MEMORY = /error code 4$/;

/** Unpacked data in pieces, with backpressure. */
export function unpacked(packed: Readable, packing: Packing): AsyncIterable<Buffer> {
  switch (packing) {
    case 'gzip':
      // End and errors arrive at the reader.
      return pipeline(packed, createGunzip(), () => undefined);
    case 'zstd':
      return pipeline(
        packed,
        createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: MAX_WINDOW_LOG } }),
        () => undefined,
      );
    case 'xz':
      return unxz(packed);
    case 'none':
      return packed;
  }
}

/** Unpacks xz in WebAssembly: many machines lack xz(1), and Node has no xz. */
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
    // The library's message is `get_next_output failed with error code 7`.
    const isOver = error instanceof Error && XZ_MEMORY.test(error.message);
    throw new Error(isOver ? 'xz data needs more than the limit of 64 MiB of memory' : 'xz data damaged or truncated', { cause: error }); // prettier-ignore
  }
}
