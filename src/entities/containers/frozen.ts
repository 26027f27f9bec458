import type { CgroupsSample } from '../../sources/containers/cgroups.ts';
import type { Process } from '../../sources/processes/processes.ts';
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
