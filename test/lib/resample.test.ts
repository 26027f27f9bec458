import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resample } from '../../src/lib/resample.ts';

describe('resample', () => {
  test('gives means of equal stretches, undefined for one without a value', () => {
    const points = [
      { wallMs: 0, value: 10 },
      { wallMs: 10, value: 20 },
      { wallMs: 25, value: 5 },
      { wallMs: 60, value: undefined },
      { wallMs: 100, value: 7 },
    ];
    expect(resample(points, 0, 100, 4)).toEqual([15, 5, undefined, 7]);
  });

  test('gives nothing when the range is empty', () => {
    expect(resample([{ wallMs: 5, value: 1 }], 5, 5, 2)).toEqual([undefined, undefined]);
    expect(resample([], Infinity, -Infinity, 3)).toEqual([undefined, undefined, undefined]);
  });

  test('stays within the range of values', () => {
    const point = fc.record({
      wallMs: fc.integer({ min: -10, max: 110 }),
      value: fc.option(fc.integer({ min: 3, max: 9 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(point), fc.integer({ min: 1, max: 20 }), (points, steps) => {
        const means = resample(points, 0, 100, steps);
        expect(means).toHaveLength(steps);
        expect(means.every((mean) => mean === undefined || (mean >= 3 && mean <= 9))).toBe(true);
      }),
    );
  });
});
