import type { Workload } from '../../sources/kubernetes/owners.ts';

/** Time of missing replicas, as in KubeDeploymentReplicasMismatch of kubernetes-mixin: 15 minutes. */
const MISMATCH_SECONDS = 900;

/** Problem of a rollout; undefined where it progresses, or is recent. Raw text. */
export function rolloutTrouble(
  one: Workload,
  nowEpochSeconds: number | undefined,
): { readonly severity: 'crit' | 'warn' | 'info'; readonly words: string } | undefined {
  if (one.paused) return undefined;
  const condition = (type: string, status: string) =>
    one.conditions.find((is) => is.type === type && is.status === status);
  const stuck = condition('Progressing', 'False') ?? condition('ReplicaFailure', 'True') ?? condition('Failed', 'True');
  if (stuck) return { severity: 'crit', words: `${stuck.reason ?? stuck.type}: ${stuck.message ?? ''}` };
  const { wanted, ready = 0, kind } = one;
  if (kind === 'Job' || wanted === undefined || ready >= wanted) return undefined;
  const since = condition('Available', 'False')?.sinceEpochSeconds ?? one.createdEpochSeconds;
  const seconds = since === undefined || nowEpochSeconds === undefined ? undefined : nowEpochSeconds - since;
  if (seconds === undefined || seconds < MISMATCH_SECONDS)
    return ready === 0 && wanted > 0 ? { severity: 'info', words: `none of ${wanted} ready` } : undefined;
  return { severity: ready === 0 ? 'crit' : 'warn', words: `${ready} of ${wanted} ready` };
}
