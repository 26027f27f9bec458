import { kubeStateAt, kubeStateNeeds } from '../../entities/kubernetes/state.ts';
import { plain } from '../../lib/plain.ts';
import { duration } from '../../lib/units.ts';
import { defineFinding, type Found } from '../finding.ts';

const NEXT: Readonly<Record<string, string>> = {
  Ready:
    'the message names the part: runtime, network plugin, kubelet; the sections This node and Containers tell how they are',
  DiskPressure: 'free space of nodefs and imagefs; pods are evicted and images dropped until there is more',
  MemoryPressure: 'who uses more than it requested: sort pods by MEM; BestEffort pods go first',
  PIDPressure: 'who has so many processes: sort pods by PIDS',
  NetworkUnavailable: 'the network plugin (CNI) of the node',
};

/** What the cluster thinks of this node: by this it places pods here, or takes them away. */
export const kubeNodeCondition = defineFinding({
  id: 'kube-node-condition',
  title: 'The cluster takes this node for unwell',
  needs: kubeStateNeeds,
  authority:
    'the conditions of the node: kubernetes.io/docs/reference/node/node-status; kubernetes-mixin KubeNodeNotReady',
  judge: (moment): readonly Found[] => {
    const { node, nowEpochSeconds: now } = kubeStateAt(moment);
    return (node?.conditions ?? []).flatMap(
      ({ type, status, reason, message, sinceEpochSeconds: since }): readonly Found[] => {
        if (type === 'Ready' ? status === 'True' : status !== 'True') return [];
        const long = since === undefined || now === undefined ? '' : ` for ${duration(Math.max(0, now - since))}`;
        return [
          {
            severity: type === 'Ready' || type === 'NetworkUnavailable' ? 'crit' : 'warn',
            subject: plain(type),
            sentence: plain(
              `node ${node?.name ?? ''} is ${type === 'Ready' ? (status === 'Unknown' ? 'silent for the cluster' : 'not ready') : `under ${type}`}${long}: ${message ?? reason ?? ''}`,
            ),
            evidence: [
              {
                what: plain(type),
                value: plain(`${status ?? '—'} ${reason ?? ''}`),
                source: 'API server, conditions of the node',
              },
            ],
            next: NEXT[type] ?? 'what the message names',
            pane: 'kubernetes',
          },
        ];
      },
    );
  },
});
