import { kubeStateAt, kubeStateNeeds } from '../../entities/kubernetes/state.ts';
import { plain } from '../../lib/plain.ts';
import { duration } from '../../lib/units.ts';
import { defineFinding, type Found } from '../finding.ts';

/** The kubelet is what starts, probes and reports pods of this node. */
export const kubeKubeletUnwell = defineFinding({
  id: 'kube-kubelet-unwell',
  title: 'The kubelet of this node is not well',
  needs: kubeStateNeeds,
  authority:
    "kubelet's own /healthz; the control plane gives a node up 40 s after its last sign (--node-monitor-grace-period)",
  judge: (moment): readonly Found[] => {
    const { kubelet, healthz, leaseAgeSeconds: lease, node, name, api } = kubeStateAt(moment);
    // Where no kubelet was ever seen there need not be one: a place to administrate from.
    const wasHere = node !== undefined || moment.kubeLocal.history.some(({ sample }) => sample?.kubeletRuns === true);
    const bad = (kubelet === 'gone' || kubelet === 'unwell') && wasHere;
    const dead = api === 'answers' && (lease ?? 0) > 40;
    if (!bad && !dead) return [];
    const words = plain(healthz ?? '—');
    return [
      {
        severity: 'crit',
        subject: 'kubelet',
        sentence:
          kubelet === 'gone'
            ? 'the kubelet of this node does not run: pods run on, but nothing starts, probes or reports them'
            : bad
              ? `the kubelet of this node is not well: ${words}`
              : `the kubelet of ${plain(name ?? 'this node')} gave no sign for ${duration(lease)}, though it answers here`,
        evidence: [
          { what: 'health', value: words, source: '/healthz of the kubelet' },
          {
            what: 'last sign',
            value: lease === undefined ? '—' : `${duration(lease)} ago`,
            source: 'lease of the node',
          },
        ],
        next: 'its unit and journal; the runtime (PLEG), disks that hang, and its certificate; t on its row in Processes shows where it waits',
        pane: 'kubernetes',
      },
    ];
  },
});
