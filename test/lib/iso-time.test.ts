import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { epochSeconds, utcTime } from '../../src/lib/iso-time.ts';
import { anyText } from '../helpers/arbitrary.ts';

test.each([
  ['1970-01-01T00:00:00Z', 0],
  ['2026-11-23T16:42:49.281015969Z', 1_795_452_169.281],
  ['2024-02-29T23:59:59+01:00', 1_709_247_599],
  ['2026-05-07T21:09:36.000000000+00:00', 1_778_188_176],
])('%s', (text, seconds) => {
  expect(epochSeconds(text)).toBeCloseTo(seconds, 3);
});

test.each(['', '0001-01-01T00:00:00Z', 'yesterday', '2026-13-01T00:00:00Z', '2026-11-23'])(
  'epochSeconds is undefined for %j',
  (text) => {
    expect(epochSeconds(text)).toBeUndefined();
  },
);

test('epochSeconds agrees with Date, and takes any text', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date('2200-01-01'), noInvalidDate: true }), (date) => {
      expect(epochSeconds(date.toISOString())).toBeCloseTo(date.getTime() / 1000, 3);
    }),
  );
  fc.assert(fc.property(anyText, (text) => void epochSeconds(text)));
});

test('utcTime keeps all digits of a time and takes its zone away', () => {
  expect(utcTime('2026-05-01T00:30:01.123456789+01:00')).toBe('2026-04-30T23:30:01.123456789Z');
  expect(utcTime('2026-05-01T10:00:01-02:30')).toBe('2026-05-01T12:30:01Z');
  expect(utcTime('2026-05-01T10:00:00.5Z')).toBe('2026-05-01T10:00:00.5Z');
  for (const text of ['2026-99-99T10:00:00Z', '10:00:00', '', '9999-12-31T99:99:99Z.5'])
    expect(utcTime(text)).toBeUndefined();
});
