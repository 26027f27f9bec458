import { expect, test } from 'vitest';
import { FindingsAt } from '../../src/collect/findings-at.ts';
import { entityRef } from '../../src/findings/entity-ref.ts';
import { defineFinding } from '../../src/findings/finding.ts';
import { Timeline } from '../../src/timeline/timeline.ts';

const rule = defineFinding({
  id: 'disk-slow',
  title: 'Disk slow',
  needs: {},
  authority: 'test',
  judge: () => [
    {
      entity: entityRef('disk', 'sda'),
      severity: 'warn',
      subject: 'sda',
      sentence: 'slow',
      evidence: [],
      next: 'look',
    },
  ],
});

test.each([
  ['of a recording', 'disk-slow disk:sda', 1000],
  ['of an older recording, with the subject', 'disk-slow sda', 1000],
  ['of another object', 'disk-slow disk:sdb', 5000],
])('FindingsAt dates a finding by a mark %s', (_, key, sinceMs) => {
  const marks = [{ wallMs: 1000, kind: 'finding', key, text: 'slow' } as const];
  expect(new FindingsAt(new Timeline(), [rule]).at(5000, marks)).toMatchObject([
    { key: 'disk-slow disk:sda', sinceMs },
  ]);
});
