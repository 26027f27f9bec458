import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { rulesFolders } from '../../src/commands/arguments.ts';
import { readKnownTrouble } from '../../src/commands/known-trouble.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};

const SCENARIO = `checks:
  has_it:
    apt:
      mylib:
        - min: 1.10
          max: 1.20
conclusions:
  lp1:
    decision: has_it
    raises:
      type: LaunchpadBug
      bug-id: 1
      message: >-
        Upgrade
        it.
`;
const DEFS = 'hotsos/defs/scenarios';

test('readKnownTrouble reads scenarios of a checkout, with versions as texts', () => {
  write(`${DEFS}/ceph/bugs/lp1.yaml`, SCENARIO);
  write(`${DEFS}/ceph/ceph.yaml`, 'requires:\n  apt: ceph-osd\n');
  write('tests/other.yaml', SCENARIO);
  const { scenarios } = readKnownTrouble([folder]);
  expect(scenarios).toMatchObject([{ id: 'lp1', path: 'ceph/bugs/lp1.yaml', bug: '1', message: 'Upgrade it.' }]);
  expect(JSON.stringify(scenarios[0]?.condition)).toContain('"atLeast":"1.10"');
  expect(JSON.stringify(scenarios[0]?.condition)).toContain('ceph-osd');
});

test('readKnownTrouble reads OSV documents, single and in lists', () => {
  const osv = { id: 'USN-1-1', affected: [{ package: { ecosystem: 'Ubuntu:22.04:LTS', name: 'x' }, ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '2' }] }] }] }; // prettier-ignore
  write('usn/USN-1-1.json', JSON.stringify(osv));
  write('all.json', JSON.stringify([osv, osv, 7]));
  write('broken.json', '{');
  expect(readKnownTrouble([folder]).advisories).toHaveLength(3);
});

test('readKnownTrouble is not led out of the folder, nor stopped by hostile files', () => {
  write('good.yaml', SCENARIO);
  write('bomb.yaml', `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghij'.split('').map((name, i) => `${name}: &${name} [${`*${'abcdefghij'[i]},`.repeat(9)}]`).join('\n')}\nconclusions: *j\n`); // prettier-ignore
  write('large.yaml', `x: ${'y'.repeat(300_000)}`);
  write('deep.yaml', `conclusions: {x: {decision: ${'['.repeat(20_000)}}}`);
  write('type.yaml', 'conclusions: !!js/function "x"\n');
  symlinkSync('/proc', join(folder, 'proc'));
  symlinkSync('/etc/passwd', join(folder, 'passwd.json'));
  expect(readKnownTrouble([folder]).scenarios.map(({ id }) => id)).toEqual(['lp1']);
});

test('readKnownTrouble names a folder that has none', () => {
  expect(() => readKnownTrouble([join(folder, 'absent')])).toThrow(/not a folder/);
  expect(() => readKnownTrouble([folder])).toThrow(/neither scenarios of hotsos nor OSV or USN documents/);
});

test('rulesFolders has each --rules', () => {
  expect(rulesFolders(['host', '--rules', '/a', '--rules=/b'])).toEqual(['/a', '/b']);
  expect(rulesFolders(['host'])).toEqual([]);
});
