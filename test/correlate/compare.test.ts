import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compare, ksStatistic, LEAST_BEFORE, LEAST_DURING, strengthOf } from '../../src/correlate/compare.ts';
import { randomOf } from './random.ts';

const sorted = (...values: readonly number[]) => Float64Array.from(values).toSorted();

describe('ksStatistic', () => {
  test('ksStatistic is the largest distance of the distribution functions', () => {
    expect(ksStatistic(sorted(1, 2, 3, 4), sorted(3, 4, 5, 6))).toBe(0.5);
    expect(ksStatistic(sorted(1, 2), sorted(3, 4))).toBe(1);
    expect(ksStatistic(sorted(1, 1, 2), sorted(1, 1, 2))).toBe(0);
    // Ties across both samples advance together.
    expect(ksStatistic(sorted(0, 0, 0, 1), sorted(0, 1, 1, 1))).toBe(0.5);
  });
});

describe('compare', () => {
  const noise = (random: () => number, length: number, level = 0) =>
    Array.from({ length }, () => level + random() - 0.5);

  test('compare finds a step strong, with its direction and size', () => {
    const random = randomOf(1);
    const found = compare(noise(random, 48, 10), noise(random, 12, 20), 0);
    expect(found && strengthOf(found)).toBe('strong');
    expect(found?.direction).toBe(1);
    expect(found?.beforeMedian).toBeCloseTo(10, 0);
    expect(found?.duringMedian).toBeCloseTo(20, 0);
    const fall = compare(noise(random, 48, 20), noise(random, 12, 10), 0);
    expect(fall?.direction).toBe(-1);
  });

  test('compare finds peaks where the median stays', () => {
    const random = randomOf(2);
    const peaks = noise(random, 12).map((value, i) => (i % 3 === 0 ? value + 50 : value));
    const found = compare(noise(random, 48), peaks, 0);
    expect(found?.kind).toBe('peaks');
    expect(found?.extreme).toBeGreaterThan(49);
    expect(found && strengthOf(found)).toBe('clear');
  });

  test('compare is undefined for a constant and with too few readings', () => {
    const same = Array.from({ length: 20 }, () => 5);
    expect(compare(same, [5, 5, 5], 0)).toBeUndefined();
    expect(compare(same.slice(0, LEAST_BEFORE - 1), [9, 9, 9], 0)).toBeUndefined();
    expect(compare(same, [9, 9, 9].slice(0, LEAST_DURING - 1), 0)).toBeUndefined();
    expect(compare(same, [9, 9, 9], 0)?.spreads).toBe(1000);
  });

  test('compare takes a change below the floor for jitter', () => {
    const before = Array.from({ length: 20 }, (_, i) => (i % 2) * 0.001);
    const found = compare(before, [0.5, 0.5, 0.5, 0.5], 1);
    expect(found && strengthOf(found)).toBeUndefined();
  });

  test('compare does not depend on a shift or a scale of the values', () => {
    const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 6, maxLength: 60 });
    fc.assert(
      fc.property(
        values,
        values,
        fc.integer({ min: 1, max: 64 }),
        fc.integer({ min: -500, max: 500 }),
        fc.integer({ min: 0, max: 20 }),
        (before, during, scale, shift, floor) => {
          const map = (all: readonly number[]) => all.map((value) => value * scale + shift);
          const plain = compare(before, during, floor);
          const mapped = compare(map(before), map(during), floor * scale);
          expect(mapped?.separation).toBe(plain?.separation);
          expect(mapped?.kind).toBe(plain?.kind);
          expect(mapped?.direction).toBe(plain?.direction);
          expect(mapped?.spreads ?? 0).toBeCloseTo(plain?.spreads ?? 0, 6);
        },
      ),
    );
  });

  test('compare swaps the direction for mirrored values', () => {
    const random = randomOf(3);
    const [before, during] = [noise(random, 30, 5), noise(random, 10, 9)];
    const mirrored = compare(before.map((value) => -value), during.map((value) => -value), 0); // prettier-ignore
    expect(mirrored?.direction).toBe(-1);
    expect(mirrored?.spreads).toBeCloseTo(compare(before, during, 0)?.spreads ?? 0, 9);
  });
});
