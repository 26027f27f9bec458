import { kubeStateAt, kubeStateNeeds } from '../../entities/kubernetes/state.ts';
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

/** Bad conditions of this node: the scheduler places and the controllers evict pods by them. */
export const kubeNodeCondition = defineFinding({
  id: 'kube-node-condition',
  title: 'Node condition bad: NotReady, pressure, network unavailable',
  needs: kubeStateNeeds,
  authority:
    'the conditions of the node: kubernetes.io/docs/reference/node/node-status; kubernetes-mixin KubeNodeNotReady',
  judge: (moment): readonly Found[] => {
    const { node, name, nowEpochSeconds: now } = kubeStateAt(moment);
    return (node?.conditions ?? []).flatMap(
      ({ type, status, reason, message, sinceEpochSeconds: since }): readonly Found[] => {
        if (type === 'Ready' ? status === 'True' : status !== 'True') return [];
        const long = since === undefined || now === undefined ? '' : ` for ${span(Math.max(0, now - since))}`;
        return [
          {
            severity: type === 'Ready' || type === 'NetworkUnavailable' ? 'crit' : 'warn',
            subject: plain(type),
            subjectVocabulary: 'fixed',
            entity: nodeRef(name ?? node?.name),
            condition: type,
            sentence: plain(
              [`${status ?? 'Unknown'} on node ${node?.name ?? 'not known'}${long}`, message ?? reason]
                .filter(Boolean)
                .join(', '),
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
            ...onsetAgo(
              since === undefined || now === undefined ? undefined : Math.max(0, now - since),
              'API server, conditions of the node',
            ),
          },
        ];
      },
    );
  },
});
