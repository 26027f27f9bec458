import { describe, expect, test } from 'vitest';
import { entityOf, entityText, type EntityRef } from '../../src/findings/entity-ref.ts';
import type { Via } from '../../src/incidents/dependency.ts';
import { EntityGraph } from '../../src/incidents/entity-graph.ts';
import { neighboursOf, viaWords } from '../../src/incidents/neighbours.ts';
import { explainer, sources } from '../../src/subsystems/index.ts';
import { hostMoments } from '../helpers/hosts.ts';
import { watched } from '../helpers/moments.ts';

const ref = (text: string): EntityRef => {
  const found = entityOf(text);
  if (!found) throw new Error(`not an entity: ${text}`);
  return found;
};
const depends = (dependent: string, via: Via, on: string) => ({ dependent: ref(dependent), via, on: ref(on) });

describe('neighboursOf', () => {
  const graph = new EntityGraph([
    depends('guest:web', 'plugged-into', 'guest-nic:web/52:54'),
    depends('guest-nic:web/52:54', 'plugged-into', 'port:tap0'),
    depends('port:tap0', 'plugged-into', 'bridge:br-int'),
    depends('bridge:br-int', 'forwarded-by', 'daemon:ovs-vswitchd'),
    depends('daemon:ovs-vswitchd', 'runs-as', 'process:812@5'),
    depends('guest:web', 'shares', 'resource:cpu'),
    depends('resource:cpu', 'shares', 'port:other'),
  ]);
  const ROWS = ['guest:web', 'port:tap0', 'port:other', 'bridge:br-int', 'process:812@5'];
  const from = (entity: string, matters: readonly string[] = []) =>
    neighboursOf(graph, entity, { hasRow: (one) => ROWS.includes(one), matters: (one) => matters.includes(one) }).map(
      (each) => `${viaWords(each)} ${each.entity}`,
    );

  test('passes an entity without a row, and no resource of the host', () => {
    expect(from('guest:web')).toEqual(['plugged into port:tap0']);
  });

  test('names the dependency of the one that depends, in both directions', () => {
    expect(from('port:tap0')).toEqual(['plugged into bridge:br-int', 'connects guest:web']);
    expect(from('bridge:br-int')).toEqual(['forwarded by process:812@5', 'connects port:tap0']);
    expect(from('process:812@5')).toEqual(['forwards bridge:br-int']);
  });

  test('lists an entity without a row, and what is beyond it, when it matters', () => {
    expect(from('guest:web', ['guest-nic:web/52:54'])).toEqual([
      'plugged into guest-nic:web/52:54',
      'plugged into port:tap0',
    ]);
  });

  test('ends when dependencies form a circle', () => {
    const circle = new EntityGraph([
      depends('osd:osd.0', 'waits-for', 'osd:osd.1'),
      depends('osd:osd.1', 'waits-for', 'osd:osd.0'),
    ]);
    const found = neighboursOf(circle, 'osd:osd.0', { hasRow: () => true, matters: () => false });
    expect(found.map((each) => `${viaWords(each)} ${each.entity}`)).toEqual(['waits for osd:osd.1']);
  });
});

/** Dependencies of a recorded host. */
async function graphOf(host: string): Promise<EntityGraph> {
  const { timeline, nowMs } = await watched(sources, hostMoments(host));
  return explainer.graph((needs) => timeline.latestMoment(needs, nowMs));
}

/** First entity of each kind along a way up, from an entity. */
function climb(graph: EntityGraph, from: string, kinds: readonly string[]): readonly string[] {
  const path = [from];
  for (const kind of kinds) {
    const next = graph.causesOf(path.at(-1) ?? '').find(({ entity }) => entity.startsWith(`${kind}:`));
    if (!next) break;
    path.push(next.entity);
  }
  return path;
}

describe('dependencies of a recorded host lead', () => {
  test('from a guest over its QEMU process and tap to the bridge', async () => {
    const graph = await graphOf('kvm-host');
    expect(climb(graph, 'guest:6792f2ff-e73c-48f6-8a54-608f9853c565', ['process', 'nic', 'nic'])).toEqual([
      'guest:6792f2ff-e73c-48f6-8a54-608f9853c565',
      'process:23229@1245320',
      'nic:labtap1',
      'nic:labbr0',
    ]);
  });

  test('from an OVS port over its bridge to ovs-vswitchd', async () => {
    const graph = await graphOf('ovs-faults');
    expect(climb(graph, 'port:cc-web1', ['bridge', 'daemon'])).toEqual([
      'port:cc-web1',
      'bridge:br-ovn',
      'daemon:ovs-vswitchd',
    ]);
  });

  test('from a pod over its container to its process', async () => {
    const graph = await graphOf('kube-node');
    const [pod, container = '', process = ''] = climb(graph, 'pod:default/notready', ['container', 'process']);
    expect(pod).toBe('pod:default/notready');
    expect(container).toMatch(/^container:id:073108c5013c/);
    expect(process).toBe('process:17807@110800');
    // The cgroup of the container belongs to it.
    expect(graph.dependentsOf(container).some(({ entity }) => entity.startsWith('cgroup:'))).toBe(true);
  });

  test('from an OSD to its disk', async () => {
    const graph = await graphOf('ceph-slow-disk');
    expect(climb(graph, 'osd:osd.1', ['disk'])).toEqual(['osd:osd.1', 'disk:vda']);
  });

  test('from an LXD container over its daemon to its process', async () => {
    const graph = await graphOf('v2-stacks');
    expect(climb(graph, 'container:lxc:lab-web', ['daemon', 'process']).slice(1)).toEqual([
      'daemon:lxd',
      'process:8725@119808',
    ]);
  });

  test('to one lxd, not to the processes that it starts per container', async () => {
    const graph = await graphOf('v2-stacks');
    expect(graph.causesOf('daemon:lxd').map(({ entity }) => entity)).toEqual(['process:8725@119808', 'resource:cpu']);
  });

  test('from the ports of a Linux bridge to the bridge', async () => {
    const graph = await graphOf('v2-stacks');
    expect(graph.causesOf('nic:veth68d0b23').map(({ entity }) => entity)).toContain('nic:docker0');
    expect(graph.causesOf('nic:docker0').map(({ entity }) => entity)).not.toContain('nic:veth68d0b23');
  });
});

test('entityText of each end of a dependency is read back by entityOf', async () => {
  const graph = await graphOf('v2-stacks');
  for (const { entity } of graph.dependentsOf('daemon:docker')) expect(entityText(ref(entity))).toBe(entity);
});
