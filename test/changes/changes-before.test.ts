import { describe, expect, test } from 'vitest';
import { changeLine, changesBefore, grouped, type Reference } from '../../src/changes/changes-before.ts';
import type { Change } from '../../src/changes/change.ts';
import { entityOf, type EntityRef } from '../../src/findings/entity-ref.ts';
import { EntityGraph } from '../../src/incidents/entity-graph.ts';

const ONSET = Date.parse('2026-11-30T23:41:00Z');
const MINUTE = 60_000;
const onset: Reference = { atMs: ONSET, of: 'onset' };

const ref = (text: string): EntityRef => {
  const found = entityOf(text);
  if (!found) throw new Error(text);
  return found;
};

const graph = new EntityGraph([
  { dependent: ref('osd:osd.1'), via: 'runs-as', on: ref('process:70@5') },
  { dependent: ref('process:70@5'), via: 'member-of', on: ref('unit:ceph-osd@1.service') },
]);

const change = (what: Change['what'], subject: string, minutesBefore: number, more: Partial<Change> = {}): Change => ({
  atMs: ONSET - minutesBefore * MINUTE,
  what,
  subject,
  sentence: 'changed',
  source: 'a file',
  ...more,
});

const rootOf = (entity: string) => ({
  root: {
    key: `rule ${entity}`,
    rule: 'rule',
    entity,
    condition: undefined,
    members: [],
    severity: 'crit' as const,
    role: 'cause' as const,
    past: false,
    onsetMs: ONSET,
  },
});

const before = (changes: readonly Change[], entity = 'osd:osd.1', reference = onset) =>
  changesBefore(rootOf(entity), changes, graph, reference).map(({ change: { subject }, count }) =>
    count === 1 ? subject : `${subject} +${count - 1}`,
  );

describe('changesBefore', () => {
  test('puts changes of what the culprit depends on first, then its packages, then those of the host', () => {
    expect(
      before([
        change('package', 'vim', 1),
        change('package', 'ceph-osd', 60),
        change('unit', 'ceph-osd@1.service', 120, { entity: ref('unit:ceph-osd@1.service') }),
      ]),
    ).toEqual(['ceph-osd@1.service', 'ceph-osd', 'vim']);
  });

  test('leaves out what came after the onset, and what is older than a day', () => {
    expect(before([change('kernel', 'later', -2), change('kernel', 'old', 25 * 60), change('kernel', 'k', 5)])).toEqual(
      ['k'],
    );
  });

  test('keeps a change between two readings when the first of them was before the onset', () => {
    const between = change('sysctl', 'vm.swappiness', -1, { afterMs: ONSET - MINUTE });
    expect(before([between])).toEqual(['vm.swappiness']);
  });

  test('leaves out objects and files that the culprit does not depend on', () => {
    expect(
      before([
        change('unit', 'cron.service', 5, { entity: ref('unit:cron.service') }),
        change('osd', 'osd.2', 5, { entity: ref('osd:osd.2') }),
        change('file', '/etc/motd', 5),
      ]),
    ).toEqual([]);
  });

  test('has a file of the culprit', () => {
    expect(before([change('file', '/etc/ceph/ceph.conf', 5)])).toEqual(['/etc/ceph/ceph.conf']);
  });

  test('has the boot as one of the host, also where the host is upstream', () => {
    const boot = change('boot', 'host', 200, { entity: ref('host:localhost') });
    expect(before([boot, change('package', 'linux-firmware', 10)], 'host:localhost')).toEqual([
      'linux-firmware',
      'host',
    ]);
  });

  test('leaves out the start of the object itself when that is the onset', () => {
    expect(before([change('osd', 'osd.1', 0, { entity: ref('osd:osd.1') })])).toEqual([]);
    expect(before([change('osd', 'osd.1', 3, { entity: ref('osd:osd.1') })])).toEqual(['osd.1']);
  });

  test('has three lines at most, and packages of one run as one', () => {
    const run = Array.from({ length: 14 }, (_, i) => change('package', `p${i}`, 29 + i * 0.05));
    const kernels = [1, 2, 3].map((hours) => change('kernel', `k${hours}`, hours * 60));
    expect(before([...run, ...kernels])).toEqual(['p0 +13', 'k1', 'k2']);
  });
});

test('grouped keeps changes of objects apart when they are of one time', () => {
  const groups = grouped([
    change('osd', 'osd.1', 1, { entity: ref('osd:osd.1') }),
    change('osd', 'osd.2', 1, { entity: ref('osd:osd.2') }),
    change('module', 'nfs', 1),
    change('module', 'lockd', 1.1),
    change('module', 'bonding', 9),
  ]);
  expect(groups.map(({ change: { subject }, count }) => [subject, count])).toEqual([
    ['osd.1', 1],
    ['osd.2', 1],
    ['nfs', 2],
    ['bonding', 1],
  ]);
});

test('changeLine has the change, its time, and how long before the onset or the connect it was', () => {
  const openssl = { change: change('package', 'openssl', 29, { sentence: 'upgraded 3.0.11 → 3.0.13' }), count: 1 };
  expect(changeLine(openssl, onset)).toBe('openssl: upgraded 3.0.11 → 3.0.13 at 23:12 (29m00s before)');
  expect(changeLine({ ...openssl, count: 3 }, { atMs: ONSET, of: 'connect' })).toBe(
    'openssl and 2 more (package): upgraded 3.0.11 → 3.0.13 at 23:12 (29m00s before we connected)',
  );
});
