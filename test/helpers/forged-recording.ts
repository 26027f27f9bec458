import { constants, zstdCompressSync } from 'node:zlib';
import { IndexWriter } from '../../src/recording/index-frame.ts';
import { markFrame, skippableFrame } from '../../src/recording/segments.ts';

export const FORGED_MS = Date.UTC(2026, 4, 1, 10, 0, 0);
const NONCE = '0123456789abcdef'.repeat(2);

const HEAD = {
  e: 'segment',
  version: 1,
  crashcart: '0',
  host: 'node-7',
  kind: 'ssh',
  began: FORGED_MS,
  redacted: false,
};

/** Segment event of a forged recording with some lines after it. */
export const segmentLines = (number: number, lines: readonly string[], t = FORGED_MS + number * 1000): string =>
  [JSON.stringify({ ...HEAD, t, number }), ...lines, ''].join('\n');

export const packed = (text: string | Buffer, windowLog?: number): Buffer =>
  zstdCompressSync(text, { params: { [constants.ZSTD_c_compressionLevel]: 1, ...(windowLog !== undefined && { [constants.ZSTD_c_windowLog]: windowLog, [constants.ZSTD_c_contentSizeFlag]: 0 }) } }); // prettier-ignore

/** File with these frames as segments, one second apart. */
export const forgedFile = (frames: readonly Buffer[]): Buffer =>
  Buffer.concat(frames.flatMap((frame, number) => [markFrame(NONCE, { number, t: FORGED_MS + number * 1000 }), frame]));

/** File with a valid index after its segments, of the given lines. */
export async function forgedIndex(frames: readonly Buffer[], lines: readonly string[]): Promise<Buffer> {
  const file = forgedFile(frames);
  const writer = new IndexWriter(NONCE);
  for (const line of lines) writer.line({ e: 'marker', t: FORGED_MS, text: '' }, `${line}\n`);
  await writer.segment({ number: 0, t: FORGED_MS, from: markFrame(NONCE, { number: 0, t: FORGED_MS }).length, to: file.length }); // prettier-ignore
  return Buffer.concat([file, await writer.frame(file.length)]);
}

/** File with an index of many segments. */
export function forgedSegmentTable(frame: Buffer, count: number): Buffer {
  const file = forgedFile([frame]);
  const from = markFrame(NONCE, { number: 0, t: FORGED_MS }).length;
  const row = `[0,${FORGED_MS},${from},${from}],`;
  const table = packed(
    `{"segments":[${row.repeat(count)}[0,${FORGED_MS},${from},${file.length}]],"endMs":${FORGED_MS}}\n`,
  );
  const tail = `crashcart-index 1 ${NONCE} ${String(file.length).padStart(16, '0')}\n`;
  return Buffer.concat([file, skippableFrame(Buffer.concat([table, Buffer.from(tail)]))]);
}
