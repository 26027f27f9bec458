import { lines, toNumber, words } from '../lib/lines.ts';

/** namespaces(7): kinds that a process may have of its own, by their name below /proc/PID/ns. */
const KINDS = ['mnt', 'pid', 'net', 'user', 'uts', 'ipc', 'cgroup', 'time'] as const;

/** Links below /proc/PID/ns by path; each names its namespace: `mnt:[4026531841]`. */
type Links = ReadonlyMap<string, string>;

/** Kinds in which two processes differ; a kind that one of them does not show is left out. */
export function ownNamespaces(its: Links | undefined, ours: Links | undefined): readonly string[] {
  const byKind = (links: Links | undefined) =>
    new Map([...(links ?? [])].map(([path, name]) => [path.slice(path.lastIndexOf('/') + 1), name] as const));
  const [one, other] = [byKind(its), byKind(ours)];
  return KINDS.filter((kind) => one.has(kind) && other.has(kind) && one.get(kind) !== other.get(kind));
}

/**
 * Which file system, and which directory of it, is its root: proc_pid_mountinfo(5), fields 3 and 4 of the last line that
 * is mounted on `/`. A service with a private /tmp has a mount namespace of its own, but the host's root; a container has not.
 */
export function rootMount(mountinfo: string | undefined): string | undefined {
  const root = lines(mountinfo ?? '')
    .map(words)
    .findLast((fields) => fields[4] === '/');
  return root && `${root[2]} ${root[3]}`;
}

/** An id of the host as a user namespace has it, by /proc/PID/uid_map: user_namespaces(7). Undefined where it has none. */
export const idInside = (map: string | undefined, id: number | undefined): number | undefined =>
  mapped(map, id, (inside, outside) => [outside, inside]);

/** And back: which id of the host it is. */
export const idOutside = (map: string | undefined, id: number | undefined): number | undefined =>
  mapped(map, id, (inside, outside) => [inside, outside]);

function mapped(
  map: string | undefined,
  id: number | undefined,
  direction: (inside: number, outside: number) => readonly [from: number, to: number],
): number | undefined {
  if (map === undefined || id === undefined) return undefined;
  for (const line of lines(map)) {
    const [inside, outside, length] = words(line).map(toNumber);
    if (inside === undefined || outside === undefined || length === undefined) continue;
    const [from, to] = direction(inside, outside);
    if (id >= from && id < from + length) return to + id - from;
  }
  return undefined;
}

/** With any of these, root in a container without a user namespace is root of the host: linux/capability.h. */
const MIGHTY: Readonly<Record<number, string>> = {
  2: 'dac_read_search',
  16: 'sys_module',
  17: 'sys_rawio',
  21: 'sys_admin',
};

/** Names of the capabilities in a mask of /proc/PID/status that make a container no border. */
export function mightyCapabilities(mask: string | undefined): readonly string[] {
  if (mask === undefined || !/^[0-9a-f]{1,16}$/.test(mask)) return [];
  const bits = BigInt(`0x${mask}`);
  return Object.entries(MIGHTY).flatMap(([bit, name]) => (((bits >> BigInt(bit)) & 1n) === 1n ? [name] : []));
}
