import { expect, test } from 'vitest';
import { zonedMs } from '../../src/lib/zoned-time.ts';

test.each([
  ['2026-11-29 18:13:05', 'Etc/UTC', '2026-11-29T18:13:05Z'],
  ['2026-11-29 18:13:05', 'Europe/Berlin', '2026-11-29T17:13:05Z'],
  ['2026-07-01 00:30:00', 'Europe/Berlin', '2026-06-30T22:30:00Z'],
  ['2026-07-01 00:30:00', 'Asia/Kolkata', '2026-06-30T19:00:00Z'],
  // One hour before and after the clocks change at 01:00 UTC.
  ['2026-03-29 01:59:59', 'Europe/Berlin', '2026-03-29T00:59:59Z'],
  ['2026-03-29 03:00:00', 'Europe/Berlin', '2026-03-29T01:00:00Z'],
])('zonedMs gives the time of %s when the zone is %s', (printed, zone, utc) => {
  expect(zonedMs(printed, zone)).toBe(Date.parse(utc));
});

test('zonedMs gives undefined when the text is not a time or the zone is unknown', () => {
  expect(zonedMs('18:13', 'Etc/UTC')).toBeUndefined();
  expect(zonedMs('2026-99-29 18:13:05', 'Etc/UTC')).toBeUndefined();
  expect(zonedMs('2026-11-29 18:13:05', 'Mars/Base')).toBeUndefined();
});
