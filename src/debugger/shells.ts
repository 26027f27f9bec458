import type { Enter } from '../host/host.ts';
import { plain } from '../lib/plain.ts';
import { idOutside } from './namespaces.ts';
import type { Target } from './target.ts';
import type { Tool } from './tools.ts';

/** Shell is a terminal in namespaces of a process. */
export interface Shell extends Pick<Tool, 'id' | 'title' | 'shows' | 'cost'> {
  /** Namespaces and user to enter, or the reason that it is not possible. */
  readonly enter: (target: Target) => Enter | string;
  /** Differences from processes of the container and from an exec of its engine. */
  readonly notes: (target: Target) => readonly string[];
}

/** Programs started in this order: an absolute link in a container (Alpine's /bin/sh) cannot be checked from outside. */
const programs = [['/bin/bash'], ['/bin/ash'], ['/bin/sh'], ['/bin/busybox', 'sh']] as const;

/** Host shells without start files, whose prompt would be that of the host. */
const hostPrograms = [['/bin/bash', '--noprofile', '--norc'], ['/bin/sh']] as const;

/** Names of namespaces(7) for texts. */
const NAMES: Readonly<Record<string, string>> = {
  mnt: 'files',
  pid: 'processes',
  net: 'network',
  user: 'users',
  uts: 'host name',
  ipc: 'IPC',
  cgroup: 'control groups',
  time: 'clock offsets',
};

const ends = 'Processes started in it end with it or with the connection, except in a new session (setsid).';

const insideOf = (target: Target, uid: number | undefined, gid: number, groups: readonly number[]): Enter | string => {
  const { pid, startTicks, namespaces, ownFiles, ids } = target;
  if (target.frozen === 'v2' && ownFiles)
    return 'Its control group is frozen (paused container): the shell would freeze too.';
  const hostUid = namespaces.includes('user') ? idOutside(ids.uidMap, uid) : uid;
  if (uid === undefined || hostUid === undefined) return 'Its user namespace does not map this user.';
  return {
    pid,
    startTicks,
    namespaces,
    files: true,
    confined: ownFiles,
    uid,
    gid,
    groups,
    hostUid,
    otherwise: programs.slice(1),
  };
};

const notes = (target: Target): readonly string[] => {
  const { ownFiles, namespaces, mighty } = target;
  const open = ownFiles && !namespaces.includes('user') && mighty.length > 0;
  return [
    ...(open ? [`Careful: privileged (${mighty.join(', ')}): programs in this shell can act on the host.`] : []),
    `Enters its ${namesOf(namespaces)}; limited to its capabilities${ownFiles ? ' and device rules' : ''}.`,
    'Unlike an exec: no seccomp and AppArmor profile, no environment variables, not visible to its engine.',
    ends,
  ];
};

const namesOf = (namespaces: readonly string[]): string => namespaces.map((name) => NAMES[name] ?? name).join(', ');

export const shells: readonly Shell[] = [
  {
    id: 'shell',
    title: 'shell inside, as root',
    shows: 'terminal in its namespaces: files, processes, network',
    cost: 'no stop',
    enter: (target) => insideOf(target, 0, 0, []),
    notes: (target) => [
      target.namespaces.includes('user')
        ? `Root inside is uid ${idOutside(target.ids.uidMap, 0) ?? '—'} on this host.`
        : 'Root inside is root of this host (no user namespace).',
      ...notes(target),
    ],
  },
  {
    id: 'shell-as-its-user',
    title: 'shell inside, as its user',
    shows: 'the same, with the uid and file permissions of the process',
    cost: 'no stop',
    enter: (target) => {
      const { uidInside, gidInside, groupsInside } = target.ids;
      if (uidInside === 0) return 'Its user is root inside: use the shell as root.';
      return insideOf(target, uidInside, gidInside ?? uidInside ?? 0, groupsInside);
    },
    notes: (target) => [`As uid ${target.ids.uidInside ?? '—'} inside.`, ...notes(target)],
  },
  {
    id: 'shell-in-network',
    title: 'host shell in its network',
    shows: 'host programs (ip, ss, tcpdump) in its network namespace: for containers without a shell',
    cost: 'no stop',
    enter: ({ pid, startTicks, namespaces }) =>
      namespaces.includes('net')
        ? {
            pid,
            startTicks,
            namespaces: ['net'],
            files: false,
            confined: false,
            uid: 0,
            gid: 0,
            groups: [],
            hostUid: 0,
            otherwise: hostPrograms.slice(1),
          }
        : 'Shares the network namespace of the host.',
    notes: () => ['Careful: root shell on this host; only the network namespace differs.', ends],
  },
];

/** Shells for a process with namespaces or a root directory other than the host's. */
export const shellsOf = ({ namespaces, ownFiles }: Target): readonly Shell[] =>
  namespaces.length > 0 || ownFiles ? shells : [];

/** First program that is tried, for the audit log. */
export const programOf = ({ files }: Enter): readonly string[] => (files ? programs[0] : hostPrograms[0]);

/** Reason for the audit log: namespaces, process and user. */
export const auditReason = ({ namespaces, uid, hostUid, files }: Enter, target: Target): string =>
  `shell ${files ? `in the ${namespaces.join(', ')} namespaces and the root directory` : 'of this host in the network'} of ${plain(target.name)} (${target.pid}${target.owner === undefined ? '' : `, ${target.owner}`}), as uid ${uid}${uid === hostUid ? '' : ` (${hostUid} on the host)`}, requested by the engineer`;
