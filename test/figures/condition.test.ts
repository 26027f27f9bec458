import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytes, count, kib, ms, percent } from '../../src/lib/units.ts';
import { limitFor, parseCondition, parseDuration } from '../../src/figures/condition.ts';

describe('condition', () => {
  test.each([
    ['osd.1 commit > 200 ms for 3 s', 'osd.1 commit', '>', 200, 'ms', 3],
    ['pid 123 cpu>=90%', 'pid 123 cpu', '>=', 90, '%', 0],
    ['disk util ≥ 95 for 1m30s', 'disk util', '>=', 95, '', 90],
    ['eth0 rx < 1.5MiB/s for 2 min', 'eth0 rx', '<', 1.5, 'MiB', 120],
    ['OOM kills/s  >  0', 'OOM kills/s', '>', 0, '', 0],
    ['default/oom restarts == 3', 'default/oom restarts', '=', 3, '', 0],
    ['load 1 min > 8', 'load 1 min', '>', 8, '', 0],
  ])('parses %s', (text, figure, operator, value, unit, forSeconds) => {
    expect(parseCondition(text)).toMatchObject({ figure, operator, value, unit, forSeconds });
  });

  test.each([
    ['osd.1 commit', 'no operator (>, >=, <, <=, =, !=) after the figure: write "osd.1 commit > 200 ms for 3 s"'],
    ['> 3', 'no figure before ">": write "osd.1 commit"'],
    ['sda util >', 'no number after ">"'],
    ['sda util > 1e9', 'unknown unit "e9"'],
    ['sda await > 3 mss', 'unknown unit "mss"; did you mean "ms"?'],
    ['sda await > 3 ms for ever', '"for ever" is not a time: write "for 3 s" or "for 2 min"'],
    ['sda await > 3 ms for', '"for " is not a time: write "for 3 s" or "for 2 min"'],
    ['sda await > 3 ms for 2h', '"for 2h" is longer than 15 minutes'],
    ['x'.repeat(201), 'a condition has up to 200 characters'],
  ])('refuses %s', (text, problem) => {
    expect(parseCondition(text)).toEqual({ problem });
  });

  test('gives a condition or a sentence for any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parsed = parseCondition(text);
        expect('problem' in parsed ? parsed.problem.length : parsed.figure.length).toBeGreaterThan(0);
      }),
    );
  });
});

test.each([
  ['3s', 3],
  ['3 s', 3],
  ['1m30s', 90],
  ['2 min', 120],
  ['500ms', 0.5],
  ['', undefined],
  ['3', undefined],
  ['3 parsecs', undefined],
])('parseDuration reads %s', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

describe('limitFor', () => {
  test.each([
    ['1.5 s of a latency in ms', 1.5, 's', ms, 1500],
    ['200 ms of a latency in seconds', 200, 'ms', (value: number) => ms(value * 1000), 0.2],
    ['2 GiB of a size in KiB', 2, 'GiB', kib, 2 * 1024 * 1024],
    ['1M of bytes, in binary steps', 1, 'M', bytes, 1024 * 1024],
    ['1 MB of bytes, in decimal steps', 1, 'MB', bytes, 1_000_000],
    ['1M of packets, in decimal steps', 1, 'M', count, 1_000_000],
    ['90 of a share', 90, '', percent, 90],
    ['90% of a share', 90, '%', percent, 90],
    ['3 of digits', 3, '', String, 3],
  ])('converts %s', (_, value, unit, format, limit) => {
    expect(limitFor({ value, unit }, format)).toBeCloseTo(limit, 9);
  });

  test.each([
    ['', ms, 'the figure is a time and the limit has no unit: write ms or s'],
    ['%', bytes, 'the figure is a size and "%" does not fit: write B, KiB, MiB or GiB'],
    ['ms', percent, 'the figure is a percentage and "ms" does not fit: write %'],
    ['GiB', count, 'the figure is a number and "GiB" does not fit: write none, k or M'],
  ])('refuses "%s" where it does not fit', (unit, format, problem) => {
    expect(limitFor({ value: 1, unit }, format)).toEqual({ problem });
  });
});
