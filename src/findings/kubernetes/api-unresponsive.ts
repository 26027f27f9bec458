import { kubeStateAt, kubeStateNeeds } from '../../entities/kubernetes/state.ts';
import { plain } from '../../lib/plain.ts';
import { ms, span } from '../../lib/units.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { limits } from '../../thresholds.ts';

/** An unresponsive or slow API server: pods keep running without restarts or rescheduling, their rows are stale. */
export const kubeApiUnresponsive = defineFinding({
  id: 'kube-api-unresponsive',
  title: 'API server unresponsive or slow',
  needs: kubeStateNeeds,
  authority: limits.kubeApiMs.authority,
  judge: (moment): readonly Found[] => {
    const { api, unresponsiveSeconds, error, tookMs, config, kubelet, healthz } = kubeStateAt(moment);
    const evidence = [
      {
        what: 'response',
        value: api === 'unresponsive' ? plain(error ?? 'none') : ms(tookMs),
        source: `kubectl get --raw, kubeconfig ${plain(config ?? 'not known')}`,
      },
      { what: 'kubelet', value: plain(healthz ?? '—'), source: 'http://127.0.0.1:10248/healthz' },
    ];
    const common = {
      subject: 'API server',
      subjectVocabulary: 'fixed' as const,
      entity: entityRef('daemon', 'kube-apiserver'),
      evidence,
      pane: 'kubernetes',
    };
    if (api === 'unresponsive')
      return [
        {
          ...common,
          severity: 'crit',
          sentence: `unresponsive${unresponsiveSeconds === undefined ? '' : ` for ${span(unresponsiveSeconds)}`}${error === undefined ? '' : `, ${plain(error)}`}`,
          next: `${kubelet === 'healthy' ? '' : 'check the kubelet first: `journalctl -u kubelet -n 50`; '}\`crictl ps -a\` for kube-apiserver and etcd, read their logs in /var/log/pods; check certificates, disks and load balancer`,
        },
      ];
    if (api === 'responsive' && tookMs !== undefined && tookMs >= limits.kubeApiMs.warn)
      return [
        {
          ...common,
          severity: 'warn',
          sentence: `slow, /readyz took ${ms(tookMs)}`,
          next: 'check etcd fsync latency on its disk in Hardware, CPU and memory of kube-apiserver in Processes, then its busiest clients',
        },
      ];
    return [];
  },
});
