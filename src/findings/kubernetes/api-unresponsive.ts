import { kubeStateAt, kubeStateNeeds } from '../../entities/kubernetes/state.ts';
import { plain } from '../../lib/plain.ts';
import { duration, ms } from '../../lib/units.ts';
import { defineFinding, type Found } from '../finding.ts';
import { limits } from '../../thresholds.ts';

/** Pods run on, but nothing is started, moved or healed, and what is on the screen of them is old. */
export const kubeApiSilent = defineFinding({
  id: 'kube-api-silent',
  title: 'The API server does not answer, or slowly',
  needs: kubeStateNeeds,
  authority: limits.kubeApiMs.authority,
  judge: (moment): readonly Found[] => {
    const { api, silentSeconds, said, tookMs, config, kubelet, healthz } = kubeStateAt(moment);
    const evidence = [
      {
        what: 'answer',
        value: api === 'silent' ? plain(said ?? 'none') : ms(tookMs),
        source: `kubectl get --raw with ${plain(config ?? 'its kubeconfig')}`,
      },
      { what: 'kubelet', value: plain(healthz ?? '—'), source: 'http://127.0.0.1:10248/healthz' },
    ];
    const common = { subject: 'API server', evidence, pane: 'kubernetes' };
    if (api === 'silent')
      return [
        {
          ...common,
          severity: 'crit',
          sentence: `the API server does not answer${silentSeconds === undefined ? '' : ` for ${duration(silentSeconds)}`}: ${plain(said ?? 'no word')}`,
          next: `${kubelet === 'well' ? 'the kubelet is well: look at' : 'look at the kubelet first, then at'} the static pods kube-apiserver and etcd (Processes, /var/log/pods), their certificates and disks, and the load balancer before them`,
        },
      ];
    if (api === 'answers' && tookMs !== undefined && tookMs >= limits.kubeApiMs.warn)
      return [
        {
          ...common,
          severity: 'warn',
          sentence: `the API server takes ${ms(tookMs)} for a question about one node`,
          next: "etcd and its disk (fsync), the API server's CPU and memory, and what asks it so much",
        },
      ];
    return [];
  },
});
