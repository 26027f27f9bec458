import { expect, test } from 'vitest';
import { lastKnown, lastValue } from '../../src/timeline/last-known.ts';
import type { Seen } from '../../src/timeline/moment.ts';

const entry = (sample: number | undefined, at: number) => ({
  sample,
  at,
  wallMs: 1_000_000 + at * 1000,
  missing: {},
  tookMs: 1,
});
const seen = (...samples: readonly (number | undefined)[]): Seen<number | undefined> => ({
  now: samples.at(-1),
  before: samples.at(-2),
  seconds: 5,
  ageMs: 2000,
  tookMs: 1,
  missing: {},
  history: samples.map((sample, place) => entry(sample, 5 * place)),
  older: () => [],
});

test('lastKnown is unchanged with a present sample and without any', () => {
  for (const one of [seen(1, 2), seen(undefined, undefined), seen()]) expect(lastKnown(one)).toBe(one);
});

test('lastKnown finds a sample of any age', () => {
  const long = {
    ...seen(undefined, undefined),
    older: () => [entry(7, -5000), entry(8, -4000), entry(undefined, -3000)],
  };
  expect(lastKnown(long)).toMatchObject({ now: 8, ageMs: 4_007_000 });
  expect(lastValue(long, (sample) => sample)).toMatchObject({ value: 8, ageSeconds: 4007, at: -4000 });
  expect(lastValue(long, (sample) => (sample === 9 ? sample : undefined))).toBeUndefined();
  expect(lastValue(seen(1, 2), (sample) => sample)).toMatchObject({ value: 2, ageSeconds: undefined, at: 5 });
});

test('lastKnown has the last sample with its age and without rates', () => {
  expect(lastKnown(seen(1, 2, undefined, undefined))).toMatchObject({
    now: 2,
    before: undefined,
    seconds: undefined,
    ageMs: 12_000,
  });
});
