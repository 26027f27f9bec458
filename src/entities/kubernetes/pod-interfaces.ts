import { kubePods } from '../../sources/kubernetes/pods.ts';
import { processes } from '../../sources/processes/processes.ts';
import { vethPeers } from '../../sources/containers/veth-peers.ts';
import type { Moment } from '../../timeline/moment.ts';
import type { LinkedPod } from './pod-volumes.ts';

export const podInterfaceNeeds = { kubePods, processes, vethPeers };
type InterfaceMoment = Moment<typeof podInterfaceNeeds>;

/** Host interfaces whose veth peer is in a pod, by the id in the cgroup name of the pod. */
export function interfacesByPod({
  processes: table,
  vethPeers: peers,
}: Pick<InterfaceMoment, 'processes' | 'vethPeers'>): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [name, { pid }] of peers.now?.peers ?? []) {
    const owner = pid === undefined ? undefined : table.now?.processes.get(pid)?.owner;
    if (owner?.kind !== 'pod' || owner.id === undefined) continue;
    found.set(owner.id, [...(found.get(owner.id) ?? []), name]);
  }
  return found;
}

/** Pods by the host interface of their veth pair. */
export function podsByInterface(moment: InterfaceMoment): ReadonlyMap<string, readonly LinkedPod[]> {
  const found = new Map<string, LinkedPod[]>();
  const byPod = interfacesByPod(moment);
  if (byPod.size === 0) return found;
  const named = new Map(moment.kubePods.now?.table?.rows.map((pod) => [pod.configHash ?? pod.uid, pod]));
  for (const [key, names] of byPod) {
    const pod = named.get(key);
    const link = { key, name: pod === undefined ? key : `${pod.namespace}/${pod.name}` };
    for (const name of names) found.set(name, [...(found.get(name) ?? []), link]);
  }
  return found;
}
