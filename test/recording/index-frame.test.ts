import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readIndexFrame } from '../../src/recording/index-frame.ts';
import { Recorder } from '../../src/recording/recorder.ts';
import { RecordingIndex } from '../../src/recording/recording-index.ts';
import { Recording } from '../../src/recording/recording.ts';
import { nonceOf } from '../../src/recording/segments.ts';

const START_MS = Date.UTC(2026, 4, 1, 10, 0, 0);
const SECONDS = 400;

let folder = '';
let whole = Buffer.alloc(0);
/** Offset of the index. */
let at = 0;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-index-'));
  const path = join(folder, 'whole');
  const clock = { nowMs: START_MS };
  const recorder = await Recorder.start({ path, host: 'node-7', kind: 'ssh', crashcart: '0', redacted: false, nowMs: () => clock.nowMs }); // prettier-ignore
  for (let second = 0; second <= SECONDS; second += 5) {
    clock.nowMs = START_MS + second * 1000;
    const t = clock.nowMs;
    recorder.add({ e: 'output', t, terminal: '1', data: `${Math.sin(second)}` });
    if (second % 100 === 0) recorder.add({ e: 'marker', t, text: `at ${second}` });
    if (second === 150)
      recorder.add({ e: 'finding', t, key: 'x a', state: 'stands', severity: 'warn', sentence: 'slow' });
    if (second === 250)
      recorder.add({ e: 'finding', t, key: 'x a', state: 'ended', severity: 'info', sentence: 'slow' });
    if (second === 260) recorder.add({ e: 'audit', t, host: 'node-7', as: 'root', command: 'gdb -p 7', why: 'asked' });
    await recorder.flush();
  }
  await recorder.close();
  whole = readFileSync(path);
  at = whole.lastIndexOf(Buffer.from([0x50, 0x2a, 0x4d, 0x18]));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** State of a recording before playback. */
async function opened(bytes: Buffer) {
  const path = join(folder, 'opened');
  writeFileSync(path, bytes);
  const recording = await Recording.open(path);
  try {
    const index = new RecordingIndex(recording, () => undefined);
    await expect.poll(() => index.marks.length, { timeout: 10_000 }).toBe(6);
    await expect.poll(() => index.auditUntil(Infinity).length, { timeout: 10_000 }).toBe(1);
    return {
      indexed: recording.spread !== undefined,
      segments: recording.segments.map(({ number, t, from }) => ({ number, t, from })),
      endMs: await recording.endMs(),
      marks: index.marks,
    };
  } finally {
    await recording.close();
  }
}

const readOf = (bytes: Buffer) => async (from: number, to: number) => bytes.subarray(from, to);

describe('readIndexFrame', () => {
  test('equals a scan of the whole file', async () => {
    const { indexed, ...indexedState } = await opened(whole);
    const { indexed: without, ...found } = await opened(whole.subarray(0, at));
    expect([indexed, without]).toEqual([true, false]);
    expect(indexedState).toEqual(found);
    expect(indexedState.segments).toHaveLength(4);
    expect(indexedState.endMs).toBe(START_MS + SECONDS * 1000);
    expect(indexedState.marks.map(({ text }) => text)).toEqual([
      'at 0',
      'at 100',
      'slow',
      'at 200',
      'at 300',
      'at 400',
    ]);
  });

  test('reads nothing but the index when the file is long', async () => {
    const beginning = 200;
    const nonce = nonceOf(whole.subarray(0, beginning)) ?? '';
    const read: [number, number][] = [];
    const index = await readIndexFrame(whole.length, nonce, async (from, to) => {
      read.push([from, to]);
      return whole.subarray(from, to);
    });
    expect(index?.segments).toHaveLength(4);
    expect(read.every(([from]) => from >= at)).toBe(true);
  });

  test('is equal or undefined when any byte is damaged, and the file opens without it', async () => {
    const nonce = nonceOf(whole) ?? '';
    const intact = await readIndexFrame(whole.length, nonce, readOf(whole));
    let refused = 0;
    for (let place = at; place < whole.length; place++) {
      const damaged = Buffer.from(whole);
      damaged.writeUInt8(damaged.readUInt8(place) ^ 0x10, place);
      const again = await readIndexFrame(whole.length, nonce, readOf(damaged));
      refused += again === undefined ? 1 : 0;
      // A bit of the frame's head may have no effect.
      expect(again ?? intact, `byte ${place}`).toEqual(intact);
    }
    expect(refused).toBeGreaterThan((whole.length - at) * 0.9);
    const damaged = Buffer.from(whole);
    damaged.fill(0, at + 20, at + 40);
    expect(await opened(damaged)).toEqual({ ...(await opened(whole)), indexed: false });
  });

  test.each([
    ['bytes are lost before it', () => Buffer.concat([whole.subarray(0, 500), whole.subarray(520)])],
    ['another recording is before it', () => Buffer.concat([whole, whole])],
    [
      'it belongs to another recording',
      () => Buffer.concat([whole.subarray(0, 28), Buffer.alloc(32, '0'), whole.subarray(60)]),
    ],
    ['its end is missing', () => whole.subarray(0, -1)],
  ])('is undefined when %s', async (_, bytesOf) => {
    const bytes = bytesOf();
    expect(await readIndexFrame(bytes.length, nonceOf(bytes) ?? '', readOf(bytes))).toBeUndefined();
  });
});
