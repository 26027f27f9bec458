import type { CgroupsSample } from '../../sources/containers/cgroups.ts';
import type { Process } from '../../sources/processes/processes.ts';
import type { Entry } from '../../timeline/moment.ts';
import type { Container } from './container.ts';
import { containerKey } from '../../sources/containers/container-key.ts';

/** Keys of frozen containers. In a frozen cgroup of v1, and of v2 since kernel 6.1, everything is in D: paused, not hung. */
export const frozenKeys = (groups: CgroupsSample | undefined): ReadonlySet<string> =>
  new Set(
    [...(groups?.cgroups.values() ?? [])].flatMap((group) =>
      group.frozen === true ? (containerKey(group.owner) ?? []) : [],
    ),
  );

export const isFrozen = ({ owner }: Process, frozen: ReadonlySet<string>): boolean =>
  frozen.has(containerKey(owner) ?? '');

/** Time after which a frozen container was left that way: a snapshot or a backup freezes for seconds. */
const FORGOTTEN_SECONDS = 300;

/** Seconds for which a container is frozen, by the event of its engine, else as long as it was seen; undefined when it is not. */
export function frozenSeconds(
  { group, state, since }: Container,
  history: readonly Entry<CgroupsSample>[],
): number | undefined {
  const last = history.at(-1);
  if (group?.frozen !== true || !last) return undefined;
  let first = last.at;
  for (const { at, sample } of history.toReversed()) {
    if (sample.cgroups.get(group.path)?.frozen !== true || at > first) break;
    first = at;
  }
  return Math.max(last.at - first, state === 'paused' ? (since.stateSeconds ?? 0) : 0);
}

/** Whether a container was left frozen. */
export const isForgotten = (container: Container, history: readonly Entry<CgroupsSample>[]): boolean =>
  (frozenSeconds(container, history) ?? 0) >= FORGOTTEN_SECONDS;
