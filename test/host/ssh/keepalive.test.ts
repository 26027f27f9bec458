import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Keepalive, keepalive } from '../../../src/host/ssh/keepalive.ts';

let said: string[] = [];
let line: Keepalive;
let answers = true;

beforeEach(() => {
  vi.useFakeTimers();
  said = [];
  answers = true;
  line = keepalive({
    probe: () => {
      said.push('probe');
      if (answers) setTimeout(line.heard, 50);
    },
    silence: (quietMs) => said.push(quietMs === undefined ? 'heard' : 'silent'),
    lost: () => said.push('lost'),
  });
});
afterEach(() => {
  line.stop();
  vi.useRealTimers();
});

const pass = (milliseconds: number): void => void vi.advanceTimersByTime(milliseconds);

it('asks a quiet line, never one in use', () => {
  for (let i = 0; i < 20; i++) {
    pass(500);
    line.heard();
  }
  expect(said).toEqual([]);
  pass(10_000);
  expect(new Set(said)).toEqual(new Set(['probe']));
});

it('waits a minute for the first session of a host that takes its time to let somebody in', () => {
  answers = false;
  pass(62_000);
  expect(said).toContain('silent');
  expect(said).not.toContain('lost');
  pass(20_000);
  expect(said.at(-1)).toBe('lost');
});

it('says silent within 4 s and lost within 18 s when calm', () => {
  line.entered();
  answers = false;
  pass(4000);
  expect(said).toEqual(['probe', 'silent']);
  pass(10_000);
  expect(said).not.toContain('lost');
  pass(4000);
  expect(said).toEqual(['probe', 'silent', 'probe', 'probe', 'lost']);
  pass(60_000);
  expect(said.filter((what) => what === 'lost')).toHaveLength(1);
});

it('gives the line up within 9 s under vigilance', () => {
  answers = false;
  line.setVigilant(true);
  pass(9000);
  expect(said.at(-1)).toBe('lost');
});

it('says heard once when a byte comes again, and starts anew', () => {
  answers = false;
  pass(5000);
  line.heard();
  answers = true;
  pass(10_000);
  expect(said.filter((what) => what !== 'probe')).toEqual(['silent', 'heard']);
});

it('does not give up a line after the machine slept: it asks first', () => {
  vi.setSystemTime(Date.now() + 3_600_000);
  pass(2500);
  expect(said).toEqual(['probe']);
  pass(1000);
  expect(said).not.toContain('lost');
});

it('is still after stop', () => {
  answers = false;
  line.stop();
  pass(60_000);
  expect(said).toEqual([]);
});
