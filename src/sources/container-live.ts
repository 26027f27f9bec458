import { keptGroups } from '../entities/cgroup-owner.ts';
import { containerKey } from '../entities/container.ts';
import { lines, toCount, words } from '../lib/lines.ts';
import { cgroups } from './cgroups.ts';
import { defineDetail } from './source.ts';
import { processes, type Process } from './processes.ts';

export interface ContainerTarget {
  readonly key: string;
  /** Pid 1 inside, by the host's count: the mapping of its users is read. */
  readonly initPid: number | undefined;
}

const EXAMPLE: ContainerTarget = { key: 'lxc:web', initPid: 1 };

/**
 * One container while somebody looks at it: its cgroup, what runs in it, how its users are mapped to the host's
 * (user_namespaces(7)), and the names of the disks that its cgroup knows by number (/proc/diskstats).
 */
export const containerLive = defineDetail({
  id: 'container-live',
  title: 'One container',
  why: 'Shows use, limits and processes of one container, with their pids and users as they are inside.',
  example: EXAMPLE,
  reads: ({ initPid }: ContainerTarget) => ({
    cgroups: { kind: 'cgroups', ...keptGroups, as: 'root' },
    table: { kind: 'processes', as: 'root' },
    uptime: { kind: 'file', path: '/proc/uptime' },
    disks: { kind: 'file', path: '/proc/diskstats' },
    uidMap: { kind: 'file', path: `/proc/${initPid ?? 'self'}/uid_map`, as: 'root' },
  }),
  parse: ({ cgroups: groups, table, uptime, disks, uidMap }, { key, initPid }) => {
    const all = groups && cgroups.parse({ table: groups }).cgroups;
    const known = table && processes.parse({ table }).processes;
    return {
      uptimeSeconds: toNumber(words(uptime ?? '')[0]),
      group: [...(all?.values() ?? [])].find(({ owner }) => containerKey(owner) === key),
      processes: known && [...known.values()].filter(({ owner }) => containerKey(owner) === key),
      diskNames: diskNames(disks),
      uids: initPid === undefined ? [] : uidRanges(uidMap),
    };
  },
});

const toNumber = (text: string | undefined): number | undefined => {
  const value = Number(text);
  return text !== undefined && Number.isFinite(value) ? value : undefined;
};

/** `   8       0 sda 1 2 …`: number → name. */
function diskNames(text: string | undefined): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const line of lines(text ?? '')) {
    const [major, minor, name] = words(line);
    if (major !== undefined && minor !== undefined && name !== undefined) names.set(`${major}:${minor}`, name);
  }
  return names;
}

/** A run of users inside and where it begins outside. */
export interface UidRange {
  readonly inside: number;
  readonly outside: number;
  readonly length: number;
}

/** `0     100000   10000001`: /proc/PID/uid_map. */
function uidRanges(text: string | undefined): readonly UidRange[] {
  return lines(text ?? '').flatMap((line) => {
    const [inside, outside, length] = words(line).map(toCount);
    return inside === undefined || outside === undefined || length === undefined ? [] : [{ inside, outside, length }];
  });
}

/** The user as the container sees it; undefined for one that it cannot see. */
export function uidInside({ uid }: Process, ranges: readonly UidRange[]): number | undefined {
  const range =
    uid === undefined ? undefined : ranges.find(({ outside, length }) => uid >= outside && uid < outside + length);
  return range === undefined || uid === undefined ? undefined : uid - range.outside + range.inside;
}
