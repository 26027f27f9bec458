import type { Enter } from '../host/host.ts';
import { plain } from '../lib/plain.ts';
import { idOutside } from './namespaces.ts';
import type { Target } from './target.ts';
import type { Tool } from './tools.ts';

/** A terminal for a person among a process's own files or network, instead of a tool on the process. */
export interface Shell extends Pick<Tool, 'id' | 'title' | 'shows' | 'cost'> {
  /** What it takes to get in there, or one sentence why it cannot be. */
  readonly enter: (target: Target) => Enter | string;
  /** What differs from the container's own processes and from what its engine would do, in sentences. */
  readonly told: (target: Target) => readonly string[];
}

/** Tried in this order, by starting them: an absolute link in a container (Alpine's /bin/sh) means nothing outside. */
const programs = [['/bin/bash'], ['/bin/ash'], ['/bin/sh'], ['/bin/busybox', 'sh']] as const;

/** The login shell's start files would show the host's prompt: this one says where it is not. */
const hostPrograms = [['/bin/bash', '--noprofile', '--norc'], ['/bin/sh']] as const;

/** Names in the order of namespaces(7); what a person calls them. */
const WORDS: Readonly<Record<string, string>> = {
  mnt: 'files',
  pid: 'processes',
  net: 'network',
  user: 'users',
  uts: 'host name',
  ipc: 'IPC',
  cgroup: 'control groups',
  time: 'clock offsets',
};

const ends = 'What is started in it ends with it or with the line, but for a service that makes a session of its own.';

const inThere = (target: Target, uid: number | undefined, gid: number, groups: readonly number[]): Enter | string => {
  const { pid, startTicks, namespaces, ownFiles, ids } = target;
  if (target.frozen === 'v2' && ownFiles)
    return 'Its control group is frozen (a paused container): the shell would freeze with it.';
  const hostUid = namespaces.includes('user') ? idOutside(ids.uidMap, uid) : uid;
  if (uid === undefined || hostUid === undefined) return 'Its user namespace has no such user.';
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

const told = (target: Target): readonly string[] => {
  const { ownFiles, namespaces, mighty } = target;
  const open = ownFiles && !namespaces.includes('user') && mighty.length > 0;
  return [
    ...(open
      ? [
          `Careful: it is privileged (${mighty.join(', ')}): what its programs do in this shell can be done to the host.`,
        ]
      : []),
    `It enters its ${words(namespaces)}, with its capabilities at most${ownFiles ? ' and its limits on devices' : ''}.`,
    'Other than inside: no seccomp and AppArmor rules, no environment variables; its engine does not know of it.',
    ends,
  ];
};

const words = (namespaces: readonly string[]): string => namespaces.map((name) => WORDS[name] ?? name).join(', ');

export const shells: readonly Shell[] = [
  {
    id: 'shell',
    title: 'shell inside, as root',
    shows: 'a terminal among its files, processes and network',
    cost: 'does not stop it',
    enter: (target) => inThere(target, 0, 0, []),
    told: (target) => [
      target.namespaces.includes('user')
        ? `Root in there is user ${idOutside(target.ids.uidMap, 0) ?? '—'} of this host.`
        : 'Root in there is root of this host (no user namespace).',
      ...told(target),
    ],
  },
  {
    id: 'shell-as-its-user',
    title: 'shell inside, as its own user',
    shows: 'the same, with the rights on files that the process has',
    cost: 'does not stop it',
    enter: (target) => {
      const { uidInside, gidInside, groupsInside } = target.ids;
      if (uidInside === 0) return 'It is root in there: take the shell as root.';
      return inThere(target, uidInside, gidInside ?? uidInside ?? 0, groupsInside);
    },
    told: (target) => [`As user ${target.ids.uidInside ?? '—'} in there.`, ...told(target)],
  },
  {
    id: 'shell-in-network',
    title: "host's shell in its network",
    shows: "the host's own programs (ip, ss, tcpdump) in its network: for containers without a shell",
    cost: 'does not stop it',
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
        : 'It uses the network of the host.',
    told: () => ['Careful: this is a root shell of this host. Only the network is another one.', ends],
  },
];

/** Offered where there is something to get into. */
export const shellsOf = ({ namespaces, ownFiles }: Target): readonly Shell[] =>
  namespaces.length > 0 || ownFiles ? shells : [];

/** The first program that is tried; the audit log names it. */
export const programOf = ({ files }: Enter): readonly string[] => (files ? programs[0] : hostPrograms[0]);

/** For the audit log: where it is, and as whom. */
export const whereabouts = ({ namespaces, uid, hostUid, files }: Enter, target: Target): string =>
  `shell ${files ? `in the ${namespaces.join(', ')} namespaces and the root directory` : 'of this host in the network'} of ${plain(target.name)} (${target.pid}${target.owner === undefined ? '' : `, ${target.owner}`}), as user ${uid}${uid === hostUid ? '' : ` (${hostUid} on the host)`}, asked for by the engineer`;
