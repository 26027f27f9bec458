import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Keepalive, keepalive } from '../../../src/host/ssh/keepalive.ts';

let events: string[] = [];
let line: Keepalive;
let answers = true;

beforeEach(() => {
  vi.useFakeTimers();
  events = [];
  answers = true;
  line = keepalive({
    probe: () => {
      events.push('probe');
      if (answers) setTimeout(line.received, 50);
    },
    silence: (quietMs) => events.push(quietMs === undefined ? 'data' : 'silent'),
    lost: () => events.push('lost'),
  });
});
afterEach(() => {
  line.stop();
  vi.useRealTimers();
});

const pass = (milliseconds: number): void => void vi.advanceTimersByTime(milliseconds);

it('probes a quiet connection, never one in use', () => {
  for (let i = 0; i < 20; i++) {
    pass(500);
    line.received();
  }
  expect(events).toEqual([]);
  pass(10_000);
  expect(new Set(events)).toEqual(new Set(['probe']));
});

it('is lost after a minute when no first session opens', () => {
  answers = false;
  pass(62_000);
  expect(events).toContain('silent');
  expect(events).not.toContain('lost');
  pass(20_000);
  expect(events.at(-1)).toBe('lost');
});

it('is silent within 4 s and lost within 18 s after the first session', () => {
  line.sessionOpened();
  answers = false;
  pass(4000);
  expect(events).toEqual(['probe', 'silent']);
  pass(10_000);
  expect(events).not.toContain('lost');
  pass(4000);
  expect(events).toEqual(['probe', 'silent', 'probe', 'probe', 'lost']);
  pass(60_000);
  expect(events.filter((what) => what === 'lost')).toHaveLength(1);
});

it('is lost within 9 s when vigilant', () => {
  answers = false;
  line.setVigilant(true);
  pass(9000);
  expect(events.at(-1)).toBe('lost');
});

it('reports data once when it arrives again, and restarts', () => {
  answers = false;
  pass(5000);
  line.received();
  answers = true;
  pass(10_000);
  expect(events.filter((what) => what !== 'probe')).toEqual(['silent', 'data']);
});

it('probes before a loss when the machine was suspended', () => {
  vi.setSystemTime(Date.now() + 3_600_000);
  pass(2500);
  expect(events).toEqual(['probe']);
  pass(1000);
  expect(events).not.toContain('lost');
});

it('sends nothing after stop', () => {
  answers = false;
  line.stop();
  pass(60_000);
  expect(events).toEqual([]);
});
