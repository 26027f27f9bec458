import { plain } from '../../lib/plain.ts';
import { kubePulse } from '../../sources/kubernetes/pulse.ts';
import { kubeRuntime } from '../../sources/kubernetes/runtime.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** Container runtime that does not respond: no container of this node is started, stopped or probed. */
export const kubeRuntimeUnresponsive = defineFinding({
  id: 'kube-runtime-unresponsive',
  title: 'Container runtime unresponsive',
  needs: { kubeRuntime, kubePulse },
  authority: 'CRI: Status of the runtime service fails or times out, as the PLEG of the kubelet finds',
  judge: ({ kubeRuntime: seen, kubePulse: pulse }): readonly Found[] => {
    const health = pulse.now?.runtimeHealth ?? seen.now?.health;
    if (health === undefined || health === 'ok') return [];
    return [
      {
        severity: 'crit',
        subject: 'container runtime',
        subjectVocabulary: 'fixed',
        entity: entityRef('daemon', 'container-runtime'),
        sentence: `unresponsive, ${plain(health)}`,
        evidence: [{ what: 'CRI status', value: plain(health), source: plain(seen.now?.endpoint ?? 'CRI socket') }],
        next: '`systemctl status containerd`, `journalctl -u containerd -n 50`; running containers go on',
        pane: 'kubernetes',
      },
    ];
  },
});
