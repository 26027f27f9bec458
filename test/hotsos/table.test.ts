import { expect, test } from 'vitest';
import { tableOf, type Outcome } from './table.ts';

const outcome = (name: string, more: Partial<Outcome>, hasFault = true): Outcome => ({
  scenario: { name, target: name, hasFault, patched: [], files: {}, copied: [] },
  expected: false,
  named: undefined,
  reason: undefined,
  ...more,
});

test('tableOf counts faults by why they are not named, and findings without a fault', () => {
  const named = { rule: 'disk-slow', statement: 'sda: await 20ms' };
  const table = tableOf([
    outcome('kernel/a', { expected: true, named }),
    outcome('kernel/b', {}),
    outcome('juju/c', { reason: { scenarios: /./, kind: 'no layer', reason: 'Juju' } }),
    outcome('kernel/calm', { named }, false),
  ]);
  expect(table).toContain('in the files of the test | 2 |');
  expect(table).toContain('named by a finding | 1 |');
  expect(table).toContain('does not read | 1 |');
  expect(table).toContain('| 1 of 1 |');
  expect(table).toContain('| kernel/a | disk-slow |');
  expect(table).toContain('| no rule | not looked at yet | 1 | kernel/b |');
});
