import { epochSeconds } from '../../lib/iso-time.ts';
import { countOf, fields, flagOf, items, numberOf, textOf, type Fields } from '../../lib/json.ts';
import { quantityOf } from './quantity.ts';

/** Objects of the API, with the fields that are read; all texts are raw. https://kubernetes.io/docs/reference/kubernetes-api/ */
export interface Condition {
  readonly type: string;
  /** True, False, Unknown. */
  readonly status: string | undefined;
  readonly reason: string | undefined;
  readonly message: string | undefined;
  readonly sinceEpochSeconds: number | undefined;
  readonly heartbeatEpochSeconds: number | undefined;
}

export interface Resources {
  readonly cpus: number | undefined;
  readonly memoryBytes: number | undefined;
}

export interface ContainerSpec {
  readonly name: string;
  readonly image: string | undefined;
  /** Init container with restartPolicy Always, which keeps running. */
  readonly sidecar: boolean;
  readonly requests: Resources;
  readonly limits: Resources;
}

export interface Terminated {
  readonly exitCode: number | undefined;
  readonly signal: number | undefined;
  readonly reason: string | undefined;
  readonly message: string | undefined;
  readonly startedEpochSeconds: number | undefined;
  readonly finishedEpochSeconds: number | undefined;
}

export interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly started: boolean;
  readonly restarts: number;
  /** 64 hexadecimal digits. */
  readonly id: string | undefined;
  readonly waiting: { readonly reason: string | undefined; readonly message: string | undefined } | undefined;
  readonly running: { readonly sinceEpochSeconds: number | undefined } | undefined;
  readonly terminated: Terminated | undefined;
  /** End of the previous run. */
  readonly last: Terminated | undefined;
}

/** Row of a pod in a table of `kubectl get pods`, where only that is known of its containers. */
export interface PrintedStatus {
  readonly status: string;
  readonly ready: number;
  readonly containers: number;
  readonly restarts: number;
  readonly restartedEpochSeconds: number | undefined;
  /** Whether the table has the columns of `-o wide`: without them the node is not known. */
  readonly isWide: boolean;
}

export interface Pod {
  /** Of a pod from a table or a description, which have no uid, `namespace/name`. */
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly node: string | undefined;
  readonly createdEpochSeconds: number | undefined;
  readonly deletedEpochSeconds: number | undefined;
  readonly finalizers: readonly string[];
  /** Its controller, with the Deployment in place of its ReplicaSet. */
  readonly owner: { readonly kind: string; readonly name: string } | undefined;
  /** Id in the cgroup name of a static pod, in place of the uid. */
  readonly configHash: string | undefined;
  readonly phase: string | undefined;
  readonly reason: string | undefined;
  readonly message: string | undefined;
  readonly qos: string | undefined;
  readonly ip: string | undefined;
  readonly hostNetwork: boolean;
  readonly priorityClass: string | undefined;
  readonly nominatedNode: string | undefined;
  readonly conditions: readonly Condition[];
  readonly initContainers: readonly ContainerSpec[];
  readonly containers: readonly ContainerSpec[];
  readonly initStatuses: readonly ContainerStatus[];
  readonly statuses: readonly ContainerStatus[];
  readonly printed: PrintedStatus | undefined;
}

const time = (value: unknown): number | undefined => epochSeconds(textOf(value));

/** Fields of an object that is present, even empty: a Go pointer, which kubectl tests for nil only. */
const pointer = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? fields(value) : undefined;

export const conditionsOf = (value: unknown): readonly Condition[] =>
  items(value).flatMap((item) => {
    const one = fields(item);
    const type = textOf(one['type']);
    return type === undefined
      ? []
      : [
          {
            type,
            status: textOf(one['status']),
            reason: textOf(one['reason']),
            message: textOf(one['message']),
            sinceEpochSeconds: time(one['lastTransitionTime']),
            heartbeatEpochSeconds: time(one['lastHeartbeatTime']),
          },
        ];
  });

export function resourcesOf(value: unknown): Resources {
  const { cpu, memory } = fields(value);
  return { cpus: quantityOf(cpu), memoryBytes: quantityOf(memory) };
}

const specsOf = (value: unknown): readonly ContainerSpec[] =>
  items(value).flatMap((item) => {
    const one = fields(item);
    const name = textOf(one['name']);
    const { requests, limits } = fields(one['resources']);
    return name === undefined
      ? []
      : [
          {
            name,
            image: textOf(one['image']),
            sidecar: one['restartPolicy'] === 'Always',
            requests: resourcesOf(requests),
            limits: resourcesOf(limits),
          },
        ];
  });

function terminatedOf(value: unknown): Terminated | undefined {
  const one = pointer(value);
  return (
    one && {
      exitCode: numberOf(one['exitCode']),
      signal: countOf(one['signal']),
      reason: textOf(one['reason']),
      message: textOf(one['message']),
      startedEpochSeconds: time(one['startedAt']),
      finishedEpochSeconds: time(one['finishedAt']),
    }
  );
}

const statusesOf = (value: unknown): readonly ContainerStatus[] =>
  items(value).flatMap((item) => {
    const one = fields(item);
    const name = textOf(one['name']);
    if (name === undefined) return [];
    const state = fields(one['state']);
    const waiting = pointer(state['waiting']);
    const running = pointer(state['running']);
    return [
      {
        name,
        ready: one['ready'] === true,
        started: one['started'] === true,
        restarts: countOf(one['restartCount']) ?? 0,
        id: /^[\w-]+:\/\/([0-9a-f]{64})$/.exec(textOf(one['containerID']) ?? '')?.[1],
        waiting: waiting && { reason: textOf(waiting['reason']), message: textOf(waiting['message']) },
        running: running && { sinceEpochSeconds: time(running['startedAt']) },
        terminated: terminatedOf(state['terminated']),
        last: terminatedOf(fields(one['lastState'])['terminated']),
      },
    ];
  });

function ownerOf(metadata: Fields): Pod['owner'] {
  const controller = items(metadata['ownerReferences'])
    .map(fields)
    .find((one) => one['controller'] === true);
  const kind = textOf(controller?.['kind']);
  const name = textOf(controller?.['name']);
  if (kind === undefined || name === undefined) return undefined;
  const hash = textOf(fields(metadata['labels'])['pod-template-hash']);
  return kind === 'ReplicaSet' && hash !== undefined && name.endsWith(`-${hash}`)
    ? { kind: 'Deployment', name: name.slice(0, -hash.length - 1) }
    : { kind, name };
}

/** Pod from an object of the API server, whole or trimmed. */
export function podOf(value: unknown): Pod | undefined {
  const pod = fields(value);
  const metadata = fields(pod['metadata']);
  const spec = fields(pod['spec']);
  const status = fields(pod['status']);
  const [uid, name] = [textOf(metadata['uid']), textOf(metadata['name'])];
  if (uid === undefined || name === undefined) return undefined;
  return {
    uid,
    namespace: textOf(metadata['namespace']) ?? 'default',
    name,
    node: textOf(spec['nodeName']),
    createdEpochSeconds: time(metadata['creationTimestamp']),
    deletedEpochSeconds: time(metadata['deletionTimestamp']),
    finalizers: items(metadata['finalizers']).flatMap((one) => textOf(one) ?? []),
    owner: ownerOf(metadata),
    configHash: textOf(fields(metadata['annotations'])['kubernetes.io/config.hash']),
    phase: textOf(status['phase']),
    reason: textOf(status['reason']),
    message: textOf(status['message']),
    qos: textOf(status['qosClass']),
    ip: textOf(status['podIP']),
    hostNetwork: flagOf(spec['hostNetwork']) ?? false,
    priorityClass: textOf(spec['priorityClassName']),
    nominatedNode: textOf(status['nominatedNodeName']),
    conditions: conditionsOf(status['conditions']),
    initContainers: specsOf(spec['initContainers']),
    containers: specsOf(spec['containers']),
    initStatuses: statusesOf(status['initContainerStatuses']),
    statuses: statusesOf(status['containerStatuses']),
    printed: printedOf(pod['printed']),
  };
}

function printedOf(value: unknown): PrintedStatus | undefined {
  const row = fields(value);
  const status = textOf(row['status']);
  const [ready, containers, restarts] = [countOf(row['ready']), countOf(row['containers']), countOf(row['restarts'])];
  if (status === undefined || ready === undefined || containers === undefined || restarts === undefined)
    return undefined;
  return {
    status,
    ready,
    containers,
    restarts,
    restartedEpochSeconds: time(row['restartedAt']),
    isWide: flagOf(row['isWide']) ?? false,
  };
}
