import { expect, test } from 'vitest';
import { advisoriesOf } from '../../../src/entities/packages/advisories.ts';
import { scenariosOf } from '../../../src/entities/packages/hotsos-scenario.ts';
import { troubleFindings } from '../../../src/findings/packages/known-trouble.ts';
import type { AnyFinding } from '../../../src/findings/finding.ts';
import { DPKG_QUERY } from '../../../src/sources/packages/packages.ts';
import { foundOn } from '../../helpers/found-on.ts';

const OVS = { [DPKG_QUERY.join(' ')]: 'ii \tmylib\tamd64\t1.5-0ubuntu1\tmysource\n' };
const raises = (type: string) => ({ type, 'bug-id': '99', message: 'Library {package} loses data.' });
const scenarios = scenariosOf(
  {
    checks: { old: { apt: { mylib: [{ max: '2' }] } }, python: { property: 'a.b' }, other: { apt: 'elsewhere' } },
    conclusions: {
      'lp-99': { decision: 'old', raises: raises('LaunchpadBug') },
      half: { decision: ['old', 'python'], raises: raises('OpenstackError') },
      passed: { decision: 'other', raises: raises('OpenstackError') },
    },
  },
  'mylib/lp99.yaml',
  [],
);
const only = (rules: readonly AnyFinding[]): AnyFinding => {
  const [rule] = rules;
  if (!rule || rules.length > 1) throw new Error('one rule');
  return rule;
};

test('troubleFindings names a scenario that holds, and lists those that were not evaluated', async () => {
  const found = await foundOn(only(troubleFindings({ scenarios, advisories: [] })), 'cloud-vm', [OVS]);
  expect(found.map(({ severity, subject, sentence }) => [severity, subject, sentence])).toEqual([
    ['info', 'lp-99', 'Library {package} loses data.'],
    ['info', 'hotsos', '1 of 3 scenarios not evaluated: Python or logs that are not read'],
  ]);
  expect(found[1]?.evidence).toEqual([{ what: 'half', value: 'property needs Python', source: 'mylib/lp99.yaml' }]);
});

test('troubleFindings names nothing before packages were read', async () => {
  expect(troubleFindings({ scenarios: [], advisories: [] })).toEqual([]);
  const rule = only(troubleFindings({ scenarios, advisories: [] }));
  const found = await foundOn(rule, 'cloud-vm', [{ [DPKG_QUERY.join(' ')]: undefined }]);
  expect(found.map(({ subject }) => subject)).toEqual(['hotsos']);
});

test('troubleFindings counts advisories of the release', async () => {
  const advisories = advisoriesOf({
    id: 'DSA-1-1',
    affected: [{ package: { ecosystem: 'Debian:12', name: 'mysource' }, ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '2' }] }] }],
  }); // prettier-ignore
  const os = { '/etc/os-release': 'ID=debian\nVERSION_ID="12"\n' };
  const found = await foundOn(only(troubleFindings({ scenarios: [], advisories })), 'cloud-vm', [{ ...OVS, ...os }]);
  expect(found).toMatchObject([{ severity: 'info', subject: 'advisories', sentence: '1 advisory for 1 source package, DSA-1-1 for mysource', members: [{ kind: 'package' }] }]); // prettier-ignore
});
