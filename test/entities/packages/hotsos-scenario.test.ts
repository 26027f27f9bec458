import { expect, test } from 'vitest';
import { requiredOf, scenariosOf } from '../../../src/entities/packages/hotsos-scenario.ts';
import { truthOf, type TroubleFacts } from '../../../src/entities/packages/trouble-condition.ts';
import { packages } from '../../../src/sources/packages/packages.ts';

const factsOf = (rows: readonly string[], more: Partial<TroubleFacts> = {}): TroubleFacts => ({
  packages: packages.parse({ dpkg: rows.map((row) => row.replaceAll(' ', '\t').replace('\t', ' \t')).join('\n'), rpm: undefined }), // prettier-ignore
  kernel: '5.4.0-97-generic',
  kernelLines: [],
  ...more,
});
const OSD = 'ii ceph-osd amd64 15.2.8-0ubuntu0.20.04.1 ceph';

/** Truth of the decision `x` over these checks. */
function truth(checks: Readonly<Record<string, unknown>>, decision: unknown, facts: TroubleFacts) {
  const [scenario] = scenariosOf({ checks, conclusions: { x: { decision, raises: { type: 'T', message: 'm' } } } }, 'x.yaml', []); // prettier-ignore
  return scenario && truthOf(scenario.condition, facts);
}

test('scenariosOf keeps bug, message on one line, and path of each conclusion', () => {
  const raises = { type: 'LaunchpadBug', 'bug-id': '1839592', message: 'known\n  bug' };
  expect(scenariosOf({ checks: {}, conclusions: { lp1: { decision: 'none', raises } } }, 'a/b.yaml', [])).toMatchObject(
    [{ id: 'lp1', path: 'a/b.yaml', type: 'LaunchpadBug', bug: '1839592', message: 'known bug' }],
  );
  for (const yaml of [undefined, 'text', [], { conclusions: [] }]) expect(scenariosOf(yaml, 'x', [])).toEqual([]);
});

test('truthOf compares versions as dpkg does, with bounds that are included', () => {
  const inside = (range: unknown, version = '15.2.8-0ubuntu0.20.04.1') =>
    truth({ c: { apt: { 'ceph-osd': [range] } } }, 'c', factsOf([`ii ceph-osd amd64 ${version} ceph`]))?.is;
  expect(inside({ min: '15.2.6', max: '15.2.10' })).toBe(true);
  expect(inside({ min: '15.2.8-0ubuntu0.20.04.1' })).toBe(true);
  expect(inside({ gt: '15.2.8-0ubuntu0.20.04.1' })).toBe(false);
  expect(inside({ max: '15.2.8~rc1' })).toBe(false);
  expect(inside({ wrong: '1' })).toBeUndefined();
  // Of Debian the same version may have the fix.
  expect(inside({ min: '15.2.6' }, '15.2.8-1')).toBeUndefined();
});

test('truthOf ends a range without an end at the next one', () => {
  const checks = { c: { apt: { 'ceph-osd': [{ min: '14' }, { min: '16', max: '17' }] } } };
  const of = (version: string) => truth(checks, 'c', factsOf([`ii ceph-osd amd64 ${version}-0ubuntu1 ceph`]))?.is;
  expect([of('15.1'), of('16.5'), of('17.5')]).toEqual([true, true, false]);
});

test('truthOf needs all packages of a check, installed', () => {
  const facts = factsOf([OSD, 'rc libold amd64 1 libold']);
  expect(truth({ c: { apt: ['ceph-osd', 'libold'] } }, 'c', facts)?.is).toBe(false);
  expect(truth({ c: { apt: 'ceph-osd' } }, ['c'], facts)?.is).toBe(true);
  expect(truth({ c: { apt: 'ceph-osd' } }, 'c', factsOf([], { packages: undefined }))?.is).toBeUndefined();
});

test('truthOf is unknown, never false, where a part needs Python', () => {
  const checks = { installed: { apt: 'ceph-osd' }, absent: { apt: 'nova-compute' }, python: { property: 'hotsos.core.plugins.storage.ceph.X' } }; // prettier-ignore
  const of = (decision: unknown) => truth(checks, decision, factsOf([OSD]))?.is;
  expect(of(['installed', 'python'])).toBeUndefined();
  expect(of(['absent', 'python'])).toBe(false);
  expect(of({ or: ['installed', 'python'] })).toBe(true);
  expect(of({ or: ['absent', 'python'] })).toBeUndefined();
  expect(of({ not: 'python' })).toBeUndefined();
  expect(of(['installed', { not: 'absent' }])).toBe(true);
  expect(of('no-such-check')).toBeUndefined();
  expect(of({ nor: ['absent', 'absent'] })).toBe(true);
  expect(of({ nand: ['installed', 'installed'] })).toBe(false);
});

test('truthOf compares the release of the kernel', () => {
  const check = (...ops: readonly (readonly string[])[]) => ({ c: { property: { path: 'hotsos.core.plugins.kernel.KernelBase.version', ops } } }); // prettier-ignore
  const of = (operator: string, version: string) => truth(check([operator, version]), 'c', factsOf([]))?.is;
  expect([of('lt', '5.4'), of('ge', '5.4'), of('lt', '5.15'), of('ne', '5.4.0-97-generic')]).toEqual([false, true, true, false]); // prettier-ignore
  expect(truth(check(['lt', '6'], ['not_', '']), 'c', factsOf([]))?.is).toBeUndefined();
});

test('truthOf searches lines of the kernel log, and no other log', () => {
  const line = 'Jan  1 00:00:00 host kernel: [    1.000000] qla2xxx [0000:05:00.0]-00af:7: skipping';
  const of = (check: unknown) => truth({ c: check }, 'c', factsOf([], { kernelLines: [line] }))?.is;
  expect(of({ input: { path: 'var/log/kern.log' }, expr: String.raw`.* kernel: \[.*\] qla2xxx (?P<dev>\S+)` })).toBe(true); // prettier-ignore
  expect(of({ input: 'var/log/kern.log', search: { expr: 'nvme' } })).toBe(false);
  expect(of({ input: { path: 'var/log/nova/nova-compute.log' }, expr: 'x' })).toBeUndefined();
  expect(of({ input: { path: 'var/log/kern.log' }, expr: '(' })).toBeUndefined();
  expect(of({ input: { path: 'var/log/kern.log' }, expr: 'x', constraints: { 'min-results': '3' } })).toBeUndefined();
});

test('requiredOf is a condition of all files below a folder', () => {
  const required = requiredOf({ requires: { or: [{ systemd: { 'ceph-osd': 'enabled' } }] } });
  const [scenario] = scenariosOf({ checks: { c: { apt: 'ceph-osd' } }, conclusions: { x: { decision: 'c' } } }, 'x', required); // prettier-ignore
  expect(scenario && truthOf(scenario.condition, factsOf([OSD]))).toEqual({ is: undefined, why: ['systemd needs Python'] }); // prettier-ignore
});

test('truthOf ends at conditions that are nested too deeply', () => {
  let deep: unknown = 'c';
  for (let i = 0; i < 5000; i++) deep = { not: deep };
  expect(truth({ c: { apt: 'ceph-osd' } }, deep, factsOf([OSD]))?.is).toBeUndefined();
});
