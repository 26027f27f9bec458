import { describe, expect, test } from 'vitest';
import { Backoff } from '../../src/host/backoff.ts';

describe('Backoff', () => {
  test('waits longer after each try, up to a minute', () => {
    const backoff = new Backoff(() => 0);
    const waits = Array.from({ length: 9 }, () => {
      const waitMs = backoff.waitMs();
      backoff.tried();
      return waitMs;
    });
    expect(waits).toEqual([200, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 60_000]);
  });

  test('goes on when what was started ends within a minute', () => {
    let nowMs = 0;
    const backoff = new Backoff(() => nowMs);
    backoff.tried();
    backoff.started();
    nowMs += 59_999;
    expect(backoff.ended()).toBe(false);
    expect(backoff.waitMs()).toBe(1000);
  });

  test('begins again when what was started lived for a minute', () => {
    let nowMs = 0;
    const backoff = new Backoff(() => nowMs);
    backoff.tried();
    backoff.started();
    nowMs += 60_000;
    expect(backoff.ended()).toBe(true);
    expect(backoff.waitMs()).toBe(200);
  });

  test('does not count the time after the end when ended is called twice', () => {
    let nowMs = 0;
    const backoff = new Backoff(() => nowMs);
    backoff.tried();
    backoff.started();
    backoff.ended();
    nowMs += 120_000;
    expect(backoff.ended()).toBe(false);
    expect(backoff.waitMs()).toBe(1000);
  });
});
