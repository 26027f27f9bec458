import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RecordingEvent } from '../../src/recording/events.ts';
import { Recorder } from '../../src/recording/recorder.ts';
import { RecordingError } from '../../src/recording/recording-error.ts';
import { Recording } from '../../src/recording/recording.ts';

const START_MS = Date.UTC(2026, 4, 1, 14, 0, 0);
const SECONDS = 400;
/** `CRASHCART_FUZZ_RUNS=20000` for a night. */
const RUNS = Number(process.env['CRASHCART_FUZZ_RUNS'] ?? 120);
/** Limit of one open, ms of CPU: other programs may run. */
const MOST_MS = 5000;

let folder = '';
/** A closed file, and one of a killed recorder. */
const files = new Map<string, Buffer>();
/** Events of each segment by its number. */
const intact = new Map<number, readonly string[]>();
let seed = 7;
/** Numerical Recipes' generator: the same damage in every run. */
const random = (below: number): number => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((seed / 2 ** 32) * below);
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-fuzz-'));
  const path = join(folder, 'whole');
  const clock = { nowMs: START_MS };
  const recorder = await Recorder.start({ path, host: 'node-7', kind: 'ssh', crashcart: '0', redacted: false, nowMs: () => clock.nowMs }); // prettier-ignore
  const read = { kind: 'file', path: '/proc/loadavg' } as const;
  for (let second = 0; second <= SECONDS; second += 5) {
    clock.nowMs = START_MS + second * 1000;
    const value = `${Math.sin(second)} 0.00 0.00 1/200 ${second}\n`;
    recorder.sample('loadavg', { sample: undefined, missing: {}, at: second, readings: [{ name: 'text', read, reading: { ok: true, value, at: second, tookMs: 1 } }] }, clock.nowMs, 1, false); // prettier-ignore
    if (second % 50 === 0) recorder.add({ e: 'marker', t: clock.nowMs, text: `at ${second}` });
    if (second % 70 === 0) recorder.add({ e: 'audit', t: clock.nowMs, host: 'node-7', as: 'root', command: `read /proc/${second}`, why: 'reading' }); // prettier-ignore
    await recorder.flush();
  }
  files.set('killed', readFileSync(path));
  await recorder.close();
  files.set('closed', readFileSync(path));
  for (const { number, events } of (await opened(files.get('closed') ?? Buffer.alloc(0))).segments)
    intact.set(number, events);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Opened {
  readonly segments: readonly { readonly number: number; readonly events: readonly string[] }[];
  readonly problems: readonly string[];
  readonly spread: readonly RecordingEvent[] | undefined;
}

async function opened(bytes: Buffer): Promise<Opened> {
  const path = join(folder, 'opened');
  writeFileSync(path, bytes);
  const recording = await Recording.open(path);
  try {
    const segments: Opened['segments'][number][] = [];
    const problems: string[] = [];
    for (const [index, { number }] of recording.segments.entries()) {
      const segment = await recording.segment(index);
      segments.push({ number, events: segment.events.map((event) => JSON.stringify(event)) });
      problems.push(...segment.problems);
    }
    await recording.endMs();
    return { segments, problems, spread: recording.spread };
  } finally {
    await recording.close();
  }
}

const REFUSAL = /: (?:not a recording of crashcart|no readable segment in this recording)$/;

type Outcome = 'whole' | 'damage stated' | 'refused';

/** Opens a damaged file; fails for events that were not recorded, and for missing ones without a sentence. */
async function outcomeOf(bytes: Buffer, mostLost: number): Promise<Outcome> {
  const before = process.cpuUsage();
  let found: Opened;
  try {
    found = await opened(bytes);
  } catch (error) {
    if (!(error instanceof RecordingError)) throw error;
    if (!REFUSAL.test(error.message)) throw error;
    return 'refused';
  }
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(MOST_MS);
  let lost = 0;
  const numbers = new Set<number>();
  for (const { number, events } of found.segments) {
    const whole = intact.get(number) ?? [];
    numbers.add(number);
    // A file that was killed has no `end`.
    expect(events).toEqual(whole.slice(0, events.length));
    if (events.length < whole.length) lost++;
  }
  lost += [...intact.keys()].filter((number) => !numbers.has(number)).length;
  expect(lost).toBeLessThanOrEqual(mostLost);
  if (found.problems.length > 0) return 'damage stated';
  return 'whole';
}

const counts = (outcomes: readonly Outcome[]) => ({
  whole: outcomes.filter((one) => one === 'whole').length,
  stated: outcomes.filter((one) => one === 'damage stated').length,
  refused: outcomes.filter((one) => one === 'refused').length,
});

const bytesOf = (name: string): Buffer => files.get(name) ?? Buffer.alloc(0);

test.each([
  // The killed file lacks the events after its last flush, in its last segment.
  ['closed', 1],
  ['killed', 2],
] as const)(
  'Recording.open of a %s file loses one segment or less and changes nothing when a bit is flipped',
  async (name, mostLost) => {
    const whole = bytesOf(name);
    const outcomes: Outcome[] = [];
    for (let run = 0; run < RUNS; run++) {
      const bytes = Buffer.from(whole);
      const at = random(bytes.length);
      const bit = random(8);
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at);
      outcomes.push(await outcomeOf(bytes, mostLost).catch((error: unknown) => Promise.reject(new Error(`byte ${at}, bit ${bit}`, { cause: error })))); // prettier-ignore
    }
    console.log(`${name}, ${RUNS} bits of ${whole.length} bytes flipped:`, counts(outcomes));
    expect(counts(outcomes).refused).toBe(0);
    expect(counts(outcomes).stated).toBeGreaterThan(RUNS / 4);
  },
  60_000 + RUNS * 500,
);

test(
  'Recording.open loses two segments or less when a run of bytes is overwritten',
  async () => {
    const whole = bytesOf('closed');
    const outcomes: Outcome[] = [];
    for (let run = 0; run < RUNS / 2; run++) {
      const bytes = Buffer.from(whole);
      const at = random(bytes.length);
      for (let place = at; place < Math.min(bytes.length, at + 1 + random(40)); place++) bytes.writeUInt8(random(256), place); // prettier-ignore
      outcomes.push(await outcomeOf(bytes, 2).catch((error: unknown) => Promise.reject(new Error(`byte ${at}`, { cause: error })))); // prettier-ignore
    }
    console.log(`closed, ${outcomes.length} runs of bytes overwritten:`, counts(outcomes));
    expect(counts(outcomes).refused).toBe(0);
  },
  60_000 + RUNS * 500,
);

test(
  'Recording.open has all flushed events before the end when the file is cut anywhere',
  async () => {
    const whole = bytesOf('closed');
    const outcomes: Outcome[] = [];
    for (let run = 0; run < RUNS / 2; run++)
      outcomes.push(await outcomeOf(whole.subarray(0, random(whole.length)), intact.size));
    console.log(`closed, cut at ${outcomes.length} places:`, counts(outcomes));
    expect(counts(outcomes).stated).toBeGreaterThan(RUNS / 4);
  },
  60_000 + RUNS * 500,
);

test.each([
  ['first mark', (bytes: Buffer) => bytes.fill(0, 0, 77)],
  ['index', (bytes: Buffer) => bytes.fill(0, bytes.length - 400)],
  ['first mark and the index', (bytes: Buffer) => bytes.fill(0, 0, 77).fill(0, bytes.length - 400)],
])('Recording.open finds every segment when the %s is overwritten', async (_, damage) => {
  const { segments, problems } = await opened(damage(Buffer.from(bytesOf('closed'))));
  expect(segments.map(({ number }) => number)).toEqual([0, 1, 2, 3]);
  expect(problems).toEqual([]);
  for (const { number, events } of segments) expect(events).toEqual(intact.get(number));
});

test('Recording.open finds the frame behind a damaged mark in a file without an index', async () => {
  const bytes = Buffer.from(bytesOf('killed'));
  const at = bytes.indexOf('crashcart-segment 1 ', 100);
  bytes.fill(0, at - 8, at + 30);
  const { segments } = await opened(bytes);
  expect(segments.map(({ number }) => number)).toEqual([0, 1, 2, 3]);
});

test('Recording reports the time that a damaged segment lost', async () => {
  const bytes = Buffer.from(bytesOf('closed'));
  const [, second] = await (async () => {
    writeFileSync(join(folder, 'whole'), bytes);
    const recording = await Recording.open(join(folder, 'whole'));
    await recording.close();
    return recording.segments;
  })();
  const at = Math.floor(((second?.from ?? 0) * 2 + (second?.to ?? 0)) / 3);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 4, at);
  const { problems } = await opened(bytes);
  expect(problems).toEqual([
    expect.stringMatching(
      /^segment 1 \(2026-05-01T14:02:\d\d\.000Z\): checksum mismatch, 14:0[23]:\d\d UTC to 14:04:\d\d UTC not readable$/,
    ),
  ]);
});
