import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ReadResult } from '../../src/collect/source-reader.ts';
import type { RecordingEvent, SampleEvent } from '../../src/recording/events.ts';
import { Recorder, type RecorderOptions } from '../../src/recording/recorder.ts';
import { RecordingError } from '../../src/recording/recording-error.ts';
import { Recording } from '../../src/recording/recording.ts';
import { SegmentFinder } from '../../src/recording/segments.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-recording-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const START_MS = Date.UTC(2026, 4, 1, 10, 0, 0);

/** Recorder with a clock of the test. */
async function recorderOf(options: Partial<RecorderOptions> = {}) {
  const clock = { nowMs: START_MS };
  const path = join(folder, 'host.cc.zst');
  const recorder = await Recorder.start({
    path,
    host: 'node-7',
    kind: 'ssh',
    crashcart: '0.1.0',
    redacted: false,
    nowMs: () => clock.nowMs,
    ...options,
  });
  return { recorder, clock, path };
}

const asked = (text: string): ReadResult => {
  const read = { kind: 'file', path: '/proc/loadavg' } as const;
  return { sample: undefined, missing: {}, at: 1, readings: [{ name: 'load', read, reading: { ok: true, value: text, at: 1, tookMs: 1 } }] }; // prettier-ignore
};

async function eventsOf(path: string): Promise<{ events: RecordingEvent[]; problems: string[] }> {
  const recording = await Recording.open(path);
  const events: RecordingEvent[] = [];
  const problems: string[] = [];
  for (const [index] of recording.segments.entries()) {
    const segment = await recording.segment(index);
    events.push(...segment.events);
    problems.push(...segment.problems);
  }
  await recording.close();
  return { events, problems };
}

const texts = (events: readonly RecordingEvent[]) =>
  events
    .filter((event): event is SampleEvent => event.e === 'sample' && event.carried === undefined)
    .map(({ reads }) => reads['load'] && ('text' in reads['load'] ? reads['load'].text : 'same'));

test('Recorder masks secrets in every event', async () => {
  const { recorder, path } = await recorderOf();
  const read = { kind: 'processes' } as const;
  const table = (cmdline: string) => new Map([[7, { pid: 7, stat: '7 (x) S', cmdline }]]);
  const tableReading = (value: unknown): ReadResult => ({
    sample: undefined,
    missing: {},
    at: 1,
    readings: [{ name: 'table', read, reading: { ok: true, value, at: 1, tookMs: 1 } }],
  });
  recorder.sample('load', asked('db: {"password":"hunter2"}\nDB_PASSWORD=hunter2'), START_MS, 1, false);
  recorder.sample('p', tableReading(table('mysqld\0--password=hunter2\0-v')), START_MS, 1, false);
  recorder.sample('p', tableReading(table('curl\0--token\0hunter2')), START_MS, 1, false);
  recorder.add({
    e: 'audit',
    t: START_MS,
    host: 'h',
    as: 'user',
    command: 'x --password hunter2',
    why: 'token=hunter2',
  });
  recorder.add({ e: 'marker', t: START_MS, text: 'their password: hunter2' });
  recorder.add({ e: 'finding', t: START_MS, key: 'k', state: 'stands', severity: 'warn', sentence: 'secret=hunter2' });
  recorder.add({ e: 'output', t: START_MS, terminal: '1', data: 'execve("x", ["--password", "hunter2"])' });
  await recorder.close();
  const { events } = await eventsOf(path);
  expect(events.map(({ e }) => e)).toEqual(['segment', 'sample', 'sample', 'sample', 'audit', 'marker', 'finding', 'output', 'recorder']); // prettier-ignore
  expect(JSON.stringify(events)).not.toContain('hunter2');
  expect(JSON.stringify(events)).toContain('mysqld\\u0000--password=********\\u0000-v');
});

describe('Recorder', () => {
  test('creates a file of mode 0600, and refuses an existing one', async () => {
    const { recorder, path } = await recorderOf();
    await recorder.close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await expect(recorderOf()).rejects.toThrow(`${path}: file exists, not overwritten`);
  });

  test('completes its file when closed during a flush', async () => {
    const { recorder, path } = await recorderOf();
    recorder.sample('loadavg', asked('one'), START_MS, 1, false);
    const flushing = recorder.flush();
    await Promise.resolve();
    recorder.sample('loadavg', asked('two'), START_MS, 1, false);
    await Promise.all([flushing, recorder.close()]);
    expect(texts((await eventsOf(path)).events)).toEqual(['one', 'two']);
  });

  test('writes segments that can be read alone', async () => {
    const { recorder, clock, path } = await recorderOf();
    for (let second = 0; second < 300; second++) {
      clock.nowMs = START_MS + second * 1000;
      recorder.sample('loadavg', asked(second < 10 ? 'quiet' : String(second)), clock.nowMs, 1, false);
      if (second % 20 === 0) await recorder.flush();
    }
    const state = await recorder.close();
    expect(state.problem).toBeUndefined();
    expect(state.bytes).toBe(statSync(path).size);
    const recording = await Recording.open(path);
    expect(recording.segments.map(({ number }) => number)).toEqual([0, 1, 2]);
    expect(recording.head).toMatchObject({ host: 'node-7', began: START_MS, version: 1 });
    // A later segment begins with whole readings.
    const later = await recording.segment(recording.indexAt(START_MS + 290_000));
    expect(later.problems).toEqual([]);
    expect(later.events[1]).toMatchObject({ carried: true, reads: { load: { text: expect.stringMatching(/^\d+$/) } } });
    await recording.close();
    const { events } = await eventsOf(path);
    expect(texts(events)).toHaveLength(300);
    expect(texts(events)[299]).toBe('299');
    expect(events.at(-1)).toMatchObject({ e: 'recorder', what: 'end' });
  });

  test('leaves a readable file while it writes, and after any cut', async () => {
    const { recorder, clock, path } = await recorderOf();
    for (let second = 0; second < 130; second++) {
      clock.nowMs = START_MS + second * 1000;
      recorder.sample('loadavg', asked(`${second} ${'x'.repeat(second)}`), clock.nowMs, 1, false);
      await recorder.flush();
    }
    // Not closed: as after a kill -9.
    const bytes = readFileSync(path);
    expect(texts((await eventsOf(path)).events)).toHaveLength(130);
    await recorder.close();
    const cutPath = join(folder, 'cut');
    let opened = 0;
    for (let cut = 0; cut < bytes.length; cut += 23) {
      writeFileSync(cutPath, bytes.subarray(0, cut));
      const read = await eventsOf(cutPath).catch((error: unknown) => error);
      if (read instanceof RecordingError) continue;
      opened++;
      const { events } = read as { events: RecordingEvent[] };
      const found = texts(events);
      expect(found).toEqual(Array.from(found, (_, second) => `${second} ${'x'.repeat(second)}`));
    }
    expect(opened).toBeGreaterThan(50);
  });

  test('leaves a file that opens or is refused with a reason when damaged anywhere', async () => {
    const { recorder, clock, path } = await recorderOf();
    for (let second = 0; second < 250; second += 5) {
      clock.nowMs = START_MS + second * 1000;
      recorder.sample('loadavg', asked(String(Math.sin(second))), clock.nowMs, 1, false);
      await recorder.flush();
    }
    await recorder.close();
    const bytes = readFileSync(path);
    const broken = join(folder, 'broken');
    const ends: unknown[] = [];
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.uint8Array({ minLength: 1, maxLength: 40 }), async (at, noise) => {
        const damaged = Buffer.from(bytes);
        Buffer.from(noise).copy(damaged, at);
        writeFileSync(broken, damaged);
        const ended = await eventsOf(broken).then(
          () => 'opened',
          (error: unknown) => (error instanceof RecordingError ? 'refused' : error),
        );
        ends.push(ended);
      }),
      { numRuns: 150 },
    );
    expect(ends.filter((end) => end !== 'opened' && end !== 'refused')).toEqual([]);
    expect(ends).toContain('opened');
  });

  test('ends with the reason at the size limit, and keeps the data', async () => {
    const { recorder, clock, path } = await recorderOf({ maxBytes: 4000 });
    for (let second = 0; second < 400; second++) {
      clock.nowMs = START_MS + second * 1000;
      recorder.sample('loadavg', asked(String(Math.sin(second))), clock.nowMs, 1, false);
      await recorder.flush();
    }
    expect(recorder.state().problem).toMatch(/limit of 4000 bytes/);
    await recorder.close();
    expect(statSync(path).size).toBeLessThanOrEqual(4000);
    expect(texts((await eventsOf(path)).events).length).toBeGreaterThan(50);
  });
});

describe('Recorder', () => {
  test('keeps flushed data and reports the missing rest when power is lost at any byte', async () => {
    const { recorder, clock, path } = await recorderOf();
    /** Size of the file after the flush of each second. */
    const sizes: number[] = [];
    for (let second = 0; second < 127; second++) {
      clock.nowMs = START_MS + second * 1000;
      recorder.sample('loadavg', asked(`${second} ${Math.sin(second)}`), clock.nowMs, 1, false);
      await recorder.flush();
      sizes.push(statSync(path).size);
    }
    const bytes = readFileSync(path);
    await recorder.close();
    const finder = new SegmentFinder();
    finder.push(bytes);
    const from = finder.end().at(-1)?.from ?? 0;
    expect(bytes.length - from).toBeGreaterThan(150);
    const broken = join(folder, 'broken');
    const wrong: string[] = [];
    for (let cut = from + 1; cut < bytes.length; cut++)
      for (const tail of ['', 'zeros']) {
        writeFileSync(
          broken,
          Buffer.concat([bytes.subarray(0, cut), Buffer.alloc(tail === '' ? 0 : bytes.length - cut)]),
        );
        const { events, problems } = await eventsOf(broken);
        const flushed = sizes.filter((size) => size <= cut).length;
        const found = texts(events);
        const isRight = found.every((text, second) => text === `${second} ${Math.sin(second)}`);
        if (!isRight || found.length < flushed || problems.length === 0)
          wrong.push(
            `${cut} ${tail}: ${found.length} of ${flushed}, ${isRight ? '' : 'wrong texts, '}${problems.join()}`,
          );
      }
    expect(wrong).toEqual([]);
  }, 120_000);
});

test.each([
  ['EROFS: read-only file system, write', 'writeFile'],
  ['EACCES: permission denied, write', 'writeFile'],
  ['EIO: i/o error, fdatasync', 'datasync'],
] as const)(
  'Recorder ends with the reason and keeps a complete recording when a write fails with %s',
  async (why, where) => {
    const parts: Buffer[] = [];
    let isLost = false;
    const lost = (what: typeof where) => {
      if (isLost && what === where) throw new Error(why);
    };
    const file = {
      writeFile: async (bytes: Buffer) => {
        lost('writeFile');
        parts.push(bytes);
      },
      datasync: async () => lost('datasync'),
      close: async () => undefined,
    };
    const head = { host: 'node-7', kind: 'ssh', crashcart: '0', redacted: false } as const;
    const recorder = new Recorder({ path: 'x', ...head, nowMs: () => START_MS }, file);
    for (const text of ['one', 'two']) {
      recorder.sample('loadavg', asked(text), START_MS, 1, false);
      await recorder.flush();
    }
    isLost = true;
    for (const text of ['three', 'four']) {
      recorder.sample('loadavg', asked(text), START_MS, 1, false);
      await recorder.flush();
    }
    expect(recorder.state().problem).toBe(why);
    expect((await recorder.close()).problem).toBe(why);
    const path = join(folder, 'left');
    writeFileSync(path, Buffer.concat(parts));
    expect(texts((await eventsOf(path)).events).slice(0, 2)).toEqual(['one', 'two']);
  },
);

describe('Recording.open refuses', () => {
  test.each([
    ['nothing', ''],
    ['a text', 'hello\n'.repeat(100)],
    ['a mark without a frame', 'crashcart-segment 1 '],
  ])('%s', async (_, text) => {
    const path = join(folder, 'file');
    writeFileSync(path, text);
    await expect(Recording.open(path)).rejects.toThrow(`${path}: not a recording of crashcart`);
  });

  test('an absent file', async () => {
    await expect(Recording.open(join(folder, 'none'))).rejects.toThrow(/none: ENOENT/);
  });
});

test('SegmentFinder finds segments in any pieces, and no mark forged by a host', async () => {
  const { recorder, clock, path } = await recorderOf();
  for (let second = 0; second < 250; second += 50) {
    clock.nowMs = START_MS + second * 1000;
    const forged = `P*M\u0018crashcart-segment 1 ${'0'.repeat(32)} 9 1\n`;
    recorder.sample('loadavg', asked(forged), clock.nowMs, 1, false);
    await recorder.flush();
  }
  await recorder.close();
  const bytes = Buffer.concat([readFileSync(path), Buffer.from(`crashcart-segment 1 ${'0'.repeat(32)} 9 1\n`)]);
  const whole = new SegmentFinder();
  whole.push(bytes);
  const expected = whole.end();
  expect(expected.map(({ number }) => number)).toEqual([0, 1]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), (sizes) => {
      const finder = new SegmentFinder();
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const size = sizes[i % sizes.length] ?? 1;
        finder.push(bytes.subarray(at, at + size));
        at += size;
      }
      expect(finder.end()).toEqual(expected);
    }),
  );
});
