import { rolloutTrouble } from '../../entities/kubernetes/rollout.ts';
import { plain } from '../../lib/plain.ts';
import { kubeOwners } from '../../sources/kubernetes/owners.ts';
import { entityRef, kubeCluster } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

const MOST_NAMED = 4;

/** Stalled rollouts: the controller reports failure, or replicas are missing for 15 minutes. */
export const kubeRolloutStuck = defineFinding({
  id: 'kube-rollout-stalled',
  title: 'Rollouts stalled',
  needs: { kubeOwners },
  authority:
    'the Progressing condition (progressDeadlineSeconds); kubernetes-mixin: KubeDeploymentReplicasMismatch, 15 minutes',
  judge: (moment): readonly Found[] => {
    const { workloads, nowEpochSeconds } = moment.kubeOwners.now ?? {};
    const stuck = (workloads ?? []).flatMap((one) => {
      const trouble = rolloutTrouble(one, nowEpochSeconds);
      return trouble && trouble.severity !== 'info' ? [{ one, trouble }] : [];
    });
    const [first] = stuck;
    if (!first) return [];
    const named = stuck
      .slice(0, MOST_NAMED)
      .map(({ one, trouble }) => plain(`${one.kind} ${one.namespace}/${one.name} (${trouble.words})`));
    const rest = stuck.length > MOST_NAMED ? ` and ${stuck.length - MOST_NAMED} more` : '';
    return [
      {
        severity: 'warn',
        subject: plain(`${first.one.namespace}/${first.one.name}`),
        entity: kubeCluster,
        members: stuck.map(({ one }) => entityRef('workload', `${one.kind}/${one.namespace}/${one.name}`)),
        sentence:
          stuck.length === 1
            ? `${plain(first.one.kind)} rollout stalled, ${plain(first.trouble.words)}`
            : `${stuck.length} rollouts stalled: ${named.join(', ')}${rest}`,
        evidence: stuck.slice(0, 5).map(({ one, trouble }) => ({
          what: plain(`${one.kind} ${one.namespace}/${one.name}`),
          value: plain(`${one.ready ?? 0} of ${one.wanted ?? '—'} ready; ${trouble.words}`),
          source: 'API server, status of the workload',
        })),
        next: 'open All pods in Kubernetes, filter by the name; `kubectl describe` it for quotas and admission errors',
        pane: 'kubernetes',
      },
    ];
  },
});
