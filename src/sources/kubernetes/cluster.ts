import { fields, items, json, numberOf } from '../../lib/json.ts';
import { nodeOf, type KubeNode } from './node.ts';
import { podOf, type Pod } from './objects.ts';
import { KUBERNETES } from './pods.ts';
import { kubeTable, type KubeTable } from './table.ts';
import { defineDetail } from '../source.ts';

const tableOf = kubeTable(podOf);

/** Pods of all nodes, listed and watched while the list is open, up to 20 000. */
export const kubeCluster = defineDetail({
  id: 'kube-cluster',
  title: 'All pods of the cluster',
  why: 'Shows pods of all nodes while All pods is open.',
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
  parse: ({ pods }): { readonly table: KubeTable<Pod> | undefined } => ({ table: tableOf(pods) }),
});

/** All nodes, read while their list is open. */
export const kubeNodes = defineDetail({
  id: 'kube-nodes',
  title: 'All nodes of the cluster',
  why: 'Shows status, allocatable and taints of all nodes while All nodes is open.',
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
