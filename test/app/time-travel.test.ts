import { describe, expect, test } from 'vitest';
import type { Replay } from '../../src/collect/session.ts';
import type { Change } from '../../src/changes/change.ts';
import { TimeTravel } from '../../src/app/time-travel.ts';
import { makeTheme } from '../../src/theme.ts';
import { unstyled } from '../../src/lib/text-width.ts';
import { FakeSession, START_MS } from '../helpers/fake-session.ts';

const theme = makeTheme({ colour: false, ascii: false });

function looking() {
  const session = new FakeSession();
  const entry = (wallMs: number) => ({ sample: {}, at: wallMs / 1000, wallMs, missing: {}, tookMs: 1 });
  for (let second = 0; second <= 60; second++) session.timeline.append('loadavg', entry(START_MS + second * 1000));
  session.nowMs = START_MS + 60_000;
  session.marked.push(
    { wallMs: START_MS + 10_000, kind: 'finding', severity: 'crit', text: 'a disk hangs' },
    { wallMs: START_MS + 40_000, kind: 'note', text: 'restarted it' },
  );
  return { session, time: new TimeTravel(session, () => session.nowMs) };
}

describe('in a live session', () => {
  test('bar is undefined while live', () => {
    const { session, time } = looking();
    expect(time.bar(80, theme)).toBeUndefined();
    time.pause();
    expect(session.timeline.cursorMs).toBe(START_MS + 60_000);
    time.step(-1, ['loadavg']);
    time.step(-1, ['loadavg']);
    expect(session.timeline.cursorMs).toBe(START_MS + 58_000);
    expect(unstyled(time.bar(80, theme)?.line ?? '')).toMatchInlineSnapshot(
      `" history 12:03:51 ────────▲───────────────────────n─────────────‖─ 12:04:51 -2s "`,
    );
    time.pause();
    expect(session.timeline.cursorMs).toBeUndefined();
  });

  test('jump moves from mark to mark, and returns undefined without one', () => {
    const { session, time } = looking();
    const there = (direction: -1 | 1) => time.jump(direction)?.map(({ kind }) => kind);
    expect(there(1)).toBeUndefined();
    expect(there(-1)).toEqual(['note']);
    expect(session.timeline.cursorMs).toBe(START_MS + 40_000);
    expect(there(-1)).toEqual(['finding']);
    expect(session.timeline.cursorMs).toBe(START_MS + 10_000);
    expect(there(-1)).toBeUndefined();
    expect(there(1)).toEqual(['note']);
    expect(session.timeline.cursorMs).toBe(START_MS + 40_000);
  });

  test('timeAt returns the time of a cell at any width', () => {
    const { time } = looking();
    void time.go(START_MS);
    for (const columns of [60, 80, 200]) {
      const bar = time.bar(columns, theme);
      const line = unstyled(bar?.line ?? '');
      expect(line).toHaveLength(columns);
      expect(bar?.timeAt(line.indexOf('n', 20))).toBeCloseTo(START_MS + 40_000, -4);
      expect(bar?.timeAt(0)).toBeUndefined();
      expect(bar?.timeAt(columns - 1)).toBeUndefined();
    }
  });

  test('bar and jump have changes, those within 10 s as one', () => {
    const { session } = looking();
    const change = (second: number, subject: string): Change => ({
      atMs: START_MS + second * 1000,
      what: 'package',
      subject,
      sentence: 'upgraded 1 → 2',
      source: '/var/log/dpkg.log',
    });
    // Newest first, as they are listed; the last one is from before the session.
    const changes = [change(26, 'vim'), change(24, 'openssl'), change(-600, 'older')];
    const time = new TimeTravel(
      session,
      () => session.nowMs,
      () => changes,
    );
    time.pause();
    expect(unstyled(time.bar(80, theme)?.line ?? '')).toMatchInlineSnapshot(
      `" history 12:03:51 ────────▲───────────c───────────n──────────────‖ 12:04:51 now "`,
    );
    const there = (direction: -1 | 1) => time.jump(direction)?.map(({ kind, text }) => `${kind} ${text}`);
    expect(there(-1)).toEqual(['note restarted it']);
    expect(there(-1)).toEqual(['change vim and 1 more (package): upgraded 1 → 2']);
    expect(there(-1)).toEqual(['finding a disk hangs']);
    expect(there(-1)).toBeUndefined();
  });

  test('bar shows the finding when a change is in the same cell', () => {
    const { session } = looking();
    const change = { atMs: START_MS + 10_000, what: 'boot', subject: 'host', sentence: 'booted', source: 'x' } as const;
    const time = new TimeTravel(
      session,
      () => session.nowMs,
      () => [change],
    );
    time.pause();
    expect(unstyled(time.bar(80, theme)?.line ?? '')).not.toContain('c');
  });

  test('bar is unchanged while paused', () => {
    const { session, time } = looking();
    time.pause();
    const before = time.bar(100, theme)?.line;
    session.nowMs += 5000;
    expect(time.bar(100, theme)?.line).toBe(before);
  });
});

describe('in a recording', () => {
  function replaying() {
    const { session, time } = looking();
    const did: string[] = [];
    let playing = true;
    session.replay = {
      startMs: START_MS,
      endMs: START_MS + 60_000,
      positionMs: () => START_MS + 30_000,
      playing: () => playing,
      speed: () => 4,
      play: () => void (playing = true),
      pause: () => void (playing = false),
      changeSpeed: () => undefined,
      seek: async (wallMs) => void did.push(`seek ${(wallMs - START_MS) / 1000}`),
      loadBack: async () => undefined,
    } satisfies Replay;
    session.nowMs = START_MS + 30_000;
    return { session, time, did, playing: () => playing };
  }

  test('pause stops and resumes, and the bar shows the speed', () => {
    const { time, playing } = replaying();
    expect(unstyled(time.bar(90, theme)?.line ?? '')).toContain('replay 4x');
    time.pause();
    expect(playing()).toBe(false);
    expect(unstyled(time.bar(90, theme)?.line ?? '')).toContain('replay paused');
    time.pause();
    expect(playing()).toBe(true);
  });

  test('pause at the end restarts', () => {
    const { session, time, did } = replaying();
    if (session.replay)
      session.replay = { ...session.replay, positionMs: () => START_MS + 60_000, playing: () => false };
    time.pause();
    expect(did).toEqual(['seek 0']);
  });

  test('step and jump pause; pause resumes at the step', () => {
    const { session, time, did, playing } = replaying();
    time.step(-1, ['loadavg']);
    expect(playing()).toBe(false);
    expect(session.timeline.cursorMs).toBe(START_MS + 29_000);
    time.pause();
    expect(did).toEqual(['seek 29']);
    expect(playing()).toBe(true);
    time.jump(1);
    expect(did).toEqual(['seek 29', 'seek 40']);
    time.step(1, ['loadavg']);
    expect(did.at(-1)).toBe('seek 31');
  });
});
