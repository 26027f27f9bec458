import { duration } from '../../lib/units.ts';
import type { Pod } from '../../sources/kubernetes/objects.ts';
import type { RuntimeContainer } from '../../sources/kubernetes/runtime.ts';
import { endText, type PodTrouble } from './pod-trouble.ts';

/** Of each pod its containers by their names, the newest of each: older ones are kept by the runtime for a while. */
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

/** What the runtime tells that the API server, being silent, does not; init containers are over when they have ended. */
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
    // Its end was known before the API server fell silent.
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
        : ` ${duration(Math.max(0, nowEpochSeconds - one.finishedEpochSeconds))} ago`;
    const words = one.exitCode === undefined ? 'does not run' : endText(ended);
    return [
      {
        kind: one.reason === 'OOMKilled' ? 'oom' : 'crash',
        // Without an exit code it may have done what it was to do.
        severity: one.exitCode === undefined ? 'warn' : 'crit',
        words: `${one.name}: ${words}${ago}, as its runtime says`,
      },
    ];
  });
}
