import { describe, expect, it, test } from 'vitest';
import { findingKey } from '../../src/findings/finding-key.ts';
import { judge } from '../../src/findings/judge.ts';
import { ENTITY_KINDS } from '../../src/findings/entity-ref.ts';
import { influenceTable } from '../../src/incidents/influence-table.ts';
import { ROLES } from '../../src/incidents/roles.ts';
import { explainer, findings, sources, subsystems } from '../../src/subsystems/index.ts';
import { hostMoments, hostNames } from '../helpers/hosts.ts';
import { watched } from '../helpers/moments.ts';

/** Incidents of a recorded host as `root ← victims`, each by rule and displayed object. */
async function incidentsOn(host: string): Promise<readonly string[]> {
  const { timeline, nowMs } = await watched(sources, hostMoments(host));
  const momentOf: Parameters<typeof judge>[1] = (needs) => timeline.latestMoment(needs, nowMs);
  const found = judge(findings, momentOf).map((one) => ({ ...one, key: findingKey(one) }));
  const nameOf = new Map(found.map(({ key, rule, subject }) => [key, `${rule} ${subject}`]));
  return explainer
    .explain(found, momentOf, nowMs)
    .map(({ root, explained }) =>
      [nameOf.get(root.key), ...explained.map(({ observation }) => nameOf.get(observation.key))].join(' ← '),
    );
}

describe('explainer puts first, on a recorded host', () => {
  it.each([
    ['ceph-dead-osd', 'ceph-osd-unresponsive osd.1 ← ceph-health OSD_DOWN ← ceph-health PG_DEGRADED'],
    ['ceph-frozen-osd', 'ceph-osd-unresponsive osd.1 ← ceph-health OSD_DOWN ← ceph-health PG_DEGRADED'],
    ['ceph-slow-disk', 'ceph-osd-slow osd.1'],
    ['ceph-slow-net', 'ceph-osd-slow osd.1'],
    ['ceph-slow-dispatch', 'ceph-osd-slow osd.1'],
    ['ceph-frozen-mgr', 'ceph-mons-unresponsive mgr ← ceph-health MGR_DOWN'],
    ['ceph-no-quorum', 'ceph-mons-unresponsive monitors'],
    ['ovs-faults', 'ovs-flow-limit netdev@ovs-netdev ← ovs-upcalls-lost netdev@ovs-netdev'],
    ['container-host', 'container-oom docker lab-leak ← oom-kills oom'],
    ['v2-stacks', 'container-oom docker lab-leak ← oom-kills oom'],
  ])('%s: %s', async (host, first) => {
    expect((await incidentsOn(host))[0]).toBe(first);
  });

  it('kvm-host: the run queue before the guests that wait for a CPU', async () => {
    const [first] = await incidentsOn('kvm-host');
    expect(first).toMatch(/^cpu-saturated run queue(?: ← guest-steal [\w-]+){3}$/);
  });
});

test.each(hostNames)('explainer gives each finding of %s one place', async (host) => {
  const places = (await incidentsOn(host)).flatMap((line) => line.split(' ← '));
  const { timeline, nowMs } = await watched(sources, hostMoments(host));
  const found = judge(findings, (needs) => timeline.latestMoment(needs, nowMs));
  expect(places.toSorted()).toEqual(found.map(({ rule, subject }) => `${rule} ${subject}`).toSorted());
});

test('influence table names rules and kinds of entities that exist, and each pair once', () => {
  const ids = new Set(findings.map(({ id }) => id));
  const named = influenceTable.rows.flatMap(({ cause, effect }) =>
    [cause, effect].map((one) => one.split('/')[0] ?? ''),
  );
  expect(named.filter((id) => !ids.has(id))).toEqual([]);
  for (const { effectOn } of influenceTable.rows) expect(ENTITY_KINDS).toContain(effectOn);
  const pairs = influenceTable.rows.map(({ cause, effect, via, effectOn }) =>
    [cause, effect, effectOn, ...via].join(' '),
  );
  expect(pairs).toEqual([...new Set(pairs)]);
});

test('every rule has a role, and every role a rule', () => {
  expect(Object.keys(ROLES).toSorted()).toEqual(findings.map(({ id }) => id).toSorted());
});

test('every subsystem declares the dependencies of its entities', () => {
  expect(subsystems.filter(({ dependencies }) => dependencies === undefined).map(({ id }) => id)).toEqual([]);
});
