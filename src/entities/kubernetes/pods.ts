import { cgroups, type Cgroup } from '../../sources/containers/cgroups.ts';
import { kubeEvents } from '../../sources/kubernetes/events.ts';
import { kubeLocal } from '../../sources/kubernetes/local.ts';
import { kubePods } from '../../sources/kubernetes/pods.ts';
import { kubeRuntime, type RuntimeContainer } from '../../sources/kubernetes/runtime.ts';
import type { Pod } from '../../sources/kubernetes/objects.ts';
import type { Process } from '../../sources/processes/processes.ts';
import type { Moment } from '../../timeline/moment.ts';
import { containerUse, recentCgroups, type ContainerUse } from '../containers/use.ts';
import { containerNeeds, containersAt, hostEpochSeconds } from '../containers/containers.ts';
import type { Container } from '../containers/container.ts';
import { podStatus, type PodStatus } from './pod-status.ts';
import { onNode, onNodeTroubles } from './pod-on-node.ts';
import { podTroubles, type PodTrouble } from './pod-trouble.ts';
import { failedStarts } from './start-events.ts';

export const podNeeds = { ...containerNeeds, cgroups, kubeEvents, kubePods, kubeLocal, kubeRuntime };
type PodMoment = Moment<typeof podNeeds>;

/** PodHere is a pod of this node by the API server, with its cgroup and processes. All texts are raw. */
export interface PodHere {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  /** Object of the API server; undefined for a pod that is seen on the node only. */
  readonly pod: Pod | undefined;
  readonly status: PodStatus | undefined;
  readonly group: Cgroup | undefined;
  readonly use: ContainerUse | undefined;
  /** Running containers by name. */
  readonly containers: ReadonlyMap<string, Container>;
  /** First process of its main container. */
  readonly process: Process | undefined;
  readonly oomKills: number | undefined;
  readonly troubles: readonly PodTrouble[];
  /** Containers of the runtime by name; empty while the API server lists pods. */
  readonly onNode: ReadonlyMap<string, RuntimeContainer>;
  /** Start of the API server's unresponsiveness: the pod is from the node, or of that time. */
  readonly lostSinceEpochSeconds: number | undefined;
}

interface Known {
  readonly inputs: readonly unknown[];
  readonly pods: readonly PodHere[];
}
const known = new WeakMap<object, Known>();

/** Pods of this node, computed once per moment for the pane and all rules. */
export function podsAt(moment: PodMoment): readonly PodHere[] {
  const inputs = Object.values(moment).map(({ now }) => now);
  const place = moment.processes.now ?? moment.cgroups.now ?? moment.kubePods.now;
  if (place === undefined) return together(moment);
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
  const recent = recentCgroups(moment.cgroups);
  const table = moment.kubePods.now?.table;
  const isLost = table === undefined || table.state === 'lost';
  const byUid = isLost ? onNode(moment.kubeRuntime.now?.containers ?? []) : new Map<string, never>();
  const failed = failedStarts(moment.kubeEvents.now?.table?.rows ?? [], now);
  const all = new Map<string, PodHere>();
  for (const pod of table?.rows ?? []) {
    const group = groups.get(pod.uid) ?? (pod.configHash === undefined ? undefined : groups.get(pod.configHash));
    const own = running.get(pod.configHash ?? pod.uid) ?? running.get(pod.uid) ?? new Map<string, Container>();
    const containers = byName(pod, own);
    const use = withContainers(
      containerUse({ group }, moment.cgroups, recent),
      pod,
      containers,
      moment.cgroups,
      recent,
    );
    const status = podStatus(pod);
    const byRuntime = byUid.get(pod.configHash ?? pod.uid) ?? byUid.get(pod.uid) ?? NONE;
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
      troubles: [...onNodeTroubles(byRuntime, pod, now), ...podTroubles(pod, status, use, now, failed.get(pod.uid))],
      onNode: byRuntime,
      lostSinceEpochSeconds: isLost ? table?.lostSinceEpochSeconds : undefined,
    });
  }
  // Without a list of the API server the node shows what runs; with one, it may be a pod just deleted.
  if (isLost) ofNode(moment, { groups, running, byUid }, now, all);
  return [...all.values()];
}

const NONE: ReadonlyMap<string, RuntimeContainer> = new Map();

/** Running containers by pod, from their cgroup or the name of their log. */
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

/** Containers by the names of the API server; logs may be deleted, or not there yet. */
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

/** OOM kills of a pod: cgroup v1 does not count those of a container in the pod's cgroup. */
function oomOf(group: Cgroup | undefined, containers: ReadonlyMap<string, Container>): number | undefined {
  const counts = [group, ...[...containers.values()].map((one) => one.group)].flatMap(
    (one) => one?.memoryEvents.oomKill ?? [],
  );
  return counts.length === 0 ? undefined : Math.max(...counts);
}

/**
 * Usage with what the cgroup of a pod lacks: a limit may be set on some containers only, quotas throttle each container, and
 * network counters come through a process, and stalls are judged by container. The worst container counts.
 */
function withContainers(
  use: ContainerUse | undefined,
  pod: Pod | undefined,
  containers: ReadonlyMap<string, Container>,
  seen: PodMoment['cgroups'],
  recent: PodMoment['cgroups'],
): ContainerUse | undefined {
  if (use === undefined) return undefined;
  const limits = new Map(pod?.containers.map((one) => [one.name, one.limits.memoryBytes]));
  let { memoryPct, throttledPct, quotaPct, rxBytesPerSec, txBytesPerSec, dropsPerSec } = use;
  const owns = [...containers.values()].flatMap((one) => containerUse(one, seen, recent) ?? []);
  const stalled = (pick: (own: ContainerUse) => number | undefined): number | undefined =>
    owns.length === 0 ? pick(use) : owns.map(pick).reduce(most, undefined);
  for (const [name, container] of containers) {
    const own = containerUse(container, seen, recent);
    if (own === undefined) continue;
    const limit = own.memoryMaxBytes ?? limits.get(name);
    memoryPct = most(memoryPct, limit && own.memoryBytes !== undefined ? (100 * own.memoryBytes) / limit : undefined);
    throttledPct = most(throttledPct, own.throttledPct);
    quotaPct ??= own.quotaPct;
    rxBytesPerSec ??= own.rxBytesPerSec;
    txBytesPerSec ??= own.txBytesPerSec;
    dropsPerSec ??= own.dropsPerSec;
  }
  return {
    ...use,
    memoryPct,
    throttledPct,
    quotaPct,
    rxBytesPerSec,
    txBytesPerSec,
    dropsPerSec,
    cpuSomePct: stalled((own) => own.cpuSomePct),
    memorySomePct: stalled((own) => own.memorySomePct),
    ioSomePct: stalled((own) => own.ioSomePct),
  };
}

const most = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.max(a, b);

interface OnNode {
  readonly groups: ReadonlyMap<string, Cgroup>;
  readonly running: ReadonlyMap<string, ReadonlyMap<string, Container>>;
  readonly byUid: ReadonlyMap<string, ReadonlyMap<string, RuntimeContainer>>;
}

function ofNode(
  moment: PodMoment,
  { groups, running, byUid }: OnNode,
  nowEpochSeconds: number | undefined,
  all: Map<string, PodHere>,
): void {
  const recent = recentCgroups(moment.cgroups);
  const names = new Map<string, { readonly namespace: string; readonly name: string }>();
  for (const { uid, namespace, name } of moment.kubeLocal.now?.pods ?? []) names.set(uid, { namespace, name });
  for (const { uid, namespace, pod } of moment.containerLogs.now?.containers.values() ?? [])
    names.set(uid, { namespace, name: pod });
  for (const [uid, own] of byUid)
    for (const { namespace, pod } of own.values()) names.set(uid, { namespace, name: pod });
  for (const uid of new Set([...groups.keys(), ...running.keys(), ...names.keys()])) {
    if (all.has(uid)) continue;
    const group = groups.get(uid);
    const containers = running.get(uid) ?? new Map<string, Container>();
    const { namespace, name } = names.get(uid) ?? { namespace: '', name: uid };
    const byRuntime = byUid.get(uid) ?? NONE;
    all.set(uid, {
      uid,
      namespace,
      name,
      pod: undefined,
      status: undefined,
      group,
      use: withContainers(
        containerUse({ group }, moment.cgroups, recent),
        undefined,
        containers,
        moment.cgroups,
        recent,
      ),
      containers,
      process: firstOf([], containers),
      oomKills: oomOf(group, containers),
      troubles: onNodeTroubles(byRuntime, undefined, nowEpochSeconds),
      onNode: byRuntime,
      lostSinceEpochSeconds: moment.kubePods.now?.table?.lostSinceEpochSeconds,
    });
  }
}
