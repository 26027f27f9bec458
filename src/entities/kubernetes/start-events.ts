import type { KubeEvent } from '../../sources/kubernetes/events.ts';

/** Reasons of warnings that keep the containers of a pod from being created: mounts, sandbox and network. */
const START_FAILED = /^(?:Failed(?:Mount|AttachVolume|MapVolume|CreatePodSandBox)|NetworkNotReady)$/;
/** Longest wait of the kubelet before it mounts again: 0.5 s doubled with each failure, up to 2 min 2 s. */
const LONGEST_WAIT_SECONDS = 122;
/** The kubelet looks at a pod again after 10 to 15 s, and an event takes seconds to reach the API server. */
const SYNC_SECONDS = 20;
/** One failure is usual: a ConfigMap made together with its pod. */
const FAILURES = 2;

/** Failed start of a pod, by the kubelet. */
export interface FailedStart {
  readonly reason: string;
  /** Raw, without the name of the kubelet's function. */
  readonly cause: string;
}

/** Failed starts by uid of the pod, of which the next try has not succeeded: the newest of each pod. */
export function failedStarts(
  events: readonly KubeEvent[],
  nowEpochSeconds: number | undefined,
): ReadonlyMap<string, FailedStart> {
  const found = new Map<string, FailedStart>();
  if (nowEpochSeconds === undefined) return found;
  const last = (event: KubeEvent): number => event.lastEpochSeconds ?? -Infinity;
  for (const event of events.toSorted((a, b) => last(a) - last(b))) {
    const { reason, message, object } = event;
    if (object.uid === undefined || !START_FAILED.test(reason)) continue;
    const waitSeconds = Math.min(LONGEST_WAIT_SECONDS, 0.5 * 2 ** event.count) + SYNC_SECONDS;
    if (event.count >= FAILURES && nowEpochSeconds - last(event) < waitSeconds)
      found.set(object.uid, { reason, cause: causeOf(message) });
  }
  return found;
}

/** `MountVolume.SetUp failed for volume "v" : configmap "missing" not found` as `volume v, configmap "missing" not found`; without ids of sandboxes. */
const causeOf = (message: string): string =>
  message
    .replace(/^\w+\.\w+ failed for volume "([^"\n]*)" ?: */, 'volume $1, ')
    .replace(/^Failed to create pod sandbox: */, '')
    .replaceAll(/\brpc error: code = \w+ desc = /g, '')
    .replaceAll(/ "[0-9a-f]{64}"/g, '');
