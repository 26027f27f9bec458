import type { LxdOperation } from '../../sources/containers/lxd-operations.ts';

/** Time without progress after which an operation counts as stuck: it blocks its instance and its client. */
export const STUCK_SECONDS = 60;

/** Time since the last progress of an operation; undefined when it is finished, or is an open terminal. */
export function idleSeconds(
  { class: kind, status, updatedEpochSeconds, createdEpochSeconds }: LxdOperation,
  nowEpochSeconds: number | undefined,
): number | undefined {
  if (kind !== 'task' || (status !== 'Running' && status !== 'Pending' && status !== 'Cancelling')) return undefined;
  const last = updatedEpochSeconds ?? createdEpochSeconds;
  return last === undefined || nowEpochSeconds === undefined ? undefined : nowEpochSeconds - last;
}

export const isStuck = (operation: LxdOperation, nowEpochSeconds: number | undefined): boolean =>
  (idleSeconds(operation, nowEpochSeconds) ?? 0) >= STUCK_SECONDS;
