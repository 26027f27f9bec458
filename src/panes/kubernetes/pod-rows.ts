import { podStatus } from '../../entities/kubernetes/pod-status.ts';
import { podTroubles, type PodTrouble } from '../../entities/kubernetes/pod-trouble.ts';
import type { PodHere } from '../../entities/kubernetes/pods.ts';
import { label, plain } from '../../lib/plain.ts';
import { span } from '../../lib/units.ts';
import type { ContainerSpec, Pod, Resources } from '../../sources/kubernetes/objects.ts';

/** PodRow is a pod as the table shows it; its texts are sanitised. */
export interface PodRow {
  readonly here: PodHere;
  readonly namespace: string;
  readonly name: string;
  readonly status: string;
  readonly ready: string;
  /** Ready containers as a share, for sorting. */
  readonly readyShare: number | undefined;
  readonly restarts: number | undefined;
  readonly restartedSeconds: number | undefined;
  readonly ageSeconds: number | undefined;
  readonly troubles: readonly PodTrouble[];
  readonly why: string;
  readonly owner: string;
  readonly node: string;
  /** Whether the node is known: a table without `-o wide` does not have it. */
  readonly isNodeKnown: boolean;
  readonly qos: string;
  readonly requests: Resources | undefined;
  readonly limits: Resources | undefined;
}

export function podRow(here: PodHere, nowEpochSeconds: number | undefined): PodRow {
  const { pod, status, troubles } = here;
  const since = (epoch: number | undefined) =>
    epoch === undefined || nowEpochSeconds === undefined ? undefined : Math.max(0, nowEpochSeconds - epoch);
  return {
    here,
    namespace: plain(here.namespace),
    name: plain(here.name),
    // A pod that the API server does not list has no status, only running containers.
    status: status === undefined ? (runs(here) > 0 ? 'on node' : 'Unknown') : label(status.status),
    ready: status === undefined ? `${runs(here)}/${here.onNode.size || '—'}` : `${status.ready}/${status.containers}`,
    readyShare: status === undefined || status.containers === 0 ? undefined : status.ready / status.containers,
    restarts: status?.restarts ?? attempts(here),
    restartedSeconds: since(status?.restartedEpochSeconds),
    ageSeconds: since(pod?.createdEpochSeconds),
    troubles,
    why:
      troubles.length > 0 || pod !== undefined
        ? troubles.map(({ words }) => plain(words)).join('; ')
        : `not listed by the API${since(here.lostSinceEpochSeconds) === undefined ? '' : `, unresponsive for ${span(since(here.lostSinceEpochSeconds))}`}`,
    owner:
      pod?.owner === undefined
        ? pod?.configHash === undefined
          ? ''
          : 'static'
        : plain(`${short(pod.owner.kind)}/${pod.owner.name}`),
    node: plain(pod?.node ?? ''),
    isNodeKnown: pod?.printed === undefined || pod.printed.isWide,
    qos: label(pod?.qos ?? ''),
    requests: pod && summed(pod, ({ requests }) => requests),
    limits: pod && summed(pod, ({ limits }) => limits),
  };
}

/** Number of running containers, by the container runtime where it lists them, else by processes. */
const runs = ({ containers, onNode }: PodHere): number =>
  // The runtime leaves out the pause container.
  onNode.size === 0 ? containers.size : [...onNode.values()].filter(({ state }) => state === 'running').length;

function attempts({ onNode }: PodHere): number | undefined {
  const counts = [...onNode.values()].flatMap(({ attempt }) => attempt ?? []);
  return counts.length === 0 ? undefined : counts.reduce((sum, one) => sum + one, 0);
}

/** Row of a pod of another node, by the API server alone. */
export function farRow(pod: Pod, nowEpochSeconds: number | undefined): PodRow {
  const status = podStatus(pod);
  return podRow(
    {
      uid: pod.uid,
      namespace: pod.namespace,
      name: pod.name,
      pod,
      status,
      group: undefined,
      use: undefined,
      containers: new Map(),
      process: undefined,
      oomKills: undefined,
      troubles: podTroubles(pod, status, undefined, nowEpochSeconds),
      onNode: new Map(),
      lostSinceEpochSeconds: undefined,
    },
    nowEpochSeconds,
  );
}

const KINDS: Readonly<Record<string, string>> = {
  Deployment: 'deploy',
  ReplicaSet: 'rs',
  StatefulSet: 'sts',
  DaemonSet: 'ds',
  Job: 'job',
  Node: 'static',
};
const short = (kind: string): string => KINDS[kind] ?? kind.toLowerCase();

/** Requests or limits of a pod as the scheduler sums them: containers and sidecars, or the greatest init container when that needs more. */
export function summed(pod: Pod, pick: (spec: ContainerSpec) => Resources): Resources {
  const steady = [...pod.initContainers.filter(({ sidecar }) => sidecar), ...pod.containers].map(pick);
  const first = pod.initContainers.filter(({ sidecar }) => !sidecar).map(pick);
  const of = (value: (one: Resources) => number | undefined): number | undefined => {
    const known = steady.flatMap((one) => value(one) ?? []);
    const early = first.flatMap((one) => value(one) ?? []);
    if (known.length + early.length === 0) return undefined;
    return Math.max(
      known.reduce((sum, one) => sum + one, 0),
      ...early,
    );
  };
  return { cpus: of(({ cpus }) => cpus), memoryBytes: of(({ memoryBytes }) => memoryBytes) };
}

/** Whether a pod has a problem of level warn or crit. */
export const isTroubled = ({ troubles: [worst] }: PodRow): boolean => worst !== undefined && worst.severity !== 'info';

export const isOver = ({ here: { pod } }: PodRow): boolean => pod?.phase === 'Succeeded' || pod?.phase === 'Failed';

const RANK = { crit: 3, warn: 2, info: 1 } as const;
export const rankOf = ({ troubles: [worst] }: PodRow): number | undefined => worst && RANK[worst.severity];
