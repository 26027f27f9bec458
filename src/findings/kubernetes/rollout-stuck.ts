import { rolloutTrouble } from '../../entities/kubernetes/rollout.ts';
import { plain } from '../../lib/plain.ts';
import { kubeOwners } from '../../sources/kubernetes/owners.ts';
import { defineFinding, type Found } from '../finding.ts';

const MOST_NAMED = 4;

/** Workloads whose controller gave up, or that lack pods for long. */
export const kubeRolloutStuck = defineFinding({
  id: 'kube-rollout-stuck',
  title: 'Rollouts that do not get on',
  needs: { kubeOwners },
  authority:
    'the Progressing condition (progressDeadlineSeconds); kubernetes-mixin: KubeDeploymentReplicasMismatch, 15 minutes',
  judge: (moment): readonly Found[] => {
    const { workloads, nowEpochSeconds } = moment.kubeOwners.now ?? {};
    const stuck = (workloads ?? []).flatMap((one) => {
      const trouble = rolloutTrouble(one, nowEpochSeconds);
      return trouble?.severity === 'crit' ? [{ one, trouble }] : [];
    });
    if (stuck.length === 0) return [];
    const named = stuck
      .slice(0, MOST_NAMED)
      .map(({ one, trouble }) => plain(`${one.kind} ${one.namespace}/${one.name} (${trouble.words})`));
    const rest = stuck.length > MOST_NAMED ? ` and ${stuck.length - MOST_NAMED} more` : '';
    return [
      {
        severity: 'warn',
        subject: 'rollouts',
        sentence: `${stuck.length === 1 ? 'a rollout does' : `${stuck.length} rollouts do`} not get on: ${named.join(', ')}${rest}`,
        evidence: stuck.slice(0, 5).map(({ one, trouble }) => ({
          what: plain(`${one.kind} ${one.namespace}/${one.name}`),
          value: plain(`${one.ready ?? 0} of ${one.wanted ?? '—'} ready; ${trouble.words}`),
          source: 'API server, status of the workload',
        })),
        next: 'its pods (Kubernetes, the whole cluster: filter by its name), quotas and admission',
        pane: 'kubernetes',
      },
    ];
  },
});
