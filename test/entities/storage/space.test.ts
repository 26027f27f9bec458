import { describe, expect, test } from 'vitest';
import { fillings, spaceSeverity, usedPct } from '../../../src/entities/storage/space.ts';
import { parseFilesystems } from '../../../src/sources/storage/filesystems.ts';

const table = (blocks: number, available: number) =>
  parseFilesystems(`1024,${blocks},${available},${available},0,0,0\t1 1 8:1 / /srv rw - ext4 /dev/sda1 rw`, undefined);

/** Source with these free KiB, one reading each 20 s. */
const seen = (...free: readonly number[]) => {
  const history = free.map((kib, i) => ({
    sample: table(1e6, kib),
    at: 100 + 20 * i,
    wallMs: 0,
    missing: {},
    tookMs: 1,
  }));
  const now = history.at(-1)?.sample;
  return { now, before: undefined, seconds: undefined, ageMs: 0, tookMs: 1, missing: {}, history, older: () => [] };
};

describe('fillings', () => {
  test('gives the time left when the free space falls in both halves', () => {
    const filling = fillings(seen(900, 890, 880, 870, 860, 850, 840, 830)).get('/srv');
    expect(filling?.bytesPerSec).toBe(512);
    expect(filling?.secondsLeft).toBe(1660);
  });

  test('gives none when one large file came, space was freed, or the course is short', () => {
    expect(fillings(seen(900, 100, 100, 100, 100, 100, 100, 100)).size).toBe(0);
    expect(fillings(seen(900, 800, 700, 600, 700, 800, 900, 950)).size).toBe(0);
    expect(fillings(seen(900, 800, 700)).size).toBe(0);
  });
});

test.each([
  [89, undefined, undefined],
  [90, undefined, 'warn'],
  [97, undefined, 'crit'],
  [60, 1799, 'warn'],
  [60, 3600, undefined],
  [60, 200_000, undefined],
  [40, 60, undefined],
  [92, 599, 'crit'],
  [92, 600, 'warn'],
])('spaceSeverity of %s %% that fills up in %s s is %s', (pct, secondsLeft, severity) => {
  const filling = secondsLeft === undefined ? undefined : { bytesPerSec: 1, secondsLeft };
  expect(spaceSeverity(pct, filling)).toBe(severity);
});

test('usedPct is unknown on a filesystem without blocks', () => {
  expect(usedPct(table(0, 0).filesystems[0]!)).toBeUndefined();
});
