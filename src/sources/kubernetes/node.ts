import { epochSeconds } from '../../lib/iso-time.ts';
import { countOf, fields, flagOf, items, json, numberOf, textOf } from '../../lib/json.ts';
import { conditionsOf, resourcesOf, type Condition, type Resources } from './objects.ts';
import { KUBERNETES } from './pods.ts';
import { quantityOf } from './quantity.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';

export interface KubeNode {
  readonly name: string;
  /** Of the machine (DMI); of a guest of libvirt its UUID there. */
  readonly systemUuid: string | undefined;
  readonly createdEpochSeconds: number | undefined;
  readonly unschedulable: boolean;
  readonly taints: readonly { readonly key: string; readonly value: string | undefined; readonly effect: string }[];
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
    taints: items(spec['taints']).flatMap((item) => {
      const { key, value: text, effect } = fields(item);
      return textOf(key) === undefined
        ? []
        : [{ key: textOf(key) ?? '', value: textOf(text), effect: textOf(effect) ?? '' }];
    }),
    conditions: conditionsOf(status['conditions']),
    capacity: resourcesOf(status['capacity']),
    allocatable: resourcesOf(status['allocatable']),
    podsMax: quantityOf(fields(status['allocatable'])['pods']),
    kubelet: textOf(info['kubeletVersion']),
    runtime: textOf(info['containerRuntimeVersion']),
  };
}

/**
 * This node, which is watched, and its lease, which the kubelet renews every 10 s; the control plane calls a node dead after
 * 40 s; it is read every two minutes while the node is Ready, else every 30 s. Asking for it is also the test whether the API server answers: each time it is asked whether it is ready.
 * https://kubernetes.io/docs/reference/node/node-status/
 */
export const kubeNode = defineSource({
  id: 'kube-node',
  title: 'This node in its cluster',
  why: 'Shows whether the cluster takes this node for healthy, and what it may give to pods.',
  everySeconds: 2,
  reads: {
    node: { kind: 'talk', dialect: 'kubernetes', to: KUBERNETES, request: 'node', as: 'root', timeoutMs: 9000 },
  },
  parse: ({ node: text }) => {
    const answer = fields(json(text));
    const lease = fields(fields(answer['lease'])['spec']);
    return {
      nowEpochSeconds: numberOf(answer['now']),
      /** Until the API server said that it is ready. */
      tookMs: countOf(answer['tookMs']),
      node: nodeOf(answer['node']),
      leaseEpochSeconds: epochSeconds(textOf(lease['renewTime'])),
      /** When the lease was read: less often than the rest. */
      leaseReadEpochSeconds: numberOf(answer['leaseAt']) ?? numberOf(answer['now']),
      /** Why the lease is not known. */
      leaseFailed: textOf(fields(answer['lease'])['failed']),
    };
  },
  identifiers: ({ node }) => named('host', [node?.name]),
});
