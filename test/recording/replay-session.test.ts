import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { sourcesTable } from '../../src/app/session-pages.ts';
import { thisHost } from '../../src/findings/entity-ref.ts';
import { defineFinding } from '../../src/findings/finding.ts';
import { findings, sources } from '../../src/subsystems/index.ts';
import type { Read, Reading } from '../../src/host/host.ts';
import { Recorder } from '../../src/recording/recorder.ts';
import { Recording } from '../../src/recording/recording.ts';
import { ReadingEncoder } from '../../src/recording/reading-codec.ts';
import { RoundDecoder, roundKiB } from '../../src/recording/replay-entries.ts';
import { ReplaySession } from '../../src/recording/replay-session.ts';
import { docker } from '../../src/sources/containers/docker.ts';
import { loadavg } from '../../src/sources/machine/loadavg.ts';
import { meminfo } from '../../src/sources/machine/meminfo.ts';
import { processStatus } from '../../src/sources/processes/status.ts';
import { bindDetail } from '../../src/sources/source.ts';

const START_MS = Date.UTC(2026, 4, 1, 10, 0, 0);
const SECONDS = 600;

let folder = '';
let path = '';
const open: ReplaySession[] = [];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-replay-'));
  path = join(folder, 'host.cc.zst');
  const clock = { nowMs: START_MS };
  const recorder = await Recorder.start({ path, host: 'node-7', kind: 'ssh', crashcart: '0', redacted: false, nowMs: () => clock.nowMs }); // prettier-ignore
  const round = (name: string, read: Read, text: string) => {
    const reading: Reading<string> = { ok: true, value: text, at: (clock.nowMs - START_MS) / 1000, tookMs: 1 };
    return { sample: undefined, missing: {}, at: reading.at, readings: [{ name, read, reading }] };
  };
  for (let second = 0; second <= SECONDS; second++) {
    clock.nowMs = START_MS + second * 1000;
    recorder.sample('loadavg', round('text', { kind: 'file', path: '/proc/loadavg' }, `${second}.00 1 2 1/2 3\n`), clock.nowMs, 1, false); // prettier-ignore
    if (second === 301)
      recorder.sample('process-status', round('status', { kind: 'file', path: '/proc/7/status', as: 'root' }, 'Name:\tqemu\nPid:\t7\n'), clock.nowMs, 1, true); // prettier-ignore
    if (second === 100)
      recorder.add({ e: 'finding', t: clock.nowMs, key: 'load host:localhost', subject: 'host', state: 'stands', severity: 'warn', sentence: 'load 100' }); // prettier-ignore
    if (second === 10)
      recorder.add({ e: 'audit', t: clock.nowMs, host: 'node-7', as: 'root', command: 'sudo -n', why: 'probe' });
    if (second % 30 === 0) await recorder.flush();
  }
  await recorder.close();
});
afterEach(async () => {
  for (const session of open.splice(0)) await session.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function replay(clock: { nowMs: number }, fromMs?: number) {
  const recording = await Recording.open(path);
  const session = await ReplaySession.open({ recording, sources, findings, clock: () => clock.nowMs, fromMs });
  open.push(session);
  return session;
}

const load = (session: ReplaySession) => {
  const { now, history } = session.timeline.moment({ loadavg }, session.player.positionMs()).loadavg;
  return { now: now?.load1, history: history.length };
};

test('Tracks drops segments of large tables sooner', () => {
  const table = new Map(Array.from({ length: 1000 }, (_, pid) => [pid, {}]));
  const weigh = (...values: readonly unknown[]) => {
    const encoder = new ReadingEncoder();
    const decoder = new RoundDecoder();
    const rounds = values.map((value) => {
      const table = encoder.encode({ kind: 'processes' }, { ok: true, value, at: 0, tookMs: 0 });
      return roundKiB(decoder.decode({ e: 'sample', source: 'x', t: 0, took: 0, reads: { table } }));
    });
    return rounds.at(-1);
  };
  expect(weigh(table)).toBeCloseTo(640);
  expect(weigh({ layout: 'v2', groups: table, left: 0 })).toBeCloseTo(640);
  expect(weigh(table, new Map([...table].slice(0, 500)))).toBeCloseTo(20);
  expect(weigh(table, new Map([...table, [2000, {}]]))).toBeCloseTo(40.64);
  expect(weigh('text')).toBeUndefined();
});

describe('ReplaySession', () => {
  test('shows readings up to the position, and none after it', async () => {
    const session = await replay({ nowMs: 0 }, START_MS + 200_400);
    expect(session.player.endMs).toBe(START_MS + SECONDS * 1000);
    expect(session.timeline.latest('loadavg')?.wallMs).toBe(START_MS + 200_000);
    expect(load(session).now).toBe(200);
    expect(session.host).toMatchObject({ name: 'node-7', kind: 'recorded' });
    expect(session.live).toBeUndefined();
    await expect.poll(() => session.audit()).toMatchObject([{ command: 'sudo -n' }]);
  });

  test('loads the history before the position after a seek', async () => {
    const session = await replay({ nowMs: 0 }, START_MS + 500_000);
    await expect.poll(() => load(session).history, { timeout: 15_000 }).toBe(501);
  });

  test('loads readings older than the history on request, thinned', async () => {
    const clock = { nowMs: START_MS };
    const long = join(folder, 'long.cc.zst');
    const recorder = await Recorder.start({ path: long, host: 'node-7', kind: 'ssh', crashcart: '0', redacted: false, nowMs: () => clock.nowMs }); // prettier-ignore
    for (let second = 0; second <= 3600; second += 2) {
      clock.nowMs = START_MS + second * 1000;
      const reading: Reading<string> = { ok: true, value: `${second}.00 1 2 1/2 3\n`, at: second, tookMs: 1 };
      recorder.sample('loadavg', { sample: undefined, missing: {}, at: second, readings: [{ name: 'text', read: { kind: 'file', path: '/proc/loadavg' }, reading }] }, clock.nowMs, 1, false); // prettier-ignore
      if (second % 30 === 0) await recorder.flush();
    }
    await recorder.close();
    const recording = await Recording.open(long);
    const session = await ReplaySession.open({ recording, sources: [loadavg], findings: [], clock: () => 0, fromMs: START_MS + 3_600_000 }); // prettier-ignore
    open.push(session);
    await session.replay.loadBack(START_MS + 3_500_000);
    // The history of 15 minutes loads by itself.
    expect(session.timeline.startMs).toBeGreaterThan(START_MS + 2_000_000);
    await session.replay.loadBack(START_MS + 600_000);
    expect(session.timeline.startMs).toBeLessThanOrEqual(START_MS + 600_000);
    const older = session.timeline.momentAt({ loadavg }, START_MS + 3_600_000).loadavg.older();
    const gaps = older.slice(1).map(({ wallMs }, i) => wallMs - (older[i]?.wallMs ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(10_000);
    expect(session.timeline.momentAt({ loadavg }, START_MS + 700_000).loadavg.now?.load1).toBeGreaterThanOrEqual(690);
  });

  test('plays across segments at its speed', async () => {
    const clock = { nowMs: 0 };
    const session = await replay(clock, START_MS + 100_000);
    session.player.setSpeed(60);
    clock.nowMs += 3000;
    await expect.poll(() => load(session).now, { timeout: 15_000 }).toBe(280);
    session.player.pause();
    clock.nowMs += 3000;
    await expect.poll(() => session.player.positionMs()).toBe(START_MS + 280_000);
    expect(load(session).history).toBe(281);
  });

  test('seeks back, and stops at both ends', async () => {
    const clock = { nowMs: 0 };
    const session = await replay(clock, START_MS + 400_000);
    await session.seek(START_MS - 5000);
    expect(load(session).now).toBe(0);
    await session.seek(START_MS + 10 * SECONDS * 1000);
    expect(load(session).now).toBe(SECONDS);
    expect(session.player.playing).toBe(false);
  });

  test('a finding has the start that was recorded when a seek lands in the middle of it', async () => {
    const rule = defineFinding({
      id: 'load',
      title: 'load',
      needs: { loadavg },
      authority: 'this test',
      judge: ({ loadavg: { now } }) =>
        (now?.load1 ?? 0) < 100
          ? []
          : [{ entity: thisHost, severity: 'warn', subject: 'host', sentence: 'load', evidence: [], next: 'look' }],
    });
    const recording = await Recording.open(path);
    const session = await ReplaySession.open({
      recording,
      sources,
      findings: [rule],
      clock: () => 0,
      fromMs: START_MS,
    });
    open.push(session);
    expect(session.findings()).toEqual([]);
    await session.seek(START_MS + 400_000);
    expect(session.findings()).toMatchObject([{ key: 'load host:localhost', sinceMs: START_MS + 100_000 }]);
  });

  test('gives recorded details, and a missing reading for others', async () => {
    const session = await replay({ nowMs: 0 }, START_MS + 310_000);
    const looked = await session.readDetail(bindDetail(processStatus, { pid: 7, startTicks: 1 } as never));
    const other = await session.readDetail(bindDetail(processStatus, { pid: 8, startTicks: 1 } as never));
    expect(Object.values(other.missing).map(({ detail }) => detail)).toContain(
      'not in this recording (its detail was not open)',
    );
    // `absent` would mean that the process has ended.
    expect(Object.values(other.missing).map(({ why }) => why)).not.toContain('absent');
    expect(JSON.stringify(looked.missing)).not.toContain('its detail was not open');
    await session.seek(START_MS + 300_000);
    const early = await session.readDetail(bindDetail(processStatus, { pid: 7, startTicks: 1 } as never));
    expect(JSON.stringify(early.missing)).toContain('its detail was not open');
  });

  test('has the reason of a source at every position when the recording does not have it', async () => {
    const session = await replay({ nowMs: 0 });
    const gap = { text: { ok: false, why: 'failed', detail: '/proc/meminfo: not in this recording' } };
    const seen = () => session.timeline.moment({ meminfo, docker }, session.player.positionMs());
    expect(seen().meminfo.missing).toEqual(gap);
    expect(session.status().sources.find(({ id }) => id === 'meminfo')).toMatchObject({ reads: 0, missing: gap });
    // A daemon did not fail to respond.
    expect(Object.values(seen().docker.missing)[0]).toMatchObject({ why: 'denied' });
    await session.seek(START_MS + 500_000);
    expect(seen().meminfo).toMatchObject({ missing: gap, history: [{ missing: gap }] });
    expect(session.timeline.moment({ loadavg }, session.player.positionMs()).loadavg.missing).toEqual({});
  });

  test('leaves a source unread when it comes later, or when the end of the file is damaged', async () => {
    const early = await replay({ nowMs: 0 }, START_MS);
    expect(early.timeline.latest('meminfo')?.missing).toBeDefined();
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, bytes.length >> 3));
    const damaged = await replay({ nowMs: 0 });
    expect(load(damaged).now).toBeDefined();
    expect(damaged.timeline.latest('meminfo')).toBeUndefined();
  });

  test('holds the samples of a seek in order when the player ticks before its segment is read', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const recording = await Recording.open(path);
    const session = await ReplaySession.open({ recording, sources, findings, clock: () => 0, fromMs: START_MS });
    open.push(session);
    const last = recording.segments.length - 1;
    const gates = [1, last].map((index) => ({ index, ...Promise.withResolvers<void>() }));
    const read = recording.reader.bind(recording);
    recording.reader = async (index) => {
      await gates.find((gate) => gate.index === index)?.promise;
      return read(index);
    };
    const seeking = session.seek(START_MS + SECONDS * 1000);
    vi.advanceTimersByTime(100);
    gates[1]?.resolve();
    await seeking;
    gates[0]?.resolve();
    // As much as the tick would read.
    for (const index of recording.segments.keys()) await recording.reader(index);
    const { history } = session.timeline.moment({ loadavg }, session.player.positionMs()).loadavg;
    const times = history.map(({ wallMs }) => wallMs);
    expect(times.at(-1)).toBe(START_MS + SECONDS * 1000);
    expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
  });

  test('decodes up to the position, and the rest during playback', async () => {
    const recording = await Recording.open(path);
    const reader = await recording.reader(0);
    if (typeof reader === 'string') throw new Error(reader);
    const before = [...reader.until(START_MS + 10_500)];
    expect(Math.max(...before.map(({ t }) => t))).toBe(START_MS + 10_000);
    expect(reader.aheadKiB()).toBeGreaterThan(0);
    const after = [...reader.until(Infinity)];
    expect(after[0]?.t).toBe(START_MS + 11_000);
    expect(reader.aheadKiB()).toBe(0);
    expect([...before, ...after]).toEqual((await recording.segment(0)).events);
    await recording.close();
  });

  test('has no size of readings, since none is recorded', async () => {
    const session = await replay({ nowMs: 0 });
    const { columns, rows } = sourcesTable(session, START_MS);
    const column = columns.find(({ id }) => id === 'bytes');
    expect(rows.map((row) => column?.text?.(row))).toEqual(rows.map(() => '—'));
  });
});
