import { podNeeds, podsAt } from '../../entities/kubernetes/pods.ts';
import { kubeStateAt, kubeStateNeeds } from '../../entities/kubernetes/state.ts';
import { staticPods } from '../../entities/kubernetes/static-pods.ts';
import { plain } from '../../lib/plain.ts';
import { entityRef, nodeRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** Static pods of this node that do not run: with kubeadm they are the control plane. */
export const kubeStaticPodDown = defineFinding({
  id: 'kube-static-pod-down',
  title: 'Static pod not running',
  needs: { ...podNeeds, ...kubeStateNeeds },
  authority: 'manifest in the static pod path of the kubelet, without a container',
  judge: (moment): readonly Found[] => {
    const local = moment.kubeLocal.now;
    // The list is that of a node of another name where only the flags of the kubelet give it.
    if (local?.kubeletRuns === false && kubeStateAt(moment).node === undefined) return [];
    const down = staticPods(local?.manifests, podsAt(moment), moment).filter(({ isRunning }) => isRunning === false);
    const [first] = down;
    if (!first) return [];
    const names = down.map(({ name }) => plain(name)).join(', ');
    return [
      {
        severity: 'crit',
        subject: plain(first.name),
        entity: nodeRef(local?.node),
        members: down.map(({ name, pod }) =>
          entityRef('pod', pod === undefined ? `kube-system/${name}` : `${pod.namespace}/${pod.name}`),
        ),
        sentence: `static pod not running${down.length === 1 ? '' : `, ${down.length} of them: ${names}`}`,
        evidence: down.map(({ name }) => ({ what: plain(name), value: 'no container', source: 'cgroups, CRI' })),
        next: '`crictl ps -a` for its last container and `crictl logs`; check the manifest in /etc/kubernetes/manifests',
        pane: 'kubernetes',
      },
    ];
  },
});
