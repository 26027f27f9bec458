import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { evidenceOf } from '../../src/commands/evidence.ts';
import { Recorder } from '../../src/recording/recorder.ts';
import { Recording } from '../../src/recording/recording.ts';

const START_MS = Date.UTC(2026, 4, 1, 10, 0, 0);
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-evidence-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('evidenceOf has a hash of each segment, which its bytes alone prove', async () => {
  const path = join(folder, 'a.cc.zst');
  let nowMs = START_MS;
  const recorder = await Recorder.start({ path, host: 'node-7', kind: 'ssh', crashcart: '0', redacted: false, nowMs: () => nowMs }); // prettier-ignore
  for (const text of ['first', 'second', 'third']) {
    recorder.add({ e: 'marker', t: nowMs, text });
    nowMs += 150_000;
    await recorder.flush();
  }
  await recorder.close();
  const recording = await Recording.open(path);
  const bytes = readFileSync(path);
  const sha256 = (part: Buffer) => createHash('sha256').update(part).digest('hex');
  const evidence = await evidenceOf(path, bytes.length, recording);
  await recording.close();
  expect(evidence).toMatchObject({ file: 'a.cc.zst', bytes: bytes.length, sha256: sha256(bytes) });
  const items = evidence.items ?? [];
  expect(items.length).toBe(recording.segments.length);
  expect(items.length).toBeGreaterThan(2);
  for (const item of items) expect(sha256(bytes.subarray(item.offset, item.offset + item.bytes))).toBe(item.sha256);
  expect(new Set(items.map((item) => item.sha256)).size).toBe(items.length);
  // Between two segments is the mark of the second alone.
  for (const [index, { offset, bytes: length }] of items.entries())
    expect((items[index + 1]?.offset ?? Infinity) - offset - length).toBeGreaterThan(0);
});

test('evidenceOf names the number of segments where it has hashes of the first 1000 only', async () => {
  const path = join(folder, 'long.cc.zst');
  writeFileSync(path, 'x'.repeat(1002));
  const segments = Array.from({ length: 1001 }, (_, number) => ({ number, t: START_MS, from: number, to: number + 1 }));
  const { items, problems } = await evidenceOf(path, 1002, { segments, isInMemory: false });
  expect(items?.length).toBe(1000);
  expect(problems).toEqual(['hashes of the first 1000 of 1001 segments only']);
});
