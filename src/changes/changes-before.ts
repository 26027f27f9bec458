import { entityOf, type EntityKind } from '../findings/entity-ref.ts';
import { entityText } from '../findings/entity-ref.ts';
import type { EntityGraph } from '../incidents/entity-graph.ts';
import type { Incident } from '../incidents/explain.ts';
import { span } from '../lib/units.ts';
import { CHANGES_MS } from './change-log.ts';
import type { Change, ChangeKind } from './change.ts';

/** Time before which changes count: the onset of an incident, or the start of the session where that is unknown. */
export interface Reference {
  readonly atMs: number;
  readonly of: 'onset' | 'connect';
}

/** Changes of one time and kind; of several packages of one command, the first. */
export interface ChangeGroup {
  readonly change: Change;
  readonly count: number;
}

/** Lines in the detail of an incident. */
const MOST = 3;
/** Steps from the culprit to what it depends on: guest to process to unit. */
const DEPTH = 3;
/** Clocks of logs, kernel and processes differ by this much. */
const SLACK_MS = 5000;
/** Distance below which changes are one: a package manager works through its list. */
const SAME_MS = 10_000;

/** Kinds that can be the cause of anything on the host, also without a dependency. */
const HOST_WIDE: ReadonlySet<ChangeKind> = new Set([
  'boot',
  'kernel',
  'package',
  'snap',
  'sysctl',
  'cpu',
  'memory',
  'clock',
]);

/** Names of packages, snaps, files and modules that a kind of object is made of. */
const MADE_OF: Readonly<Partial<Record<EntityKind, RegExp>>> = {
  'ceph-cluster': /ceph|librados|librbd/i,
  osd: /ceph|librados/i,
  mon: /ceph|librados/i,
  mgr: /ceph|librados/i,
  pool: /ceph/i,
  pg: /ceph/i,
  bridge: /openvswitch|ovs/i,
  port: /openvswitch|ovs|\/network\/|netplan/i,
  datapath: /openvswitch|ovs/i,
  'flow-table': /openvswitch|ovs/i,
  controller: /openvswitch|ovs|ovn/i,
  chassis: /\bovn|openvswitch/i,
  'logical-port': /\bovn|openvswitch/i,
  guest: /qemu|libvirt|\bkvm\b/i,
  'guest-disk': /qemu|libvirt/i,
  'guest-nic': /qemu|libvirt/i,
  container: /docker|containerd|runc|podman|\blx[cd]\b|incus|crun|conmon/i,
  pod: /kube|containerd|cri-o|\bcni\b/i,
  node: /kube|containerd|cri-o|\bcni\b/i,
  nic: /\/network\/|netplan|firmware|ifupdown|NetworkManager/i,
  bond: /\/network\/|netplan|ifupdown|NetworkManager/i,
  disk: /firmware|nvme|multipath|lvm/i,
  mount: /fstab|nfs|cifs/i,
  'openstack-cloud': /\b(?:nova|neutron|cinder|glance|keystone|placement)|oslo|rabbitmq/i,
  'openstack-service': /\b(?:nova|neutron|cinder|glance|keystone|placement|octavia|heat)|oslo/i,
};

/**
 * Changes that may have brought about an incident, likeliest first: of the root's own object and of what it depends on, of the packages
 * and files that these are made of, then of the whole host; of one rank the latest before the reference. A day at most.
 */
export function changesBefore(
  { root }: Pick<Incident, 'root'>,
  changes: readonly Change[],
  graph: EntityGraph,
  { atMs: beforeMs }: Reference,
): readonly ChangeGroup[] {
  const upstream = new Map(
    [root.entity, ...root.members].flatMap((entity) =>
      graph
        .upstream(entity, DEPTH)
        // Whatever shares the memory or the CPUs of the host is not what the object is made of.
        .filter(({ path }) => !path.includes('shares'))
        .map((step) => [step.entity, step.path.length] as const),
    ),
  );
  const kinds = new Set([...upstream.keys()].flatMap((key) => entityOf(key) ?? []).map(({ kind }) => kind));
  const names = [...upstream.keys()].flatMap(nameOf);
  const rank = (change: Change): number | undefined => {
    const steps = change.entity && upstream.get(entityText(change.entity));
    // The host is upstream of much: what concerns all of it ranks as such.
    if (steps !== undefined && !HOST_WIDE.has(change.what)) return steps;
    if (isMadeOf(change, kinds, names)) return DEPTH + 1;
    return HOST_WIDE.has(change.what) ? DEPTH + 2 : undefined;
  };
  const ranked = changes.flatMap((change) => {
    const isBefore = (change.afterMs ?? change.atMs) <= beforeMs + SLACK_MS && change.atMs > beforeMs - CHANGES_MS;
    const of = isBefore && !isIncidentItself(change, root.entity, beforeMs) ? rank(change) : undefined;
    return of === undefined ? [] : [{ change, rank: of }];
  });
  return grouped(
    ranked.toSorted((a, b) => a.rank - b.rank || b.change.atMs - a.change.atMs).map(({ change }) => change),
  ).slice(0, MOST);
}

/** The start of the object at the very onset is what the incident is about: a restart loop, a process that just began. */
const isIncidentItself = ({ atMs, entity }: Change, root: string, onsetMs: number): boolean =>
  entity !== undefined && entityText(entity) === root && Math.abs(atMs - onsetMs) <= SLACK_MS / 5;

/** Name of a unit or daemon, which its package and its folder in /etc often share. */
function nameOf(key: string): readonly string[] {
  const entity = entityOf(key);
  if (entity?.kind !== 'unit' && entity?.kind !== 'daemon') return [];
  const name = entity.id.replace(/\.service$/, '').replace(/@.*$/, '');
  return name.length < 3 ? [] : [name.toLowerCase()];
}

function isMadeOf({ what, subject }: Change, kinds: ReadonlySet<EntityKind>, names: readonly string[]): boolean {
  if (what !== 'package' && what !== 'snap' && what !== 'file' && what !== 'module') return false;
  const text = subject.toLowerCase();
  return [...kinds].some((kind) => MADE_OF[kind]?.test(subject) === true) || names.some((name) => text.includes(name));
}

/** Changes of one kind within 10 s as one; changes of objects stay apart. */
export function grouped(changes: readonly Change[]): readonly ChangeGroup[] {
  const groups: { change: Change; count: number; lastMs: number }[] = [];
  for (const change of changes) {
    const held = groups.find(
      (group) =>
        group.change.what === change.what &&
        group.change.entity === undefined &&
        change.entity === undefined &&
        Math.abs(group.lastMs - change.atMs) <= SAME_MS,
    );
    if (held) {
      held.count++;
      held.lastMs = change.atMs;
    } else groups.push({ change, count: 1, lastMs: change.atMs });
  }
  return groups.map(({ change, count }) => ({ change, count }));
}

/** `openssl: upgraded 3.0.11 → 3.0.13`, `openssl and 13 more packages: upgraded 3.0.11 → 3.0.13`. */
export function changeText({ change: { subject, sentence, what }, count }: ChangeGroup): string {
  if (count === 1) return `${subject}: ${sentence}`;
  return `${subject} and ${count - 1} more (${what}): ${sentence}`;
}

/** `openssl: upgraded 3.0.11 → 3.0.13 at 23:12 (29m before)`. */
export function changeLine(group: ChangeGroup, { atMs, of }: Reference): string {
  const seconds = Math.max(0, (atMs - group.change.atMs) / 1000);
  const time = new Date(group.change.atMs).toISOString().slice(11, 16);
  return `${changeText(group)} at ${time} (${span(seconds)} before${of === 'connect' ? ' we connected' : ''})`;
}
