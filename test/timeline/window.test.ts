import { expect, test } from 'vitest';
import { overLast } from '../../src/timeline/window.ts';
import type { Seen } from '../../src/timeline/moment.ts';

/** Source with samples at these seconds of the host's clock; a sample is its time, or undefined. */
function seenAt(seconds: readonly number[], unread: readonly number[] = []): Seen<number | undefined> {
  const history = seconds.map((at) => ({
    sample: unread.includes(at) ? undefined : at,
    at,
    wallMs: at * 1000,
    missing: {},
    tookMs: 0,
  }));
  const [last, previous] = [history.at(-1), history.at(-2)];
  const [now, before] = [last?.sample, previous?.sample];
  return { now, before, seconds: 1, ageMs: 0, tookMs: 0, missing: {}, history, older: () => [] };
}

const FIVE = [100, 110, 120, 130, 140];

test('overLast takes the newest sample that is old enough', () => {
  expect(overLast(seenAt(FIVE), 20)).toMatchObject({ now: 140, before: 120, seconds: 20 });
  expect(overLast(seenAt(FIVE), 15)).toMatchObject({ before: 120, seconds: 20 });
});

test('overLast takes the oldest sample when none is old enough, unless the window is too short', () => {
  expect(overLast(seenAt(FIVE), 900)).toMatchObject({ before: 100, seconds: 40 });
  expect(overLast(seenAt(FIVE), 900, 41)).toMatchObject({ now: 140, before: undefined, seconds: undefined });
});

test('overLast skips missing samples and samples before a boot', () => {
  expect(overLast(seenAt(FIVE, [120]), 20)).toMatchObject({ before: 110, seconds: 30 });
  expect(overLast(seenAt([5000, 5010, 3, 13, 23]), 900)).toMatchObject({ before: 3, seconds: 20 });
});

test('overLast has no `before` with one reading', () => {
  expect(overLast(seenAt([100]), 10)).toMatchObject({ now: 100, before: undefined, seconds: undefined });
  expect(overLast(seenAt([]), 10).now).toBeUndefined();
});
