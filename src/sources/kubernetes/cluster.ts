import { fields, items, json, numberOf } from '../../lib/json.ts';
import { nodeOf, type KubeNode } from './node.ts';
import { podOf, type Pod } from './objects.ts';
import { KUBERNETES } from './pods.ts';
import { kubeTable, type KubeTable } from './table.ts';
import { defineDetail } from '../source.ts';

const understand = kubeTable(podOf);

/** Pods of all nodes, listed and watched for as long as a person looks at them, at most 20 000. */
export const kubeCluster = defineDetail({
  id: 'kube-cluster',
  title: 'Pods of the whole cluster',
  why: 'Shows pods of all nodes, when a person asks for the whole cluster.',
  everySeconds: 2,
  example: {},
  reads: () => ({
    pods: {
      kind: 'talk',
      dialect: 'kubernetes',
      to: KUBERNETES,
      request: 'pods all',
      as: 'root',
      timeoutMs: 15_000,
    } as const,
  }),
  parse: ({ pods }): { readonly table: KubeTable<Pod> | undefined } => ({ table: understand(pods) }),
});

/** All nodes, when a person asks for the whole cluster. */
export const kubeNodes = defineDetail({
  id: 'kube-nodes',
  title: 'Nodes of the cluster',
  why: 'Shows which nodes the cluster takes for healthy, when a person asks for the whole cluster.',
  everySeconds: 15,
  example: {},
  reads: () => ({
    nodes: {
      kind: 'talk',
      dialect: 'kubernetes',
      to: KUBERNETES,
      request: 'nodes',
      as: 'root',
      timeoutMs: 15_000,
    } as const,
  }),
  parse: ({
    nodes: text,
  }): { readonly nowEpochSeconds: number | undefined; readonly nodes: readonly KubeNode[] | undefined } => {
    const answer = fields(json(text));
    const nodes = answer['nodes'];
    return {
      nowEpochSeconds: numberOf(answer['now']),
      nodes: Array.isArray(nodes) ? items(nodes).flatMap((one) => nodeOf(one) ?? []) : undefined,
    };
  },
});
