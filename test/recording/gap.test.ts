import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { zstdDecompressSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LiveSession } from '../../src/collect/live-session.ts';
import type { ReadResult } from '../../src/collect/source-reader.ts';
import { thisHost } from '../../src/findings/entity-ref.ts';
import { defineFinding, type AnyFinding } from '../../src/findings/finding.ts';
import type { AuditEntry } from '../../src/host/audit.ts';
import type { Host } from '../../src/host/host.ts';
import { recordedEvents } from '../../src/notes/recorded-events.ts';
import { asciicast } from '../../src/recording/asciicast.ts';
import { cutRecording } from '../../src/recording/cut.ts';
import type { RecordingEvent } from '../../src/recording/events.ts';
import { MAX_KEPT } from '../../src/recording/limits.ts';
import { Recorder } from '../../src/recording/recorder.ts';
import { Recording } from '../../src/recording/recording.ts';
import { ReplaySession } from '../../src/recording/replay-session.ts';
import { SessionRecorder } from '../../src/recording/session-recorder.ts';
import { loadavg } from '../../src/sources/machine/loadavg.ts';
import { findings } from '../../src/subsystems/index.ts';

/** Stands in all that passes by during a gap, and nowhere else. */
const PLANT = 'planted-name-of-the-gap';
const START_MS = Date.UTC(2026, 4, 1, 10, 0, 0);

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-gap-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const asked = (text: string): ReadResult => {
  const read = { kind: 'file', path: '/proc/loadavg' } as const;
  return { sample: undefined, missing: {}, at: 1, readings: [{ name: 'load', read, reading: { ok: true, value: text, at: 1, tookMs: 1 } }] }; // prettier-ignore
};

/** Recorder with a clock of the test. */
async function recorderOf(path: string) {
  const clock = { nowMs: START_MS };
  const recorder = await Recorder.start({ path, host: 'node-7', kind: 'ssh', crashcart: '0', redacted: false, nowMs: () => clock.nowMs }); // prettier-ignore
  return { recorder, clock };
}

async function eventsOf(path: string): Promise<readonly RecordingEvent[]> {
  const recording = await Recording.open(path);
  try {
    const segments = await Promise.all([...recording.segments.keys()].map((index) => recording.segment(index)));
    expect(segments.flatMap(({ problems }) => problems)).toEqual([]);
    return segments.flatMap(({ events }) => events);
  } finally {
    await recording.close();
  }
}

/** Bytes of the file as they are, its segments and its index unpacked: `zstdcat FILE`. */
async function bytesOf(path: string): Promise<string> {
  const bytes = readFileSync(path);
  const recording = await Recording.open(path);
  await recording.close();
  // Unpacking the file as one stream would end at the mark before its first segment.
  const segments = recording.segments.map(({ from, to }) => zstdDecompressSync(bytes.subarray(from, to)).toString());
  expect(segments.join('')).toContain('"e":"segment"');
  return [bytes.toString('latin1'), ...segments, JSON.stringify(recording.spread)].join('\n');
}

/** Recording of 10 s with a gap of 42 s after the second. */
async function withGap(name: string, end: 'resumed' | 'paused' = 'resumed'): Promise<string> {
  const path = join(folder, name);
  const { recorder, clock } = await recorderOf(path);
  const at = (seconds: number) => (clock.nowMs = START_MS + seconds * 1000);
  recorder.add({ e: 'terminal', t: at(0), terminal: 'screen', title: 'crashcart', columns: 80, rows: 24 });
  recorder.add({ e: 'output', t: at(0.5), terminal: 'screen', data: 'before' });
  recorder.add({ e: 'terminal', t: at(0.6), terminal: '1', title: 'gdb', columns: 80, rows: 24 });
  recorder.sample('loadavg', asked('1 1 1 1/1 1'), at(1), 1, false);
  at(2);
  recorder.pause();
  recorder.sample('loadavg', asked(PLANT), at(3), 1, false);
  recorder.add({ e: 'output', t: at(4), terminal: 'screen', data: PLANT });
  recorder.add({ e: 'marker', t: at(5), text: PLANT });
  await recorder.flush();
  if (end === 'resumed') {
    at(44);
    recorder.resume();
    recorder.add({ e: 'audit', t: START_MS + 6000, host: 'h', as: 'user', command: PLANT, why: '' });
    // Began within the gap.
    recorder.add({ e: 'audit', t: at(45), host: 'h', as: 'user', command: PLANT, why: '', exit: 0, tookMs: 1500 });
    // Its read began within the gap.
    recorder.sample('loadavg', asked(PLANT), at(45), 1500, false);
    recorder.add({ e: 'output', t: at(46), terminal: 'screen', data: 'after' });
    recorder.sample('loadavg', asked('2 2 2 2/2 2'), at(50), 1, false);
  } else await recorder.flush();
  await recorder.close();
  return path;
}

test('Recorder writes the length of a gap and nothing else of it', async () => {
  const path = await withGap('a');
  expect(await bytesOf(path)).not.toContain(PLANT);
  expect((await eventsOf(path)).map(({ e, t }) => `${e} ${(t - START_MS) / 1000}`)).toEqual([
    'segment 0',
    'terminal 0',
    'output 0.5',
    'terminal 0.6',
    'sample 1',
    'gap 2',
    'gap 44',
    'output 46',
    'sample 50',
    'recorder 50',
  ]);
});

test('Recorder begins no segment in a gap, and ends a gap with the recording', async () => {
  const path = join(folder, 'long');
  const { recorder, clock } = await recorderOf(path);
  recorder.sample('loadavg', asked('1 1 1 1/1 1'), START_MS, 1, false);
  recorder.pause();
  recorder.pause();
  for (const minutes of [3, 6, 9]) {
    clock.nowMs = START_MS + minutes * 60_000;
    await recorder.flush();
  }
  expect(recorder.state().gaps).toEqual([{ fromMs: START_MS, untilMs: undefined }]);
  await recorder.close();
  const events = await eventsOf(path);
  expect(events.map(({ e }) => e)).toEqual(['segment', 'sample', 'gap', 'gap', 'recorder']);
  expect(events[3]).toEqual({ e: 'gap', t: START_MS + 540_000, state: 'resumed', sinceMs: START_MS });
});

test('ReplaySession has the gap as a mark with its length, from the index and without one', async () => {
  const path = await withGap('a');
  const killed = join(folder, 'killed');
  const bytes = readFileSync(path);
  // Without the index frame, as after a kill.
  const { writeFileSync } = await import('node:fs');
  writeFileSync(killed, bytes.subarray(0, -40));
  for (const file of [path, killed]) {
    const recording = await Recording.open(file);
    const session = await ReplaySession.open({ recording, sources: [loadavg], findings, clock: () => START_MS });
    for (let i = 0; i < 100 && session.marks().length === 0; i++) await sleep(20);
    expect(session.marks()).toEqual([
      { wallMs: START_MS + 2000, kind: 'gap', untilMs: START_MS + 44_000, text: 'recording paused for 42s, nothing recorded' },
    ]); // prettier-ignore
    await session.stop();
  }
});

test('asciicast blanks the screen in a gap and marks its start and end', async () => {
  const recording = await Recording.open(await withGap('a'));
  const lines: unknown[] = [];
  for await (const line of asciicast(recording, 2)) lines.push(JSON.parse(line));
  const tool: unknown[] = [];
  for await (const line of asciicast(recording, 2, '1')) tool.push(JSON.parse(line));
  await recording.close();
  expect(lines.slice(1)).toEqual([
    [0.5, 'o', 'before'],
    [2, 'o', '\u001B[0m\u001B[2J\u001B[H recording paused'],
    [2, 'm', 'recording paused'],
    [44, 'm', 'recording paused for 42s, nothing recorded'],
    [46, 'o', 'after'],
  ]);
  expect(tool.slice(1)).toEqual([
    [1.4, 'm', 'recording paused'],
    [43.4, 'o', '\r\n[recording paused for 42s, nothing recorded]\r\n'],
    [43.4, 'm', 'recording paused for 42s, nothing recorded'],
  ]);
});

test('recordedEvents names a gap once in the timeline of case notes', async () => {
  const recording = await Recording.open(await withGap('a'));
  const { timeline } = await recordedEvents(recording);
  await recording.close();
  expect(timeline.filter(({ kind }) => kind === 'recorder').map(({ at, text }) => `${at} ${text}`)).toEqual([
    '2026-05-01T10:00:02.000Z recording paused for 42s, nothing recorded',
    '2026-05-01T10:00:50.000Z ended by the engineer',
  ]);
});

test('recordedEvents keeps a limited number of gaps of a hostile recording', async () => {
  const path = join(folder, 'hostile');
  const { recorder } = await recorderOf(path);
  for (let i = 0; i < MAX_KEPT + 1000; i++)
    recorder.add({ e: 'gap', t: START_MS + i, state: 'paused', sinceMs: START_MS + i });
  await recorder.close();
  const recording = await Recording.open(path);
  const { timeline, problems } = await recordedEvents(recording);
  await recording.close();
  expect(timeline.length).toBe(MAX_KEPT);
  expect(problems).toEqual([expect.stringMatching(/^1001 marks, findings and commands left out/)]);
});

test('cutRecording keeps the part of a gap that is in the slice', async () => {
  const recording = await Recording.open(await withGap('a'));
  const slice = async (name: string, from: number, to: number) => {
    const path = join(folder, name);
    await cutRecording(recording, path, { fromMs: START_MS + from * 1000, toMs: START_MS + to * 1000 }, { withScreen: true, redacted: false }); // prettier-ignore
    return (await eventsOf(path)).flatMap((event) =>
      event.e === 'gap' ? [`${event.state} ${(event.t - START_MS) / 1000} ${(event.sinceMs - START_MS) / 1000}`] : [],
    );
  };
  expect(await slice('around', 0, 50)).toEqual(['paused 2 2', 'resumed 44 2']);
  expect(await slice('end', 20, 50)).toEqual(['paused 20 20', 'resumed 44 20']);
  expect(await slice('within', 20, 30)).toEqual(['paused 20 20']);
  expect(await slice('after', 45, 50)).toEqual([]);
  await recording.close();
});

/** Session of one source whose text is set by the test, read every 0.2 s. */
function sessionOf(audit: readonly AuditEntry[] = [], rules: readonly AnyFinding[] = findings) {
  const read = { load: '0.10 0.10 0.10 1/100 1\n' };
  const host = {
    name: 'node-7',
    kind: 'ssh',
    read: async () => ({ ok: true, value: read.load, at: Date.now() / 1000, tookMs: 1 }),
    close: async () => undefined,
    // Every read is of the one text.
  } as unknown as Host;
  const nowMs = () => Date.now();
  const session = new LiveSession({ host, live: undefined, audit: { entries: audit } as never, sources: [{ ...loadavg, everySeconds: 0.2 }], findings: rules, budgetPct: 100, nowMs }); // prettier-ignore
  return { session, read, nowMs };
}

test('SessionRecorder keeps readings, notes, commands, findings and output of a gap out of the file', async () => {
  const audit: AuditEntry[] = [];
  const { session, read, nowMs } = sessionOf(audit);
  const path = join(folder, 'session');
  const recorder = await SessionRecorder.start(session, { path, crashcart: '0', redacted: false, nowMs });
  recorder.terminal('screen', 'crashcart', 80, 24);
  recorder.terminal('1', 'gdb', 80, 24);
  session.mark('before');
  await sleep(700);
  recorder.pause();
  read.load = `9.99 9.99 9.99 9/999 ${PLANT}\n`;
  session.mark(PLANT);
  audit.push({ wallMs: Date.now(), host: 'h', as: 'user', command: PLANT, why: '', exit: 0, tookMs: 1 });
  recorder.output('screen', PLANT);
  recorder.output('1', `${PLANT}\r\n`);
  recorder.terminal('2', 'strace', 80, 24);
  await sleep(1500);
  read.load = '0.30 0.30 0.30 1/100 3\n';
  await sleep(400);
  recorder.resume();
  recorder.output('2', 'after\r\n');
  session.mark('after');
  await sleep(1000);
  await recorder.stop();
  await session.stop();
  expect(await bytesOf(path)).not.toContain(PLANT);
  const events = await eventsOf(path);
  const texts = events.flatMap((event) => (event.e === 'marker' ? [event.text] : []));
  expect(texts).toEqual(['before', 'after']);
  expect(JSON.stringify(events)).toContain('0.10 0.10');
  expect(JSON.stringify(events)).toContain('0.30 0.30');
  // A tool that was opened in the gap has its terminal before its output.
  const tool = events.filter((event) => 'terminal' in event && event.terminal === '2').map(({ e }) => e);
  expect(tool).toEqual(['terminal', 'output']);
});

test('SessionRecorder keeps what an earlier recording left out of a later one too', async () => {
  const audit: AuditEntry[] = [];
  const { session, read, nowMs } = sessionOf(audit);
  session.keep({ sources: [], forMs: 60_000 });
  const options = { crashcart: '0', redacted: false, nowMs } as const;
  const first = await SessionRecorder.start(session, { path: join(folder, 'first'), ...options });
  await sleep(300);
  first.pause();
  read.load = `9.99 9.99 9.99 9/999 ${PLANT}\n`;
  session.mark(PLANT);
  audit.push({ wallMs: Date.now(), host: 'h', as: 'user', command: PLANT, why: '', exit: 0, tookMs: 1 });
  await sleep(700);
  read.load = '0.30 0.30 0.30 1/100 3\n';
  await sleep(300);
  const { gaps } = await first.stop();
  const path = join(folder, 'second');
  const second = await SessionRecorder.start(session, { path, ...options, earlierGaps: gaps });
  await sleep(700);
  expect((await second.stop()).gaps).toEqual([]);
  await session.stop();
  expect(await bytesOf(path)).not.toContain(PLANT);
  const text = JSON.stringify(await eventsOf(path));
  // Kept from before the gap, and read after it.
  expect(text).toContain('0.10 0.10');
  expect(text).toContain('0.30 0.30');
});

const loaded = defineFinding({
  id: 'loaded',
  title: 'load',
  needs: { loadavg },
  authority: 'this test',
  judge: ({ loadavg: { now } }) =>
    (now?.load1 ?? 0) < 5
      ? []
      : [{ entity: thisHost, severity: 'warn', subject: 'host', sentence: PLANT, evidence: [], next: 'look' }],
});

test('SessionRecorder leaves out a finding of a gap until it is found in a later reading', async () => {
  const { session, read, nowMs } = sessionOf([], [loaded]);
  const options = { crashcart: '0', redacted: false, nowMs } as const;
  const short = await SessionRecorder.start(session, { path: join(folder, 'short'), ...options });
  const long = await SessionRecorder.start(session, { path: join(folder, 'long'), ...options });
  await sleep(300);
  short.pause();
  long.pause();
  read.load = '9.99 9.99 9.99 9/999 1\n';
  await sleep(1500);
  expect(session.standing()).toHaveLength(1);
  short.resume();
  long.resume();
  await short.stop();
  await sleep(2000);
  await long.stop();
  await session.stop();
  expect(await bytesOf(join(folder, 'short'))).not.toContain(PLANT);
  expect(await bytesOf(join(folder, 'long'))).toContain(PLANT);
});
