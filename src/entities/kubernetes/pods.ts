import { cgroups, type Cgroup } from '../../sources/containers/cgroups.ts';
import { kubeLocal } from '../../sources/kubernetes/local.ts';
import { kubePods } from '../../sources/kubernetes/pods.ts';
import { kubeRuntime, type RuntimeContainer } from '../../sources/kubernetes/runtime.ts';
import type { Pod } from '../../sources/kubernetes/objects.ts';
import type { Process } from '../../sources/processes/processes.ts';
import type { Moment } from '../../timeline/moment.ts';
import { containerUse, type ContainerUse } from '../containers/use.ts';
import { containerNeeds, containersAt, hostEpochSeconds } from '../containers/containers.ts';
import type { Container } from '../containers/container.ts';
import { podStatus, type PodStatus } from './pod-status.ts';
import { onNode, onNodeTroubles } from './pod-on-node.ts';
import { podTroubles, type PodTrouble } from './pod-trouble.ts';

export const podNeeds = { ...containerNeeds, cgroups, kubePods, kubeLocal, kubeRuntime };
type PodMoment = Moment<typeof podNeeds>;

/** A pod of this node, by what the API server says of it and what the kernel does. All texts are raw. */
export interface PodHere {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  /** As the API server has it; undefined for one that only the node tells of. */
  readonly pod: Pod | undefined;
  readonly status: PodStatus | undefined;
  readonly group: Cgroup | undefined;
  readonly use: ContainerUse | undefined;
  /** Those that run here, by their names. */
  readonly containers: ReadonlyMap<string, Container>;
  /** The first process of its main container. */
  readonly process: Process | undefined;
  readonly oomKills: number | undefined;
  readonly troubles: readonly PodTrouble[];
  /** As the runtime of the node has them, by their names; empty while the API server tells of pods. */
  readonly onNode: ReadonlyMap<string, RuntimeContainer>;
  /** The API server has been silent since then: this is told by the node, or as old as that. */
  readonly lostSinceEpochSeconds: number | undefined;
}

interface Known {
  readonly inputs: readonly unknown[];
  readonly pods: readonly PodHere[];
}
const known = new WeakMap<object, Known>();

/** Pods of this node. The pane and all rules ask for the same moment: it is put together once. */
export function podsAt(moment: PodMoment): readonly PodHere[] {
  const inputs = Object.values(moment).map(({ now }) => now);
  const place = moment.processes.now ?? moment.cgroups.now ?? moment.kubePods.now;
  if (place === undefined) return [];
  const made = known.get(place);
  if (made && made.inputs.every((input, i) => input === inputs[i])) return made.pods;
  const pods = together(moment);
  known.set(place, { inputs, pods });
  return pods;
}

function together(moment: PodMoment): readonly PodHere[] {
  const now = hostEpochSeconds(moment);
  const groups = new Map<string, Cgroup>();
  for (const group of moment.cgroups.now?.cgroups.values() ?? [])
    if (group.owner.kind === 'pod' && group.owner.container === undefined && group.owner.id !== undefined)
      groups.set(group.owner.id, group);
  const running = containersOf(moment);
  const table = moment.kubePods.now?.table;
  const isLost = table === undefined || table.state === 'lost';
  const told = isLost ? onNode(moment.kubeRuntime.now?.containers ?? []) : new Map<string, never>();
  const all = new Map<string, PodHere>();
  for (const pod of table?.rows ?? []) {
    const group = groups.get(pod.uid) ?? (pod.configHash === undefined ? undefined : groups.get(pod.configHash));
    const own = running.get(pod.configHash ?? pod.uid) ?? running.get(pod.uid) ?? new Map<string, Container>();
    const containers = byName(pod, own);
    const use = withContainers(containerUse({ group }, moment.cgroups), pod, containers, moment.cgroups);
    const status = podStatus(pod);
    const byRuntime = told.get(pod.configHash ?? pod.uid) ?? told.get(pod.uid) ?? NONE;
    all.set(pod.configHash ?? pod.uid, {
      uid: pod.uid,
      namespace: pod.namespace,
      name: pod.name,
      pod,
      status,
      group,
      use,
      containers,
      process: firstOf(
        pod.containers.map(({ name }) => name),
        containers,
      ),
      oomKills: oomOf(group, containers),
      troubles: [...onNodeTroubles(byRuntime, pod, now), ...podTroubles(pod, status, use, now)],
      onNode: byRuntime,
      lostSinceEpochSeconds: isLost ? table?.lostSinceEpochSeconds : undefined,
    });
  }
  // With the API server silent (or not ours to ask) the node itself tells what runs; else it may be a pod just gone.
  if (isLost) ofNode(moment, { groups, running, told }, now, all);
  return [...all.values()];
}

const NONE: ReadonlyMap<string, RuntimeContainer> = new Map();

/** Containers that run, by the pod that their control group or the name of their log tells. */
function containersOf(moment: PodMoment): Map<string, Map<string, Container>> {
  const names = moment.containerLogs.now?.containers;
  const pods = new Map<string, Map<string, Container>>();
  for (const container of containersAt(moment)) {
    if (container.engine !== 'k8s' || container.state === 'stopped') continue;
    const logged = container.id === undefined ? undefined : names?.get(container.id);
    const uid = container.group?.owner.id ?? container.init?.owner?.id ?? logged?.uid;
    if (uid === undefined) continue;
    const own = pods.get(uid) ?? new Map<string, Container>();
    own.set(logged?.container ?? container.id ?? container.name, container);
    pods.set(uid, own);
  }
  return pods;
}

/** The API server tells which container has which id; logs may be gone, or not there yet. */
function byName(pod: Pod, running: ReadonlyMap<string, Container>): ReadonlyMap<string, Container> {
  const names = new Map<string, string>();
  for (const { id, name } of [...pod.initStatuses, ...pod.statuses]) if (id !== undefined) names.set(id, name);
  const named = new Map<string, Container>();
  for (const [name, container] of running)
    named.set((container.id === undefined ? undefined : names.get(container.id)) ?? name, container);
  return named;
}

function firstOf(order: readonly string[], containers: ReadonlyMap<string, Container>): Process | undefined {
  for (const name of order) if (containers.get(name)?.init) return containers.get(name)?.init;
  for (const { init } of containers.values()) if (init) return init;
  return undefined;
}

/** On cgroup v1 the kills of a container are not counted in the group of its pod. */
function oomOf(group: Cgroup | undefined, containers: ReadonlyMap<string, Container>): number | undefined {
  const counts = [group, ...[...containers.values()].map((one) => one.group)].flatMap(
    (one) => one?.memoryEvents.oomKill ?? [],
  );
  return counts.length === 0 ? undefined : Math.max(...counts);
}

/**
 * What the group of a pod does not tell: a limit may be set on some containers only, a quota holds back each by its own,
 * and the network is seen through a process. The container that is worst off counts.
 */
function withContainers(
  use: ContainerUse | undefined,
  pod: Pod | undefined,
  containers: ReadonlyMap<string, Container>,
  seen: PodMoment['cgroups'],
): ContainerUse | undefined {
  if (use === undefined) return undefined;
  const limits = new Map(pod?.containers.map((one) => [one.name, one.limits.memoryBytes]));
  let { memoryPct, throttledPct, quotaPct, rxBytesPerSec, txBytesPerSec, dropsPerSec } = use;
  for (const [name, container] of containers) {
    const own = containerUse(container, seen);
    if (own === undefined) continue;
    const limit = own.memoryMaxBytes ?? limits.get(name);
    memoryPct = most(memoryPct, limit && own.memoryBytes !== undefined ? (100 * own.memoryBytes) / limit : undefined);
    throttledPct = most(throttledPct, own.throttledPct);
    quotaPct ??= own.quotaPct;
    rxBytesPerSec ??= own.rxBytesPerSec;
    txBytesPerSec ??= own.txBytesPerSec;
    dropsPerSec ??= own.dropsPerSec;
  }
  return { ...use, memoryPct, throttledPct, quotaPct, rxBytesPerSec, txBytesPerSec, dropsPerSec };
}

const most = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.max(a, b);

interface OnNode {
  readonly groups: ReadonlyMap<string, Cgroup>;
  readonly running: ReadonlyMap<string, ReadonlyMap<string, Container>>;
  readonly told: ReadonlyMap<string, ReadonlyMap<string, RuntimeContainer>>;
}

function ofNode(
  moment: PodMoment,
  { groups, running, told }: OnNode,
  nowEpochSeconds: number | undefined,
  all: Map<string, PodHere>,
): void {
  const names = new Map<string, { readonly namespace: string; readonly name: string }>();
  for (const { uid, namespace, name } of moment.kubeLocal.now?.pods ?? []) names.set(uid, { namespace, name });
  for (const { uid, namespace, pod } of moment.containerLogs.now?.containers.values() ?? [])
    names.set(uid, { namespace, name: pod });
  for (const [uid, own] of told)
    for (const { namespace, pod } of own.values()) names.set(uid, { namespace, name: pod });
  for (const uid of new Set([...groups.keys(), ...running.keys(), ...names.keys()])) {
    if (all.has(uid)) continue;
    const group = groups.get(uid);
    const containers = running.get(uid) ?? new Map<string, Container>();
    const { namespace, name } = names.get(uid) ?? { namespace: '', name: uid };
    const byRuntime = told.get(uid) ?? NONE;
    all.set(uid, {
      uid,
      namespace,
      name,
      pod: undefined,
      status: undefined,
      group,
      use: withContainers(containerUse({ group }, moment.cgroups), undefined, containers, moment.cgroups),
      containers,
      process: firstOf([], containers),
      oomKills: oomOf(group, containers),
      troubles: onNodeTroubles(byRuntime, undefined, nowEpochSeconds),
      onNode: byRuntime,
      lostSinceEpochSeconds: moment.kubePods.now?.table?.lostSinceEpochSeconds,
    });
  }
}
