import { kubeStateAt, kubeStateNeeds } from '../../entities/kubernetes/state.ts';
import type { Condition } from '../../sources/kubernetes/objects.ts';
import { plain } from '../../lib/plain.ts';
import { span } from '../../lib/units.ts';
import { nodeRef } from '../entity-ref.ts';
import { defineFinding, onsetAgo, type Found } from '../finding.ts';

const NEXT: Readonly<Record<string, string>> = {
  Ready:
    '`kubectl describe node`, then check the part that the message names: runtime, network plugin, kubelet (section This node)',
  DiskPressure:
    'free space on nodefs and imagefs: `crictl rmi --prune`, `du -xsh /var/log/pods/*`; pods are evicted until then',
  MemoryPressure: 'open Kubernetes, sort pods by MEM, compare with MEM REQ; BestEffort pods are evicted first',
  PIDPressure: 'open Kubernetes, sort pods by PIDS',
  NetworkUnavailable: 'check the network plugin (CNI): its pods on this node and /etc/cni/net.d',
};

/** Bad conditions of this node: the scheduler places and the controllers evict pods by them. Of other nodes NotReady alone. */
export const kubeNodeCondition = defineFinding({
  id: 'kube-node-condition',
  title: 'Node condition bad: NotReady, pressure, network unavailable',
  needs: kubeStateNeeds,
  authority:
    'the conditions of the node: kubernetes.io/docs/reference/node/node-status; kubernetes-mixin KubeNodeNotReady',
  judge: (moment): readonly Found[] => {
    const { node, name, nowEpochSeconds: now } = kubeStateAt(moment);
    return [
      ...(node?.conditions ?? []).filter(isBad).map((condition): Found => ({
        ...foundOf(condition, node?.name, now),
        severity: condition.type === 'Ready' || condition.type === 'NetworkUnavailable' ? 'crit' : 'warn',
        entity: nodeRef(name ?? node?.name),
      })),
      ...(moment.kubeNode.now?.others ?? []).flatMap((other) =>
        other.conditions
          .filter((condition) => condition.type === 'Ready' && isBad(condition))
          .map((condition): Found => ({
            ...foundOf(condition, other.name, now),
            severity: 'warn',
            entity: nodeRef(other.name),
            next: '`kubectl describe node`, then check kubelet and runtime on that node, which is not this host',
          })),
      ),
    ];
  },
});

const isBad = ({ type, status }: Condition): boolean => (type === 'Ready' ? status !== 'True' : status === 'True');

function foundOf(
  { type, status, reason, message, sinceEpochSeconds: since }: Condition,
  node: string | undefined,
  now: number | undefined,
): Omit<Found, 'severity' | 'entity'> {
  const forSeconds = since === undefined || now === undefined ? undefined : Math.max(0, now - since);
  const long = forSeconds === undefined ? '' : ` for ${span(forSeconds)}`;
  return {
    subject: plain(type),
    subjectVocabulary: 'fixed',
    condition: type,
    sentence: plain(
      [`${status ?? 'Unknown'} on node ${node ?? 'not known'}${long}`, message ?? reason].filter(Boolean).join(', '),
    ),
    evidence: [
      {
        what: plain(type),
        value: plain(`${status ?? '—'} ${reason ?? ''}`),
        source: 'API server, conditions of the node',
      },
    ],
    next: NEXT[type] ?? '`kubectl describe node`, then check what the message names',
    pane: 'kubernetes',
    ...onsetAgo(forSeconds, 'API server, conditions of the node'),
  };
}
