import type { ContainerStatus, Pod, Terminated } from '../../sources/kubernetes/objects.ts';

/** PodStatus is the row of a pod in `kubectl get pods`. */
export interface PodStatus {
  readonly status: string;
  readonly ready: number;
  readonly containers: number;
  readonly restarts: number;
  /** Time of the last end of a container before its restart. */
  readonly restartedEpochSeconds: number | undefined;
}

/**
 * As `kubectl get pods` computes it, rule by rule: printPod of kubernetes/pkg/printers/internalversion/printers.go.
 * https://github.com/kubernetes/kubernetes/blob/master/pkg/printers/internalversion/printers.go
 */
export function podStatus(pod: Pod): PodStatus {
  if (pod.printed !== undefined) return pod.printed;
  const sidecars = new Set(pod.initContainers.filter(({ sidecar }) => sidecar).map(({ name }) => name));
  const begun = beginning(pod, sidecars);
  const isInitialized = pod.conditions.some(({ type, status }) => type === 'Initialized' && status === 'True');
  const counted = begun.stuck !== undefined && !isInitialized ? begun : running(pod, begun, sidecars);
  return {
    status: deleted(pod) ?? counted.reason,
    ready: counted.ready,
    containers: pod.containers.length + sidecars.size,
    restarts: counted.restarts,
    restartedEpochSeconds: counted.restartedEpochSeconds,
  };
}

interface Counted {
  readonly reason: string;
  readonly ready: number;
  readonly restarts: number;
  readonly restartedEpochSeconds: number | undefined;
}

/** Status by the pod alone, before its containers. */
function ownReason(pod: Pod): string {
  const gated = pod.conditions.some(({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated');
  return gated ? 'SchedulingGated' : (pod.reason ?? pod.phase ?? '');
}

/** Status by the init containers in order, up to the one that is running. */
function beginning(pod: Pod, sidecars: ReadonlySet<string>): Counted & { readonly stuck: string | undefined } {
  let ready = 0;
  let stuck: string | undefined;
  let at = 0;
  for (const one of pod.initStatuses) {
    at++;
    if (one.terminated && (one.terminated.exitCode ?? 0) === 0) continue;
    if (sidecars.has(one.name) && one.started) {
      ready += Number(one.ready);
      continue;
    }
    stuck = `Init:${initReason(one) ?? `${at - 1}/${pod.initContainers.length}`}`;
    break;
  }
  const seen = pod.initStatuses.slice(0, at);
  return { reason: stuck ?? ownReason(pod), stuck, ready, ...restartsOf(seen) };
}

function initReason({ terminated, waiting }: ContainerStatus): string | undefined {
  if (terminated) return endOf(terminated);
  return waiting?.reason === 'PodInitializing' ? undefined : waiting?.reason;
}

const endOf = ({ reason, signal, exitCode }: Terminated): string =>
  reason ?? (signal ? `Signal:${signal}` : `ExitCode:${exitCode ?? 0}`);

/** Status by the containers, from the last to the first: the first wins. */
function running(pod: Pod, begun: Counted, sidecars: ReadonlySet<string>): Counted {
  let { reason, ready } = begun;
  let someRuns = false;
  for (const one of pod.statuses.toReversed()) {
    if (one.waiting?.reason !== undefined) reason = one.waiting.reason;
    else if (one.terminated) reason = endOf(one.terminated);
    else if (one.ready && one.running) {
      someRuns = true;
      ready++;
    }
  }
  if (reason === 'Completed' && someRuns) {
    const isReady = pod.conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
    reason = isReady ? 'Running' : 'NotReady';
  }
  const counted = [...sidecarsSeen(pod, sidecars), ...pod.statuses];
  return { reason, ready, ...restartsOf(counted) };
}

/** Sidecars up to the first init container that blocks the next. */
function sidecarsSeen(pod: Pod, sidecars: ReadonlySet<string>): readonly ContainerStatus[] {
  const end = pod.initStatuses.findIndex(
    ({ name, terminated, started }) =>
      !(terminated && (terminated.exitCode ?? 0) === 0) && !(sidecars.has(name) && started),
  );
  const seen = end < 0 ? pod.initStatuses : pod.initStatuses.slice(0, end + 1);
  return seen.filter(({ name }) => sidecars.has(name));
}

function restartsOf(statuses: readonly ContainerStatus[]): Pick<Counted, 'restarts' | 'restartedEpochSeconds'> {
  let restarts = 0;
  let latest: number | undefined;
  for (const { restarts: own, last } of statuses) {
    restarts += own;
    const finished = last?.finishedEpochSeconds;
    if (finished !== undefined && finished > (latest ?? 0)) latest = finished;
  }
  return { restarts, restartedEpochSeconds: latest };
}

/** Status of a deleted pod: Terminating, or Unknown on a lost node. */
function deleted(pod: Pod): string | undefined {
  if (pod.deletedEpochSeconds === undefined) return undefined;
  if (pod.reason === 'NodeLost') return 'Unknown';
  return pod.phase === 'Succeeded' || pod.phase === 'Failed' ? undefined : 'Terminating';
}
