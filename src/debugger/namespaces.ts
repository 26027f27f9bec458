import { lines, toNumber, words } from '../lib/lines.ts';

/** Kinds of namespaces by their name in /proc/PID/ns: namespaces(7). */
const KINDS = ['mnt', 'pid', 'net', 'user', 'uts', 'ipc', 'cgroup', 'time'] as const;

/** Links in /proc/PID/ns by path, with targets such as `mnt:[4026531841]`. */
type Links = ReadonlyMap<string, string>;

/** Kinds in which two processes differ, without those that are missing in one. */
export function ownNamespaces(its: Links | undefined, ours: Links | undefined): readonly string[] {
  const byKind = (links: Links | undefined) =>
    new Map([...(links ?? [])].map(([path, name]) => [path.slice(path.lastIndexOf('/') + 1), name] as const));
  const [one, other] = [byKind(its), byKind(ours)];
  return KINDS.filter((kind) => one.has(kind) && other.has(kind) && one.get(kind) !== other.get(kind));
}

/**
 * Filesystem and directory of the root: fields 3 and 4 of the last line mounted on `/` in proc_pid_mountinfo(5). A service with
 * PrivateTmp has a separate mount namespace with the host's root, unlike a container.
 */
export function rootMount(mountinfo: string | undefined): string | undefined {
  const root = lines(mountinfo ?? '')
    .map(words)
    .findLast((fields) => fields[4] === '/');
  return root && `${root[2]} ${root[3]}`;
}

/** Host id mapped into a user namespace by /proc/PID/uid_map: user_namespaces(7). Undefined if not mapped. */
export const idInside = (map: string | undefined, id: number | undefined): number | undefined =>
  mapped(map, id, (inside, outside) => [outside, inside]);

/** Id of a user namespace mapped to the host. */
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

/** Capabilities with which root in a container without a user namespace is root on the host: linux/capability.h. */
const HOST_ROOT: Readonly<Record<number, string>> = {
  2: 'dac_read_search',
  16: 'sys_module',
  17: 'sys_rawio',
  21: 'sys_admin',
};

/** Names of those capabilities in a mask of /proc/PID/status. */
export function mightyCapabilities(mask: string | undefined): readonly string[] {
  if (mask === undefined || !/^[0-9a-f]{1,16}$/.test(mask)) return [];
  const bits = BigInt(`0x${mask}`);
  return Object.entries(HOST_ROOT).flatMap(([bit, name]) => (((bits >> BigInt(bit)) & 1n) === 1n ? [name] : []));
}
