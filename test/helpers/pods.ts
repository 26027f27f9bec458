import * as fc from 'fast-check';

/** Pods as an API server sends them, in every state that a kubelet reports and in some invalid ones. */
const optional = <Value>(of: fc.Arbitrary<Value>) => fc.option(of, { nil: undefined });
const word = (...words: readonly string[]) => fc.constantFrom(...words);
const second = fc.integer({ min: 0, max: 59 }).map((at) => `2026-11-23T18:15:${String(at).padStart(2, '0')}Z`);

const terminated = fc.record({
  exitCode: fc.constantFrom(0, 1, 3, 137, 255),
  signal: optional(fc.constantFrom(0, 9, 15)),
  reason: optional(word('', 'Completed', 'Error', 'OOMKilled', 'ContainerCannotRun', 'Unknown')),
  finishedAt: optional(second),
});
const waiting = fc.record({
  reason: optional(
    word('', 'PodInitializing', 'ContainerCreating', 'CrashLoopBackOff', 'ImagePullBackOff', 'ErrImagePull'),
  ),
});
const running = fc.record({ startedAt: optional(second) });
/** One state, none, or several, which is invalid. */
const state = fc.oneof(
  { arbitrary: fc.record({ terminated }), weight: 3 },
  { arbitrary: fc.record({ waiting }), weight: 3 },
  { arbitrary: fc.record({ running }), weight: 4 },
  { arbitrary: fc.constant({}), weight: 1 },
  { arbitrary: fc.record({ waiting, terminated, running }), weight: 1 },
);
const status = (name: string) =>
  fc.record({
    name: fc.constant(name),
    ready: fc.boolean(),
    started: optional(fc.boolean()),
    restartCount: fc.integer({ min: 0, max: 40 }),
    state: optional(state),
    lastState: optional(fc.record({ terminated: optional(terminated) })),
  });
const condition = fc.record({
  type: word('Initialized', 'Ready', 'ContainersReady', 'PodScheduled'),
  status: word('True', 'False', 'Unknown'),
  reason: optional(word('SchedulingGated', 'Unschedulable', 'ContainersNotReady')),
});
/** Containers, and statuses of some of them, in the same or another order. */
const containers = (prefix: string, most: number) =>
  fc.integer({ min: 0, max: most }).chain((count) => {
    const names = Array.from({ length: count }, (_, i) => `${prefix}${i}`);
    return fc.record({
      specs: fc.tuple(
        ...names.map((name) => fc.record({ name: fc.constant(name), restartPolicy: optional(word('Always')) })),
      ),
      statuses: fc.oneof(
        { arbitrary: fc.tuple(...names.map(status)), weight: 5 },
        { arbitrary: fc.shuffledSubarray(names).chain((some) => fc.tuple(...some.map(status))), weight: 2 },
        { arbitrary: fc.constant(undefined), weight: 1 },
      ),
    });
  });

/** Arbitrary pod. */
export const anyPod = fc
  .record({
    inits: containers('i', 3),
    mains: containers('c', 3),
    phase: optional(word('Pending', 'Running', 'Succeeded', 'Failed', 'Unknown')),
    reason: optional(word('', 'Evicted', 'NodeLost', 'Shutdown', 'NodeAffinity')),
    conditions: optional(fc.array(condition, { maxLength: 3 })),
    deleted: optional(second),
  })
  .map(({ inits, mains, phase, reason, conditions, deleted }) => ({
    metadata: {
      uid: 'u',
      name: 'p',
      namespace: 'default',
      ...(deleted === undefined ? {} : { deletionTimestamp: deleted }),
    },
    spec: { initContainers: inits.specs, containers: mains.specs },
    status: {
      phase,
      reason,
      conditions,
      initContainerStatuses: inits.statuses,
      containerStatuses: mains.statuses,
    },
  }));

type GeneratedPod = typeof anyPod extends fc.Arbitrary<infer Pod> ? Pod : never;
type Terminated = { exitCode: number; signal?: number | undefined; reason?: string | undefined };

/** printPod of kubectl, translated from Go statement by statement: the reference for `podStatus`. */
export function printPod({ metadata, spec, status: podState }: GeneratedPod) {
  let reason: string = podState.phase ?? '';
  if (podState.reason) reason = podState.reason;
  const conditions = podState.conditions ?? [];
  for (const one of conditions)
    if (one.type === 'PodScheduled' && one.reason === 'SchedulingGated') reason = 'SchedulingGated';
  const isSidecar = (name: string) =>
    spec.initContainers.some((one) => one.name === name && one.restartPolicy === 'Always');
  const total = spec.containers.length + spec.initContainers.filter(({ name }) => isSidecar(name)).length;
  const ended = ({ exitCode, signal, reason: why }: Terminated) =>
    why || (signal ? `Signal:${signal}` : `ExitCode:${exitCode}`);
  let [ready, restarts, sidecarRestarts, initializing] = [0, 0, 0, false];
  for (const [i, one] of (podState.initContainerStatuses ?? []).entries()) {
    restarts += one.restartCount;
    if (isSidecar(one.name)) sidecarRestarts += one.restartCount;
    const now: { terminated?: Terminated; waiting?: { reason?: string | undefined } } = one.state ?? {};
    if (now.terminated !== undefined && now.terminated.exitCode === 0) continue;
    if (isSidecar(one.name) && one.started === true) {
      if (one.ready) ready++;
      continue;
    }
    if (now.terminated !== undefined) reason = `Init:${ended(now.terminated)}`;
    else if (now.waiting?.reason && now.waiting.reason !== 'PodInitializing') reason = `Init:${now.waiting.reason}`;
    else reason = `Init:${i}/${spec.initContainers.length}`;
    initializing = true;
    break;
  }
  if (!initializing || conditions.some(({ type, status }) => type === 'Initialized' && status === 'True')) {
    restarts = sidecarRestarts;
    let hasRunning = false;
    for (const one of (podState.containerStatuses ?? []).toReversed()) {
      restarts += one.restartCount;
      const now: { terminated?: Terminated; waiting?: { reason?: string | undefined }; running?: unknown } =
        one.state ?? {};
      if (now.waiting?.reason) reason = now.waiting.reason;
      else if (now.terminated !== undefined) reason = ended(now.terminated);
      else if (one.ready && now.running !== undefined) {
        hasRunning = true;
        ready++;
      }
    }
    if (reason === 'Completed' && hasRunning)
      reason = conditions.some(({ type, status }) => type === 'Ready' && status === 'True') ? 'Running' : 'NotReady';
  }
  if (metadata.deletionTimestamp !== undefined && podState.reason === 'NodeLost') reason = 'Unknown';
  else if (metadata.deletionTimestamp !== undefined && podState.phase !== 'Succeeded' && podState.phase !== 'Failed')
    reason = 'Terminating';
  return { status: reason, ready: `${ready}/${total}`, restarts };
}
