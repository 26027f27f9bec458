import { kubeStateAt, kubeStateNeeds } from '../../entities/kubernetes/state.ts';
import { plain } from '../../lib/plain.ts';
import { span } from '../../lib/units.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, onsetAgo, type Found } from '../finding.ts';

/** The kubelet of this node not running, unhealthy, or without lease renewals: pods are not started, probed or reported. */
export const kubeKubeletUnhealthy = defineFinding({
  id: 'kubelet-unhealthy',
  title: 'kubelet not running, unhealthy, or its node lease stale',
  needs: kubeStateNeeds,
  authority:
    "kubelet's own /healthz; the control plane marks a node Unknown 40 s after its last lease renewal (--node-monitor-grace-period)",
  judge: (moment): readonly Found[] => {
    const { kubelet, healthz, leaseAgeSeconds: lease, node, name, api } = kubeStateAt(moment);
    // A host without a kubelet may be an administration host.
    const wasHere = node !== undefined || moment.kubeLocal.history.some(({ sample }) => sample?.kubeletRuns === true);
    const bad = (kubelet === 'not running' || kubelet === 'unhealthy') && wasHere;
    const dead = api === 'responsive' && (lease ?? 0) > 40;
    if (!bad && !dead) return [];
    const words = plain(healthz ?? '—');
    return [
      {
        severity: 'crit',
        subject: 'kubelet',
        subjectVocabulary: 'fixed',
        entity: entityRef('daemon', 'kubelet'),
        sentence:
          kubelet === 'not running'
            ? 'not running, pods keep running without starts, probes and status'
            : bad
              ? `unhealthy, ${words}`
              : `lease of node ${plain(name ?? 'not known')} not renewed for ${span(lease)}, local /healthz: ${words}`,
        evidence: [
          { what: 'health', value: words, source: '/healthz of the kubelet' },
          {
            what: 'lease renewed',
            value: lease === undefined ? '—' : `${span(lease)} ago`,
            source: 'lease of the node',
          },
        ],
        next: '`systemctl status kubelet`, `journalctl -u kubelet -n 50` (PLEG, certificate, disks); t on its row in Processes',
        pane: 'kubernetes',
        ...onsetAgo(dead ? lease : undefined, 'lease of the node'),
      },
    ];
  },
});
