import type { LxdOperation } from '../../sources/containers/lxd-operations.ts';

/** What is neither done nor tells of progress for so long holds its instance, and whoever waits for it. */
export const STUCK_SECONDS = 60;

/** How long an operation has told of nothing; undefined when it is over, or is somebody's open terminal. */
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
