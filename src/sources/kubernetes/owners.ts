import { epochSeconds } from '../../lib/iso-time.ts';
import { countOf, fields, flagOf, items, json, numberOf, textOf } from '../../lib/json.ts';
import { conditionsOf, type Condition } from './objects.ts';
import { KUBERNETES } from './pods.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';

/** Workload is a controller of pods with its rollout status. */
export interface Workload {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly createdEpochSeconds: number | undefined;
  readonly paused: boolean;
  readonly wanted: number | undefined;
  readonly ready: number | undefined;
  readonly updated: number | undefined;
  readonly failed: number | undefined;
  /** Whether the controller has seen the latest generation. */
  readonly observed: boolean;
  readonly conditions: readonly Condition[];
}

export interface DisruptionBudget {
  readonly namespace: string;
  readonly name: string;
  readonly allowed: number | undefined;
  readonly healthy: number | undefined;
  readonly desired: number | undefined;
  readonly pods: number | undefined;
}

const KINDS = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'];

/**
 * Rollouts and disruption budgets of the cluster. While all are healthy, no pod was added or deleted and no controller got a
 * warning event, the reply is a cached one of up to ten minutes, with its time.
 * https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status
 */
export const kubeOwners = defineSource({
  id: 'kube-owners',
  title: 'Rollouts and disruption budgets',
  why: 'Shows stalled rollouts of Deployments, StatefulSets, DaemonSets and Jobs, and PDBs that block kubectl drain.',
  everySeconds: 120,
  value: 'low',
  reads: {
    owners: { kind: 'talk', dialect: 'kubernetes', to: KUBERNETES, request: 'owners', as: 'root', timeoutMs: 20_000 },
    pdbs: { kind: 'talk', dialect: 'kubernetes', to: KUBERNETES, request: 'pdbs', as: 'root', timeoutMs: 20_000 },
  },
  parse: ({ owners, pdbs }) => {
    const answer = fields(json(owners));
    const budgets = json(pdbs);
    return {
      nowEpochSeconds: numberOf(answer['now']),
      workloads:
        owners === undefined
          ? undefined
          : KINDS.flatMap((kind) => items(answer[kind]).flatMap((item) => workloadOf(kind, item))),
      budgets: Array.isArray(budgets) ? items(budgets).flatMap(budgetOf) : undefined,
    };
  },
  identifiers: ({ workloads, budgets }) =>
    [...(workloads ?? []), ...(budgets ?? [])].flatMap(({ name, namespace }) => [
      ...named('pod', [name]),
      ...named('namespace', [namespace]),
    ]),
});

function workloadOf(kind: string, value: unknown): readonly Workload[] {
  const one = fields(value);
  const [metadata, spec, status] = [fields(one['metadata']), fields(one['spec']), fields(one['status'])];
  const name = textOf(metadata['name']);
  if (name === undefined) return [];
  const [generation, observed] = [countOf(metadata['generation']), countOf(status['observedGeneration'])];
  const known = kind === 'DaemonSet' ? countOf(status['desiredNumberScheduled']) : countOf(spec['replicas']);
  return [
    {
      kind,
      namespace: textOf(metadata['namespace']) ?? 'default',
      name,
      createdEpochSeconds: epochSeconds(textOf(metadata['creationTimestamp'])),
      paused: flagOf(spec['paused']) ?? flagOf(spec['suspend']) ?? false,
      wanted: kind === 'Job' ? countOf(spec['completions']) : known,
      // Go leaves a count of 0 out.
      ready:
        kind === 'Job'
          ? (countOf(status['succeeded']) ?? 0)
          : (countOf(status['readyReplicas'] ?? status['numberReady']) ?? 0),
      updated: countOf(status['updatedReplicas'] ?? status['updatedNumberScheduled']),
      failed: countOf(status['failed']),
      observed: generation === undefined || observed === undefined || observed >= generation,
      conditions: conditionsOf(status['conditions']),
    },
  ];
}

function budgetOf(value: unknown): readonly DisruptionBudget[] {
  const one = fields(value);
  const [metadata, status] = [fields(one['metadata']), fields(one['status'])];
  const name = textOf(metadata['name']);
  if (name === undefined) return [];
  return [
    {
      namespace: textOf(metadata['namespace']) ?? 'default',
      name,
      allowed: countOf(status['disruptionsAllowed']),
      healthy: countOf(status['currentHealthy']),
      desired: countOf(status['desiredHealthy']),
      pods: countOf(status['expectedPods']),
    },
  ];
}
