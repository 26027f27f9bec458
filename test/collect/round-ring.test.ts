import { expect, test } from 'vitest';
import { RoundRing, type Round } from '../../src/collect/round-ring.ts';

const round = (wallMs: number, text = 'x'): Round => ({
  source: 'words',
  asked: {
    sample: undefined,
    at: wallMs / 1000,
    missing: {},
    readings: [{ name: 'text', read: { kind: 'file', path: '/proc/words' }, reading: { ok: true, value: text, at: 1, tookMs: 1 } }], // prettier-ignore
  },
  wallMs,
  tookMs: 1,
  look: false,
});

const timesOf = (ring: RoundRing) => ring.rounds.map(({ wallMs }) => wallMs);

test('RoundRing keeps the rounds of its time', () => {
  const ring = new RoundRing(3000);
  for (let second = 0; second < 10; second++) ring.add(round(second * 1000));
  expect(timesOf(ring)).toEqual([6000, 7000, 8000, 9000]);
});

test('RoundRing drops the oldest rounds when their text is above its limit', () => {
  const ring = new RoundRing(60_000, 100);
  for (let second = 0; second < 10; second++) ring.add(round(second * 1000, 'x'.repeat(40)));
  expect(timesOf(ring)).toEqual([8000, 9000]);
});
