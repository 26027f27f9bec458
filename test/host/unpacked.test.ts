import { Readable } from 'node:stream';
import { constants, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { unpacked, type Packing } from '../../src/host/archives/unpacked.ts';

/** One byte, packed by xz, with the dictionary size of its block header set to 1.5 GiB. */
const XZ = Buffer.from('/Td6WFoAAATm1rRGAgAhASUAAAA7eHtBAQAAeAAAAABFru+D+O4WCgABGQGlLIHMH7bzfQEAAAAABFla', 'base64');

async function bytesOf(bytes: Buffer, packing: Packing): Promise<number> {
  let size = 0;
  for await (const piece of unpacked(Readable.from([bytes]), packing)) size += piece.length;
  return size;
}

test('unpacked refuses an xz dictionary of 1.5 GiB', async () => {
  await expect(bytesOf(XZ, 'xz')).rejects.toThrow('xz data needs more than the limit of 64 MiB of memory');
});

test('unpacked refuses a zstd window of 64 MiB, and takes one of 8 MiB', async () => {
  const packed = (windowLog: number, size: number) =>
    zstdCompressSync(Buffer.alloc(size), {
      params: { [constants.ZSTD_c_windowLog]: windowLog, [constants.ZSTD_c_contentSizeFlag]: 0 },
    });
  expect(await bytesOf(packed(23, 1 << 20), 'zstd')).toBe(1 << 20);
  await expect(bytesOf(packed(27, 40 << 20), 'zstd')).rejects.toThrow('Frame requires too much memory for decoding');
});
