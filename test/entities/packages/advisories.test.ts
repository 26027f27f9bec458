import { expect, test } from 'vitest';
import { advisoriesOf, advisoryMatches, bySource } from '../../../src/entities/packages/advisories.ts';
import { packages } from '../../../src/sources/packages/packages.ts';

// Shape of https://github.com/canonical/ubuntu-security-notices, osv/usn.
const usn = (events: readonly unknown[], ecosystem = 'Ubuntu:22.04:LTS', more: object = {}) => ({
  id: 'USN-7018-1',
  summary: 'openssl vulnerabilities',
  affected: [{ package: { ecosystem, name: 'openssl' }, ranges: [{ type: 'ECOSYSTEM', events }] }],
  ...more,
});
const JAMMY = { osId: 'ubuntu', osVersion: '22.04' };
const FIXED = [{ introduced: '0' }, { fixed: '3.0.2-0ubuntu1.18' }];
const installed = (version: string) =>
  packages.parse({
    dpkg: `ii \topenssl\tamd64\t${version}\topenssl\nii \tlibssl3\tamd64\t${version}\topenssl`,
    rpm: undefined,
  });
const matches = (osv: unknown, version: string, os = JAMMY) =>
  advisoryMatches(bySource(advisoriesOf(osv)), installed(version), os).map(({ package: { name }, fixed }) => [name, fixed]); // prettier-ignore

test('advisoryMatches has a source package once, below the version with the fix', () => {
  expect(matches(usn(FIXED), '3.0.2-0ubuntu1.17')).toEqual([['openssl', '3.0.2-0ubuntu1.18']]);
  expect(matches(usn(FIXED), '3.0.2-0ubuntu1.18')).toEqual([]);
  expect(matches(usn(FIXED), '3.0.2-0ubuntu1.18+b1')).toEqual([]);
});

test('advisoryMatches takes advisories of the release of the host alone', () => {
  expect(matches(usn(FIXED, 'Ubuntu:20.04:LTS'), '3.0.2-0ubuntu1.17')).toEqual([]);
  expect(matches(usn(FIXED, 'Ubuntu:Pro:22.04:LTS'), '3.0.2-0ubuntu1.17')).toHaveLength(1);
  expect(matches(usn(FIXED, 'Debian:12'), '3.0.2-0ubuntu1.17')).toEqual([]);
  expect(matches(usn([{ introduced: '0' }, { fixed: '3.0.14-1~deb12u2' }], 'Debian:12'), '3.0.13-1~deb12u1', { osId: 'debian', osVersion: '12' })).toHaveLength(1); // prettier-ignore
});

test('advisoriesOf reads notices in the form of the security team of Ubuntu', () => {
  // USN-7018-1.json of usn/, without its texts.
  const notice = {
    id: 'USN-7018-1',
    releases: { trusty: { sources: { openssl: { description: 'SSL', version: '1.0.1f-1ubuntu2.27+esm10' } } }, unknown: { sources: { x: { version: '1' } } } },
    summary: 'openssl vulnerabilities',
  }; // prettier-ignore
  const trusty = { osId: 'ubuntu', osVersion: '14.04' };
  expect(matches(notice, '1.0.1f-1ubuntu2.27+esm9', trusty)).toEqual([['openssl', '1.0.1f-1ubuntu2.27+esm10']]);
  expect(matches(notice, '1.0.1f-1ubuntu2.27+esm10', trusty)).toEqual([]);
});

test('advisoriesOf keeps ranges in order, also without an end', () => {
  const [one] = advisoriesOf(usn([{ introduced: '1' }, { last_affected: '2' }, { introduced: '3' }]));
  expect(one?.ranges).toEqual([{ atLeast: '1', atMost: '2' }, { atLeast: '3' }]);
});

test.each([undefined, 7, {}, { id: 'x' }, usn([], 'npm'), usn(FIXED, 'Ubuntu:22.04:LTS', { withdrawn: '2026-01-01' })])('advisoriesOf has none of %j', (osv) => {
  expect(advisoriesOf(osv)).toEqual([]);
}); // prettier-ignore
