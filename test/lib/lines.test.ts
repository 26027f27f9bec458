import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { partOf, toPercent } from '../../src/lib/lines.ts';

test('partOf is undefined when a part is negative or above its whole', () => {
  expect([partOf(3, 4), partOf(4, 4), partOf(0, 0), partOf(3, undefined)]).toEqual([3, 4, 0, 3]);
  expect([partOf(5, 4), partOf(-1, 4), partOf(1, 0), partOf(undefined, 4)]).toEqual(Array(4).fill(undefined));
});

test('toPercent gives numbers from 0 to 100 only when it parses any text', () => {
  expect([toPercent('31.60'), toPercent('100'), toPercent('100.1'), toPercent('-0.1'), toPercent('x')]).toEqual([
    31.6,
    100,
    undefined,
    undefined,
    undefined,
  ]);
  fc.assert(
    fc.property(fc.oneof(fc.double().map(String), fc.string()), (text) => {
      const value = toPercent(text);
      expect(value === undefined || (value >= 0 && value <= 100)).toBe(true);
    }),
  );
});
