import { beforeAll, expect, it } from 'vitest';
import type { EntityKind } from '../../src/findings/entity-ref.ts';
import { judge, type Judged } from '../../src/findings/judge.ts';
import type { Dependency, Via } from '../../src/incidents/dependency.ts';
import { influenceTable } from '../../src/incidents/influence-table.ts';
import type { Influence } from '../../src/incidents/influence.ts';
import { findings, sources, subsystems } from '../../src/subsystems/index.ts';
import { faults } from '../findings/faults.ts';
import { faultFound } from '../helpers/found-on.ts';
import { hostMoments, hostNames } from '../helpers/hosts.ts';
import { watched } from '../helpers/moments.ts';

type Edge = readonly [dependent: EntityKind, via: Via, on: EntityKind];

/** Dependencies that the providers make and no recorded host has. */
const NOT_RECORDED: readonly Edge[] = [
  ['md-array', 'stored-on', 'disk'],
  ['database-server', 'runs-as', 'process'],
  ['disk', 'stored-on', 'md-array'],
  ['bond', 'plugged-into', 'nic'],
  ['osd', 'runs-as', 'process'],
  ['mon', 'runs-as', 'process'],
  ['mgr', 'runs-as', 'process'],
  ['disk', 'stored-on', 'rbd-image'],
  ['lxd-operation', 'served-by', 'daemon'],
  ['daemon', 'runs-as', 'pod'],
  ['resource', 'placed-on', 'memory-module'],
  ['resource', 'placed-on', 'sensor'],
  ['process', 'stored-on', 'mount'],
  ['disk', 'waits-for', 'osd'],
  ['mount', 'waits-for', 'osd'],
  ['guest-disk', 'stored-on', 'mount'],
  ['container', 'stored-on', 'mount'],
  ['storage-pool', 'stored-on', 'mount'],
  ['openstack-service', 'served-by', 'openstack-service'],
  ['controller', 'served-by', 'openstack-service'],
];

/** Kinds of the objects of findings that no recorded host and no fault shows. */
const NOT_FOUND: Readonly<Record<string, readonly EntityKind[]>> = {
  'oom-kills': ['container'],
  'ceph-mons-unresponsive': ['mon'],
  'ovn-disconnected': ['daemon'],
};

const edges = new Map<EntityKind, Set<string>>();
/** Kinds of the objects of each rule's findings: of an effect its members, else its entity; of a cause both. */
const asEffect = new Map<string, Set<EntityKind>>();
const asCause = new Map<string, Set<EntityKind>>();

const add = <Key, Value>(map: Map<Key, Set<Value>>, key: Key, value: Value) =>
  map.set(key, (map.get(key) ?? new Set<Value>()).add(value));

const learnEdge = ([dependent, via, on]: Edge) => add(edges, dependent, `${via} ${on}`);
function learnFinding({ rule, entity, members = [] }: Judged): void {
  for (const { kind } of members.length > 0 ? members : [entity]) add(asEffect, rule, kind);
  for (const { kind } of [entity, ...members]) add(asCause, rule, kind);
}

beforeAll(async () => {
  for (const host of hostNames) {
    const { timeline, nowMs } = await watched(sources, hostMoments(host));
    const momentOf: Parameters<typeof judge>[1] = (needs) => timeline.latestMoment(needs, nowMs);
    const dependencies: Dependency[] = subsystems
      .flatMap((subsystem) => subsystem.dependencies ?? [])
      .flatMap((one) => one.of(momentOf(one.needs)));
    for (const { dependent, via, on } of dependencies) learnEdge([dependent.kind, via, on.kind]);
    judge(findings, momentOf).forEach(learnFinding);
  }
  for (const fault of faults) (await faultFound(fault)).forEach(learnFinding);
  NOT_RECORDED.forEach(learnEdge);
  for (const [rule, kinds] of Object.entries(NOT_FOUND))
    for (const kind of kinds) for (const map of [asEffect, asCause]) add(map, rule, kind);
}, 120_000);

/** Steps that the explain step goes up. */
const DEPTH = 4;

/** Kinds that a row's dependencies lead to from its effect. */
function reached({ effectOn, via }: Influence): ReadonlySet<EntityKind> {
  if (via.length === 0) return new Set([effectOn]);
  const all = new Set<EntityKind>();
  let at = new Set<EntityKind>([effectOn]);
  for (let step = 0; step < DEPTH; step++) {
    const next = new Set<EntityKind>();
    for (const kind of at)
      for (const edge of edges.get(kind) ?? []) {
        const [by, on] = edge.split(' ') as [Via, EntityKind];
        if (via.includes(by)) next.add(on);
      }
    for (const kind of next) all.add(kind);
    at = next;
  }
  return all;
}

const rowName = ({ cause, effect, effectOn, via }: Influence): string =>
  `${cause} -> ${effect} on ${effectOn}${via.length > 0 ? ` by ${via.join(', ')}` : ''}`;

it.each(influenceTable.rows.map((row) => [rowName(row), row] as const))(
  'findings and dependencies exist for the influence %s',
  (_, row) => {
    const [cause = '', effect = ''] = [row.cause, row.effect].map((pattern) => pattern.split('/')[0]);
    expect([...(asEffect.get(effect) ?? [])]).toContain(row.effectOn);
    const kinds = [...(asCause.get(cause) ?? [])];
    expect({ kinds, reached: kinds.filter((kind) => reached(row).has(kind)) }).not.toEqual({ kinds, reached: [] });
  },
);

it('lists no dependency as unrecorded that a recorded host has', async () => {
  const recorded = new Set<string>();
  for (const host of hostNames) {
    const { timeline, nowMs } = await watched(sources, hostMoments(host));
    for (const one of subsystems.flatMap(({ dependencies = [] }) => dependencies))
      for (const { dependent, via, on } of one.of(timeline.latestMoment(one.needs, nowMs)))
        recorded.add([dependent.kind, via, on.kind].join(' '));
  }
  expect(NOT_RECORDED.map((edge) => edge.join(' ')).filter((edge) => recorded.has(edge))).toEqual([]);
});
