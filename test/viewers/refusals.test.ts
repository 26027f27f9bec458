import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Refusals } from '../../src/viewers/refusals.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const made = () => {
  const notices: string[] = [];
  return { notices, refusals: new Refusals(({ why, count }) => notices.push(`${count} ${why}`)) };
};

test('Refusals gives the first notice at once, then one in 10 s with the count', () => {
  const { notices, refusals } = made();
  for (let i = 0; i < 1000; i++) refusals.add(`no ticket ${i}`);
  expect(notices).toEqual(['1 no ticket 0']);
  vi.advanceTimersByTime(9999);
  expect(notices).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(notices).toEqual(['1 no ticket 0', '999 no ticket 999']);
  refusals.add('later');
  expect(notices).toHaveLength(2);
  vi.advanceTimersByTime(10_000);
  expect(notices.at(-1)).toBe('1 later');
  vi.advanceTimersByTime(60_000);
  expect(notices).toHaveLength(3);
  refusals.add('after a pause');
  expect(notices.at(-1)).toBe('1 after a pause');
});

test('Refusals gives no notice after its end', () => {
  const { notices, refusals } = made();
  refusals.add('first');
  refusals.add('second');
  refusals.end();
  vi.advanceTimersByTime(60_000);
  expect(notices).toEqual(['1 first']);
});
