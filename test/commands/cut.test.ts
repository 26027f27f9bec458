import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parseCommand } from '../../src/commands/arguments.ts';
import { writeCut } from '../../src/commands/cut.ts';
import { cutTime } from '../../src/recording/cut-time.ts';
import { Recorder } from '../../src/recording/recorder.ts';
import { Recording } from '../../src/recording/recording.ts';
import { ReplaySession } from '../../src/recording/replay-session.ts';
import { findings, sources } from '../../src/subsystems/index.ts';
import { loadavg } from '../../src/sources/machine/loadavg.ts';
import { processes } from '../../src/sources/processes/processes.ts';

const DEMO = join(import.meta.dirname, '../../assets/demo.cc.zst');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-cut-'));
  vi.stubEnv('XDG_STATE_HOME', join(folder, 'state'));
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  vi.spyOn(process.stdout, 'write').mockImplementation((_, encoding, done) => {
    (typeof encoding === 'function' ? encoding : done)?.();
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

async function cut(...args: readonly string[]): Promise<string> {
  const out = join(folder, 'slice.cc.zst');
  const command = parseCommand(['cut', DEMO, '--out', out, ...args]);
  if (command.kind !== 'cut') throw new Error(command.kind);
  await writeCut(command);
  return out;
}

/** A recording of 20 s with a user whose name stands in a note and on the screen. */
async function recorded(): Promise<string> {
  const startMs = Date.parse('2026-05-01T14:00:00Z');
  let nowMs = startMs;
  const file = join(folder, 'whole.cc.zst');
  const recorder = await Recorder.start({ path: file, host: 'node-7', kind: 'ssh', crashcart: '0', redacted: false, nowMs: () => nowMs }); // prettier-ignore
  const value = 'root:x:0:0::/root:/bin/sh\nwilhelmina:x:1000:1000::/home/wilhelmina:/bin/sh\n';
  for (const seconds of [1, 3, 8]) {
    nowMs = startMs + seconds * 1000;
    recorder.sample('users', { sample: undefined, missing: {}, at: seconds, readings: [{ name: 'passwd', read: { kind: 'file', path: '/etc/passwd' }, reading: { ok: true, value, at: seconds, tookMs: 1 } }] }, nowMs, 1, false); // prettier-ignore
  }
  recorder.add({ e: 'marker', t: nowMs, text: 'wilhelmina logged in' });
  recorder.add({ e: 'output', t: nowMs, terminal: 'screen', data: 'painted' });
  nowMs = startMs + 20_000;
  await recorder.close();
  return file;
}

/** What a recording shows at a time. */
async function shownAt(path: string, atMs: number) {
  const recording = await Recording.open(path);
  const session = await ReplaySession.open({ recording, sources, findings, clock: () => 0, fromMs: atMs });
  try {
    const load = session.timeline.latest(loadavg.id)?.sample;
    const pids = session.timeline.moment({ processes }, atMs).processes.now?.processes.size;
    return {
      load,
      pids,
      problems: session.problems(),
      keys: session
        .findings()
        .map(({ key }) => key)
        .toSorted(),
    };
  } finally {
    await session.stop();
  }
}

describe('crashcart cut', () => {
  test('writes a slice that replays alone, with the same readings and findings at a time', async () => {
    const whole = await Recording.open(DEMO);
    const startMs = whole.segments[0]?.t ?? 0;
    await whole.close();
    const out = await cut('--from', '+10s', '--to', '+20s');
    expect(statSync(out).mode & 0o777).toBe(0o600);
    const slice = await Recording.open(out);
    expect(slice.head.began).toBe(startMs + 10_000);
    expect(slice.segments[0]?.t).toBe(startMs + 10_000);
    expect(await slice.endMs()).toBe(startMs + 20_000);
    await slice.close();
    const [before, after] = [await shownAt(DEMO, startMs + 18_000), await shownAt(out, startMs + 18_000)];
    expect(after.problems).toEqual([]);
    expect(after.load).toEqual(before.load);
    expect(after.pids).toBe(before.pids);
    expect(after.pids).toBeGreaterThan(10);
    expect(after.keys).toEqual(before.keys);
    expect(after.keys.length).toBeGreaterThan(3);
  });

  test('writes pseudonyms when it is redacted, of names before the slice too', async () => {
    const file = await recorded();
    const out = join(folder, 'slice.cc.zst');
    const command = parseCommand(['cut', file, '--from', '+6s', '--to', '+20s', '--redact', '--out', out]);
    if (command.kind !== 'cut') throw new Error(command.kind);
    await writeCut(command);
    const slice = await Recording.open(out);
    const { events, problems } = await slice.segment(0);
    await slice.close();
    const text = JSON.stringify(events);
    expect(problems).toEqual([]);
    expect(slice.head).toMatchObject({ redacted: true, host: 'host-1' });
    expect(text).not.toMatch(/wilhelmina|node-7|painted/);
    expect(text).toContain('user-1');
    expect(events.map(({ e }) => e)).toContain('marker');
    // The passwd of before the slice is in it, whole.
    expect(text).toContain('/home/user-1');
  });

  test('writes pseudonyms of the demo, whose names begin words of other kinds', { timeout: 120_000 }, async () => {
    const out = await cut('--from', '+10s', '--to', '+12s', '--redact');
    const slice = await Recording.open(out);
    const { events, problems } = await slice.segment(0);
    await slice.close();
    expect(problems).toEqual([]);
    expect(slice.head.redacted).toBe(true);
    const text = JSON.stringify(events);
    expect(text).not.toMatch(/lab-web|lab-leak|lab-db|10\.99\.7\.1/);
    expect(text).toMatch(/no_timer_check [\w.]+-\d+\.name=/);
  });

  test('leaves no file behind, and no other one changed, when it cannot be written', async () => {
    const out = join(folder, 'slice.cc.zst');
    writeFileSync(out, 'mine');
    writeFileSync(`${out}.cutting`, 'of another program');
    await expect(cut('--from', '+1s', '--to', '+5s')).rejects.toThrow('file exists, not overwritten');
    await expect(cut('--from', '+5s', '--to', '+1s')).rejects.toThrow('--from +5s is not before --to +1s');
    await expect(cut('--from', '+5s', '--to', 'lunch')).rejects.toThrow('--to: "lunch": neither a time nor a marker');
    expect(readdirSync(folder).filter((name) => name.includes('slice'))).toEqual([
      'slice.cc.zst',
      'slice.cc.zst.cutting',
    ]);
    expect(statSync(out).size).toBe(4);
  });

  test.each([
    [[], 'missing FILE'],
    [['a', '--from', '1'], 'missing --to'],
    [['a', 'b'], 'unexpected argument "b"'],
  ])('refuses %j with the reason', (args, reason) => {
    expect(() => parseCommand(['cut', ...args])).toThrow(reason);
  });
});

describe('cutTime', () => {
  const startMs = Date.parse('2026-05-01T23:50:00Z');
  const at = (minutes: number) => startMs + minutes * 60_000;
  const marks = [
    { wallMs: at(2), text: 'before' },
    { wallMs: at(4), text: '' },
    { wallMs: at(6), text: 'Twice' },
    { wallMs: at(7), text: 'twice' },
  ];
  const scale = { startMs, endMs: at(20), marks };

  test.each([
    ['2026-05-01T23:55:00Z', 5],
    ['23:55', 5],
    ['00:05:30', 15.5],
    ['+90s', 1.5],
    ['-2m', 18],
    ['before', 2],
    ['#2', 4],
  ])('takes %s for minute %d', (text, minutes) => {
    expect(cutTime(text, scale)).toBe(at(minutes));
  });

  test.each([
    ['+3h', 'outside of the recording'],
    ['twice', '2 markers are called "twice": name one by its number, as #3'],
    ['#9', 'neither a time nor a marker'],
  ])('refuses %s with the reason', (text, problem) => {
    expect(cutTime(text, scale)).toMatchObject({ problem: expect.stringContaining(problem) });
  });
});
