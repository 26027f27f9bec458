import { lxcKey } from '../../sources/containers/container-key.ts';
import type { Container } from './container.ts';

/**
 * Name of the container of an LXC group: LXC appends `-1`, `-2`, … where the group of an earlier run could not be removed.
 * `web-1` is itself where a container has that name.
 */
export function lxcNameOf(group: string, names: ReadonlySet<string>): string {
  const bare = group.replace(/-\d{1,3}$/, '');
  return !names.has(group) && names.has(bare) ? bare : group;
}

/** Removes the empty groups of earlier runs; the result is the key of each container whose group has another name. */
export function currentLxcGroups(all: Map<string, Container>, names: ReadonlySet<string>): ReadonlyMap<string, string> {
  const keys = new Map<string, string>();
  for (const [key, { group, processes }] of all) {
    if (!key.startsWith(lxcKey(''))) continue;
    const name = lxcNameOf(key.slice(lxcKey('').length), names);
    if (lxcKey(name) === key) continue;
    const isEmpty = processes.length === 0 && !group?.pids;
    const earlier = keys.get(name) ?? lxcKey(name);
    if (isEmpty && all.has(earlier)) all.delete(key);
    else {
      all.delete(earlier);
      keys.set(name, key);
    }
  }
  return keys;
}
