import { podNeeds, podsAt, type PodHere } from '../../entities/kubernetes/pods.ts';
import { podsByInterface } from '../../entities/kubernetes/pod-interfaces.ts';
import { podsByDisk, type LinkedPod } from '../../entities/kubernetes/pod-volumes.ts';
import { entityRef, nodeRef, podRef, thisHost, type EntityRef } from '../../findings/entity-ref.ts';
import { vethPeers } from '../../sources/containers/veth-peers.ts';
import { kubeVolumes } from '../../sources/kubernetes/volumes.ts';
import { defineDependencies, type Dependency } from '../dependency.ts';

const kubelet = entityRef('daemon', 'kubelet');
const apiServer = entityRef('daemon', 'kube-apiserver');

/** Workload to its pods; pod to its containers, interfaces and volumes, and to its node; node to kubelet, its certificates and the API server; this to etcd. */
export const kubernetesDependencies = defineDependencies({
  id: 'kubernetes',
  needs: { ...podNeeds, kubeVolumes, vethPeers },
  of: (moment) => {
    const pods = podsAt(moment);
    const node = nodeRef(moment.kubeLocal.now?.node);
    const found: Dependency[] =
      pods.length === 0
        ? []
        : [
            { dependent: node, via: 'served-by', on: kubelet },
            { dependent: node, via: 'runs-as', on: thisHost },
            { dependent: kubelet, via: 'served-by', on: apiServer },
            { dependent: apiServer, via: 'served-by', on: entityRef('daemon', 'etcd') },
            { dependent: kubelet, via: 'served-by', on: entityRef('daemon', 'container-runtime') },
          ];
    for (const { path } of moment.kubeLocal.now?.certificates ?? [])
      found.push({ dependent: kubelet, via: 'served-by', on: entityRef('certificate', path) });
    for (const pod of pods) {
      const self = podRef(pod);
      // Static pods of the control plane; etcd is behind the API server.
      if (pod.namespace === 'kube-system' && /^(?:kube-apiserver|etcd)-/.test(pod.name))
        found.push({ dependent: apiServer, via: 'runs-as', on: self });
      found.push({ dependent: self, via: 'served-by', on: node });
      const owner = workloadOf(pod);
      if (owner) found.push({ dependent: owner, via: 'runs-as', on: self });
      for (const container of pod.containers.values())
        found.push({ dependent: self, via: 'runs-as', on: entityRef('container', container.key) });
    }
    const byKey = new Map(pods.map((pod) => [pod.pod?.configHash ?? pod.uid, podRef(pod)]));
    const link = (through: ReadonlyMap<string, readonly LinkedPod[]>, kind: 'nic' | 'disk', via: Dependency['via']) => {
      for (const [name, linked] of through)
        for (const { key } of linked) {
          const self = byKey.get(key);
          if (self) found.push({ dependent: self, via, on: entityRef(kind, name) });
        }
    };
    link(podsByInterface(moment), 'nic', 'plugged-into');
    link(podsByDisk(moment), 'disk', 'stored-on');
    return found;
  },
});

/** Deployment, StatefulSet, DaemonSet or Job of a pod; a ReplicaSet has the name of its Deployment and a hash. */
function workloadOf({ namespace, pod }: PodHere): EntityRef | undefined {
  const owner = pod?.owner;
  if (!owner) return undefined;
  const { kind, name } = owner;
  return kind === 'ReplicaSet'
    ? entityRef('workload', `Deployment/${namespace}/${name.replace(/-[a-z\d]+$/, '')}`)
    : entityRef('workload', `${kind}/${namespace}/${name}`);
}
