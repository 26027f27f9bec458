import { containerKey } from './container-key.ts';
import { lines, toNumber, words } from '../../lib/lines.ts';
import { cgroups } from './cgroups.ts';
import { defineDetail } from '../source.ts';
import { processes } from '../processes/processes.ts';
import { uidRanges } from './uid-map.ts';

export interface ContainerTarget {
  readonly key: string;
  /** Host pid of pid 1 inside, whose uid_map is read. */
  readonly initPid: number | undefined;
}

const EXAMPLE: ContainerTarget = { key: 'lxc:web', initPid: 1 };

/**
 * One container while its detail is open: its cgroup, its processes, the mapping of its users (user_namespaces(7)), and the
 * names of the block devices that its cgroup has by number (/proc/diskstats).
 */
export const containerLive = defineDetail({
  id: 'container-live',
  title: 'One container',
  why: 'Shows use, limits and processes of one container, with their pids and users as they are inside.',
  example: EXAMPLE,
  reads: ({ initPid }: ContainerTarget) => ({
    cgroups: cgroups.reads.table,
    table: processes.reads.table,
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

/** `   8       0 sda 1 2 …`: number → name. */
function diskNames(text: string | undefined): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const line of lines(text ?? '')) {
    const [major, minor, name] = words(line);
    if (major !== undefined && minor !== undefined && name !== undefined) names.set(`${major}:${minor}`, name);
  }
  return names;
}
