import { expect, test } from 'vitest';
import { counterEvents, pastAfter } from '../../src/timeline/last-event.ts';

const seen = (counter: readonly (readonly [at: number, value: number | undefined])[], ageMs = 0) => ({
  ageMs,
  history: counter.map(([at, value]) => ({ sample: value, at, wallMs: at * 1000, missing: {}, tookMs: 0 })),
});
const events = (...counter: Parameters<typeof seen>[0]) => counterEvents(seen(counter), (value) => value, 60);

test('counterEvents counts increments and dates the last one', () => {
  expect(events([0, 3], [10, 5], [20, 6], [30, 6])).toEqual({ count: 3, ageSeconds: 10, watchedSeconds: 30 });
  expect(events([0, 3], [10, 3])).toEqual({ count: 0, ageSeconds: undefined, watchedSeconds: 10 });
  expect(counterEvents(seen([[0, 3], [10, 4]], 2500), (value) => value, 60).ageSeconds).toBe(2.5); // prettier-ignore
});

test('counterEvents skips gaps, resets and boots', () => {
  expect(events([0, 3], [10, undefined], [20, 4], [30, undefined])).toMatchObject({ count: 1, ageSeconds: 10 });
  expect(events([0, 9], [10, 1], [20, 2])).toMatchObject({ count: 1, ageSeconds: 0 });
  expect(events([5000, 1], [3, 2], [13, 2])).toEqual({ count: 0, ageSeconds: undefined, watchedSeconds: 10 });
});

test('counterEvents stops at the window', () => {
  expect(events([0, 0], [100, 7], [110, 7], [170, 8])).toEqual({ count: 1, ageSeconds: 0, watchedSeconds: 60 });
});

test('pastAfter keeps an event present for a minute', () => {
  expect(pastAfter(60)).toEqual({});
  expect(pastAfter(61)).toEqual({ past: { ageSeconds: 61 } });
  expect(pastAfter(undefined)).toEqual({ past: { ageSeconds: undefined } });
});
