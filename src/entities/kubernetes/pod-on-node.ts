import { span } from '../../lib/units.ts';
import type { Pod } from '../../sources/kubernetes/objects.ts';
import type { RuntimeContainer } from '../../sources/kubernetes/runtime.ts';
import { endText, type PodTrouble } from './pod-trouble.ts';

/** Containers by pod and name, the newest of each: the runtime keeps older ones for a while. */
export function onNode(
  containers: readonly RuntimeContainer[],
): ReadonlyMap<string, ReadonlyMap<string, RuntimeContainer>> {
  const pods = new Map<string, Map<string, RuntimeContainer>>();
  for (const one of containers) {
    const own = pods.get(one.uid) ?? new Map<string, RuntimeContainer>();
    pods.set(one.uid, own);
    const known = own.get(one.name);
    if (!known || (known.createdEpochSeconds ?? 0) < (one.createdEpochSeconds ?? 0)) own.set(one.name, one);
  }
  return pods;
}

/** Problems by the container runtime, for an unresponsive API server; init containers that exited are done. */
export function onNodeTroubles(
  containers: ReadonlyMap<string, RuntimeContainer>,
  pod: Pod | undefined,
  nowEpochSeconds: number | undefined,
): readonly PodTrouble[] {
  const isOver = pod?.phase === 'Succeeded' || pod?.phase === 'Failed';
  if (isOver) return [];
  const before = new Map(pod?.statuses.map((one) => [one.name, one]));
  return [...containers.values()].flatMap((one): readonly PodTrouble[] => {
    if (one.state !== 'exited' || one.exitCode === 0) return [];
    // An end that the API server already reported.
    const known = before.get(one.name);
    if (pod && (!known || known.terminated || known.waiting)) return [];
    const ended = {
      exitCode: one.exitCode,
      signal: undefined,
      reason: one.reason,
      message: undefined,
      startedEpochSeconds: undefined,
      finishedEpochSeconds: one.finishedEpochSeconds,
    };
    const ago =
      one.finishedEpochSeconds === undefined || nowEpochSeconds === undefined
        ? ''
        : ` ${span(Math.max(0, nowEpochSeconds - one.finishedEpochSeconds))} ago`;
    const words = one.exitCode === undefined ? 'not running' : endText(ended);
    return [
      {
        kind: one.reason === 'OOMKilled' ? 'oom' : 'crash',
        // Without an exit code it may have completed.
        severity: one.exitCode === undefined ? 'warn' : 'crit',
        words: `${one.name}: ${words}${ago} (container runtime)`,
      },
    ];
  });
}
