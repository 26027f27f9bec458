import { expect, test } from 'vitest';
import { compareDebianVersions } from '../../src/lib/debian-version.ts';

// Ascending, from deb-version(7) and dpkg's t-version.c.
const ASCENDING = [
  '~~', '~~a', '~', '0', '1.0~beta1~svn1245', '1.0~beta1', '1.0', '1.0-1', '1.0-1ubuntu0.1', '1.0-1.1', '1.0-2', '1.0-10', '1.0a', '1.0+b1', '1.2.3', '1.10',
  '15.2.17-0ubuntu0.20.04.6', '17.2.6-0ubuntu0.22.04.2~cloud0', '17.2.6-0ubuntu0.22.04.2', '99999999999999999999', '100000000000000000000', '1:0.1', '2:0',
]; // prettier-ignore

test.each(ASCENDING.slice(1).map((newer, index) => [ASCENDING[index] ?? '', newer]))(
  'compareDebianVersions puts %s before %s',
  (older, newer) => {
    expect(compareDebianVersions(older, newer)).toBeLessThan(0);
    expect(compareDebianVersions(newer, older)).toBeGreaterThan(0);
  },
);

test('compareDebianVersions takes equal versions for equal', () => {
  expect(compareDebianVersions('0:1.0', '1.0')).toBe(0);
  expect(compareDebianVersions('1.0-0', '1.0')).toBe(0);
  expect(compareDebianVersions('1.01', '1.1')).toBe(0);
});
