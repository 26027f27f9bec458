import { epochSeconds } from '../../lib/iso-time.ts';
import { countOf, fields, flagOf, items, json, numberOf, textOf } from '../../lib/json.ts';
import { conditionsOf, resourcesOf, type Condition, type Resources } from './objects.ts';
import { KUBERNETES } from './pods.ts';
import { quantityOf } from './quantity.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';

export interface KubeNode {
  readonly name: string;
  /** DMI system UUID; of a libvirt guest its domain UUID. */
  readonly systemUuid: string | undefined;
  readonly createdEpochSeconds: number | undefined;
  readonly unschedulable: boolean;
  /** Undefined for a node from a table of kubectl. */
  readonly taints: readonly { readonly key: string; readonly value: string | undefined; readonly effect: string }[] | undefined; // prettier-ignore
  readonly conditions: readonly Condition[];
  readonly capacity: Resources;
  readonly allocatable: Resources;
  readonly podsMax: number | undefined;
  readonly kubelet: string | undefined;
  readonly runtime: string | undefined;
}

export function nodeOf(value: unknown): KubeNode | undefined {
  const node = fields(value);
  const metadata = fields(node['metadata']);
  const spec = fields(node['spec']);
  const status = fields(node['status']);
  const info = fields(status['nodeInfo']);
  const name = textOf(metadata['name']);
  if (name === undefined) return undefined;
  return {
    name,
    systemUuid: textOf(info['systemUUID'])?.toLowerCase(),
    createdEpochSeconds: epochSeconds(textOf(metadata['creationTimestamp'])),
    unschedulable: flagOf(spec['unschedulable']) ?? false,
    taints: node['printed'] === true ? undefined : items(spec['taints']).flatMap(taintOf),
    conditions: conditionsOf(status['conditions']),
    capacity: resourcesOf(status['capacity']),
    allocatable: resourcesOf(status['allocatable']),
    podsMax: quantityOf(fields(status['allocatable'])['pods']),
    kubelet: textOf(info['kubeletVersion']),
    runtime: textOf(info['containerRuntimeVersion']),
  };
}

function taintOf(value: unknown): NonNullable<KubeNode['taints']> {
  const { key, value: text, effect } = fields(value);
  return textOf(key) === undefined
    ? []
    : [{ key: textOf(key) ?? '', value: textOf(text), effect: textOf(effect) ?? '' }];
}

/**
 * This node, which is watched, and its lease, which the kubelet renews every 10 s; the control plane marks a node Unknown
 * after 40 s. The lease is read every two minutes while the node is Ready, else every 30 s. Each read includes /readyz, the
 * test whether the API server responds.
 * https://kubernetes.io/docs/reference/node/node-status/
 */
export const kubeNode = defineSource({
  id: 'kube-node',
  title: 'This node in its cluster',
  why: 'Shows conditions, taints, allocatable and lease of this node, and whether the API server responds.',
  everySeconds: 2,
  reads: {
    node: { kind: 'talk', dialect: 'kubernetes', to: KUBERNETES, request: 'node', as: 'root', timeoutMs: 9000 },
  },
  parse: ({ node: text }) => {
    const answer = fields(json(text));
    const lease = fields(fields(answer['lease'])['spec']);
    return {
      nowEpochSeconds: numberOf(answer['now']),
      /** Response time of /readyz. */
      tookMs: countOf(answer['tookMs']),
      node: nodeOf(answer['node']),
      /** Nodes of the cluster beside this one: in a sosreport, whose `kubectl get nodes` has all. */
      others: items(answer['others']).flatMap((one) => nodeOf(one) ?? []),
      leaseEpochSeconds: epochSeconds(textOf(lease['renewTime'])),
      /** When the lease was read: less often than the rest. */
      leaseReadEpochSeconds: numberOf(answer['leaseAt']) ?? numberOf(answer['now']),
      /** Error of the read of the lease. */
      leaseFailed: textOf(fields(answer['lease'])['failed']),
    };
  },
  identifiers: ({ node, others }) =>
    named(
      'host',
      [node, ...others].map((one) => one?.name),
    ),
});
