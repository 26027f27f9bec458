import { epochSeconds } from '../../lib/iso-time.ts';
import { countOf, fields, textOf } from '../../lib/json.ts';
import { KUBERNETES } from './pods.ts';
import { kubeTable, type KubeTable } from './table.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';

/** KubeEvent is one event object; texts are raw. */
export interface KubeEvent {
  /** Normal, Warning. */
  readonly type: string | undefined;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  readonly firstEpochSeconds: number | undefined;
  readonly lastEpochSeconds: number | undefined;
  /** Reporting component: kubelet, default-scheduler. */
  readonly component: string | undefined;
  readonly host: string | undefined;
  readonly object: {
    readonly kind: string;
    readonly namespace: string | undefined;
    readonly name: string;
    readonly uid: string | undefined;
    readonly path: string | undefined;
  };
}

/**
 * An event of core/v1. The scheduler's have neither count nor first and last time, but an eventTime and perhaps a series.
 * https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
 */
export function kubeEventOf(value: unknown): KubeEvent | undefined {
  const event = fields(value);
  const object = fields(event['involvedObject']);
  const series = fields(event['series']);
  const source = fields(event['source']);
  const [reason, kind, name] = [textOf(event['reason']), textOf(object['kind']), textOf(object['name'])];
  if (reason === undefined || kind === undefined || name === undefined) return undefined;
  const time = (...values: readonly unknown[]): number | undefined =>
    values.map((one) => epochSeconds(textOf(one))).find((one) => one !== undefined);
  const created = fields(event['metadata'])['creationTimestamp'];
  return {
    type: textOf(event['type']),
    reason,
    message: textOf(event['message']) ?? '',
    count: countOf(series['count']) ?? countOf(event['count']) ?? 1,
    firstEpochSeconds: time(event['firstTimestamp'], event['eventTime'], created),
    lastEpochSeconds: time(series['lastObservedTime'], event['lastTimestamp'], event['eventTime'], created),
    component: textOf(source['component']) ?? textOf(event['reportingComponent']),
    host: textOf(source['host']),
    object: {
      kind,
      namespace: textOf(object['namespace']),
      name,
      uid: textOf(object['uid']),
      path: textOf(object['fieldPath']),
    },
  };
}

const tableOf = kubeTable(kubeEventOf);

/** Warning events of the cluster, listed once and then watched: the API server keeps them for an hour (MicroK8s: 5 minutes). */
export const kubeEvents = defineSource({
  id: 'kube-events',
  title: 'Warning events of the cluster',
  why: 'Shows why pods do not start: failed scheduling, mounts, images, probes.',
  everySeconds: 5,
  reads: {
    events: { kind: 'talk', dialect: 'kubernetes', to: KUBERNETES, request: 'events', as: 'root', timeoutMs: 10_000 },
  },
  parse: ({ events }): { readonly table: KubeTable<KubeEvent> | undefined } => ({ table: tableOf(events) }),
  // Pods that found no node are in no other list.
  identifiers: ({ table }) =>
    (table?.rows ?? []).flatMap(({ object: { kind, name, namespace }, host }) => [
      ...named(kind === 'Node' ? 'host' : 'pod', [name]),
      ...named('namespace', [namespace]),
      ...named('host', [host]),
    ]),
});
