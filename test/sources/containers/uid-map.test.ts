import { expect, test } from 'vitest';
import { uidInside, uidRanges } from '../../../src/sources/containers/uid-map.ts';

test('uidInside maps a user id of the host when a range holds it', () => {
  const ranges = uidRanges('         0     100000      65536\n     65536       1000          1\n');
  expect(uidInside(100_033, ranges)).toBe(33);
  expect(uidInside(1000, ranges)).toBe(65_536);
  expect(uidInside(0, ranges)).toBeUndefined();
  expect(uidInside(165_536, ranges)).toBeUndefined();
  expect(uidRanges('0 x 1\n\n7')).toEqual([]);
});
