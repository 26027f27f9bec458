import { packTar, type TarEntry as Packed } from 'modern-tar';
import { describe, expect, test } from 'vitest';
import { tarEntries } from '../../src/host/archives/tar.ts';

const file = (name: string, body: string): Packed => ({ header: { name, size: body.length, type: 'file' }, body });
const link = (name: string, linkname: string): Packed => ({ header: { name, size: 0, type: 'symlink', linkname } });
const LONG = `report/${'d'.repeat(90)}/${'e'.repeat(90)}/${'f'.repeat(90)}`;

const archive = async (...entries: readonly Packed[]): Promise<Buffer> => Buffer.from(await packTar(entries));

/** A header with another type flag, and its checksum. */
function retyped(block: Buffer, type: string): Buffer {
  const header = Buffer.from(block);
  header.write(type, 156);
  header.write(' '.repeat(8), 148);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Entries as far as they can be read, and why there are no more. */
async function entriesOf(bytes: Buffer, size = 64 << 10) {
  const found: string[] = [];
  try {
    for await (const { name, type, target, read } of tarEntries(inPieces(bytes, size)))
      found.push(`${type} ${name}${target && ` > ${target}`}${type === 'file' ? ` ${(await read()).toString()}` : ''}`);
  } catch (error) {
    return { found, error: error instanceof Error ? error.message : String(error) };
  }
  return { found, error: undefined };
}

test('tarEntries refuses a long name of gigabytes before it is in memory', async () => {
  const header = Buffer.from((await archive(file('long', ''))).subarray(0, 512));
  header.write(`${(2 ** 32).toString(8)}\0`, 124);
  async function* endless() {
    yield retyped(header, 'L');
    for (let piece = 0; piece < 4096; piece++) yield Buffer.alloc(1 << 20, 'x');
  }
  const entries = tarEntries(endless());
  await expect(entries.next()).rejects.toThrow('Tar metadata entry exceeds maximum size');
});

describe.each([512, 700, 64 << 10])('in pieces of %i bytes', (size) => {
  const entries = [
    file('a', 'first'),
    file('empty', ''),
    link('l', 'a'),
    file('b', 'x'.repeat(3000)),
    file('c', 'last'),
  ];
  const names = ['file a first', 'file empty ', 'symlink l > a', `file b ${'x'.repeat(3000)}`, 'file c last'];

  test('tarEntries yields entries in their order', async () => {
    expect(await entriesOf(await archive(...entries), size)).toEqual({ found: names, error: undefined });
  });

  test('tarEntries skips bodies that are not read', async () => {
    const found: string[] = [];
    for await (const { name } of tarEntries(inPieces(await archive(...entries), size))) found.push(name);
    expect(found).toEqual(['a', 'empty', 'l', 'b', 'c']);
  });

  test('tarEntries yields every entry before a damaged header, then throws', async () => {
    const bytes = await archive(...entries);
    bytes.fill(0xff, bytes.length - 2048, bytes.length - 1536);
    expect(await entriesOf(bytes, size)).toEqual({ found: names.slice(0, 4), error: 'Invalid tar number.' });
  });

  test('tarEntries yields every whole entry before a cut, then throws', async () => {
    const bytes = await archive(...entries);
    for (const [cut, whole] of [
      [bytes.length - 1024, 5],
      [bytes.length - 1534, 4],
      [bytes.length - 2048, 4],
      [1024, 1],
      [514, 0],
    ] as const)
      expect(await entriesOf(bytes.subarray(0, cut), size)).toEqual({
        found: names.slice(0, whole),
        error: 'Tar archive is truncated.',
      });
  });
});

test('tarEntries reads long names and targets when they are pax records or GNU blocks', async () => {
  const pax = await archive(file(LONG, 'x'), link('l', LONG));
  expect((await entriesOf(pax)).found).toEqual([`file ${LONG} x`, `symlink l > ${LONG}`]);
  const named = await archive(file('././@LongLink', LONG), file('short', 'x'));
  retyped(named.subarray(0, 512), 'L').copy(named);
  expect((await entriesOf(named)).found).toEqual([`file ${LONG} x`]);
});

test('tarEntries takes devices, folders and sparse files for others, without a body that misses its holes', async () => {
  const bytes = await archive(
    { header: { name: 'd/', size: 0, type: 'directory' } },
    { header: { name: 'null', size: 0, type: 'character-device' } },
    file('before', 'x'),
    file('sparse', 'tail'),
    file('after', 'y'),
  );
  retyped(bytes.subarray(2048, 2560), 'S').copy(bytes, 2048);
  expect((await entriesOf(bytes)).found).toEqual(['other d/', 'other null', 'file before x', 'other sparse', 'file after y']); // prettier-ignore
});

test('tarEntries closes its pieces when the caller stops early', async () => {
  let closed = false;
  async function* pieces() {
    try {
      yield* inPieces(await archive(file('a', 'x'), file('b', 'y')), 512);
    } finally {
      closed = true;
    }
  }
  for await (const { name } of tarEntries(pieces())) if (name === 'a') break;
  expect(closed).toBe(true);
});
