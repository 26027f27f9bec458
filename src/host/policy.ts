import { protocolOf, protocols } from './protocols/index.ts';
import { keyOf, type Read } from './host.ts';

/**
 * The read-only list: all that crashcart may read on a host by itself. A read that is not on it is refused here, before
 * anything is sent, whoever asks. `attach` (a debugger for a person) does not go through it: it asks and is audited.
 */
export interface Allowed {
  /** What it lets through, in words, for the sheet (`crashcart sources`). */
  readonly what: string;
  readonly allows: (read: Read) => boolean;
}

/** Kernel files that change something when read, hold secrets, or never end. */
const NEVER = [
  /^\/proc\/(\d+|self|\*|\[0-9\]\*)\/(task\/[^/]+\/)?(mem|environ|pagemap|clear_refs|auxv|syscall_user_dispatch)$/,
  // The files of a container, or of anybody who has changed his directory: only its name is read there.
  /^\/proc\/[^/]+\/(task\/[^/]+\/)?(root|cwd)\/(?!etc\/os-release$)/,
  /^\/proc\/(kcore|kmsg|sysrq-trigger|kpage.*)$/,
  /^\/sys\/kernel\/(debug|tracing)\/.*trace_pipe/,
  /^\/sys\/.*\/(rescan|remove|reset|unbind|bind|uevent|rom)$/,
  /^\/sys\/.*\/(bin_attrs|vpd|config|resource\d+(_wc)?)$/,
];

/** What a process has open: which files is told by links; reading one would take from a pipe what is another's. */
const OPEN_FILES = /^\/proc\/[^/]+\/(task\/[^/]+\/)?(fd|map_files)\//;

const ROOTS = ['/proc/', '/sys/'];
const FILES = new Set([
  '/etc/os-release',
  '/usr/lib/os-release',
  '/etc/hostname',
  '/etc/debian_version',
  '/etc/passwd',
  '/var/lib/containers/storage/overlay-containers/containers.json',
]);
/** Patterns beyond /proc and /sys; `links`: only where they lead. */
const PATTERNS = new Map([
  ['/var/lib/lxc/*/config', { links: false }],
  ['/home/*/.local/share/containers/storage/*-containers/containers.json', { links: false }],
  ['/var/log/containers/*.log', { links: true }],
  ['/var/lib/ceph/osd/*/block*', { links: true }],
  ['/var/lib/ceph/*/osd.*/block*', { links: true }],
  ['/var/snap/microceph/common/data/osd/*/block*', { links: true }],
]);

const pathOf = (read: Read): string | undefined => {
  switch (read.kind) {
    case 'file':
    case 'statfs':
      return read.path;
    case 'glob':
    case 'talks':
      return read.pattern;
    case 'talk':
      return read.to;
    case 'run':
    case 'processes':
    case 'cgroups':
    case 'threads':
    case 'inventory':
      return undefined;
  }
};

/** A word of a command: itself, or one of these places where a value of ours goes. */
const PLACES: Readonly<Record<string, RegExp>> = {
  '<path>': /^\/[^\0]*$/,
  '<pid>': /^[1-9]\d{0,9}$/,
  '<guest-log>': /^\/var\/log\/libvirt\/qemu\/[^/\0]+\.log$/,
  '<bridge>': /^[A-Za-z0-9_.][\w.:@+-]{0,63}$/,
  '<package lists of pid>': /^\/proc\/[1-9]\d{0,9}\/root\/var\/lib\/dpkg\/info$/,
  '<package states of pid>': /^\/proc\/[1-9]\d{0,9}\/root\/var\/lib\/dpkg\/status$/,
  '<Package: name>': /^Package: [a-z0-9][a-z0-9+.-]*$/,
};

export interface AllowedCommand {
  readonly argv: readonly string[];
  readonly why: string;
}

/** Every command that may run for a reading. `<path>` and `<pid>` are the only places for values. */
export const allowedCommands: readonly AllowedCommand[] = [
  {
    argv: ['head', '-n', '30', '/proc/cpuinfo'],
    why: 'the model of the first CPU; the whole file is long, and reading clock rates of every CPU costs the host time',
  },
  {
    argv: ['findmnt', '--noheadings', '--output', 'OPTIONS', '--mountpoint', '/proc'],
    why: 'mount options of /proc: whether processes of other users are hidden (hidepid)',
  },
  { argv: ['uname', '-m'], why: 'the machine type, on kernels that have no file for it' },
  { argv: ['tail', '-n', '60', '<guest-log>'], why: 'the end of the log of one guest' },
  { argv: ['dpkg-query', '-S', '<path>'], why: 'which package a program belongs to, to name its debug symbols' },
  {
    argv: ['dpkg-query', '-W', '-f=${Package} ${Version} ${Architecture}\\n', '<package>'],
    why: 'the version of that package',
  },
  {
    argv: 'grep -rlxF -m 1 -D skip --include=*.list -e <path> -e <path> --'.split(' ').concat('<package lists of pid>'),
    why: "which package of a container a program in it belongs to, by the container's own lists",
  },
  {
    argv: [
      'grep',
      '-xF',
      '-A',
      '20',
      '-m',
      '1',
      '-D',
      'skip',
      '-e',
      '<Package: name>',
      '--',
      '<package states of pid>',
    ],
    why: 'the version of that package',
  },
  {
    argv: ['ip', '-j', 'link', 'show', 'type', 'veth'],
    why: 'veth pairs, and the number of the network namespace that the other end of each is in',
  },
  {
    argv: ['lsns', '-n', '-r', '-t', 'net', '-o', 'NETNSID,PID,NSFS'],
    why: 'a process in each of these namespaces: whose container or pod it is',
  },
  { argv: ['ip', '-j', 'netns', 'list'], why: 'names of namespaces' },
  {
    argv: ['ovs-ofctl', '-O', 'OpenFlow10,OpenFlow13,OpenFlow14,OpenFlow15', '--timeout=5', 'dump-tables', '<bridge>'],
    why: 'how many rules are in each OpenFlow table of a bridge, and how many packets looked there',
  },
];

const fits = (template: string, word: string): boolean => {
  if (template === '<package>') return /^[a-z0-9][a-z0-9+.-]*(:[a-z0-9]+)?$/.test(word);
  return PLACES[template]?.test(word) ?? template === word;
};

export const policy: readonly Allowed[] = [
  {
    what: 'files below /proc and /sys, but for those that hold secrets or act when read',
    allows: (read) => {
      const path = read.kind === 'file' || read.kind === 'glob' ? pathOf(read) : undefined;
      if (path === undefined) return false;
      if (OPEN_FILES.test(path) && !(read.kind === 'glob' && read.links)) return false;
      return ROOTS.some((root) => path.startsWith(root)) && !NEVER.some((never) => never.test(path));
    },
  },
  {
    what: [...PATTERNS].map(([pattern, { links }]) => (links ? `where ${pattern} leads` : pattern)).join(', '),
    allows: (read) => read.kind === 'glob' && PATTERNS.get(read.pattern)?.links === (read.links ?? false),
  },
  { what: [...FILES].join(', '), allows: (read) => read.kind === 'file' && FILES.has(read.path) },
  {
    what: 'the process table (/proc/PID/stat, cmdline, cgroup, status, io, schedstat, wchan)',
    allows: (read) => read.kind === 'processes',
  },
  {
    what: 'control groups of containers, pods and guests (below /sys/fs/cgroup: use, limits, events, pressure; /proc/PID/net/dev of one process in each)',
    allows: (read) => read.kind === 'cgroups',
  },
  {
    what: 'threads of guests and daemons by the name of their program (/proc/PID/task/TID/stat, schedstat, status, wchan)',
    allows: (read) => read.kind === 'threads',
  },
  {
    what: "what this machine is made of (systeminformation; asked of the engineer's own machine only, never of a remote host)",
    allows: (read) => read.kind === 'inventory',
  },
  { what: 'free space of mounted file systems (statfs)', allows: (read) => read.kind === 'statfs' },
  {
    what: allowedCommands.map(({ argv }) => argv.join(' ')).join('; '),
    allows: (read) =>
      read.kind === 'run' &&
      allowedCommands.some(
        ({ argv }) =>
          argv.length === read.argv.length && argv.every((word, place) => fits(word, read.argv[place] ?? '')),
      ),
  },
  {
    what: `questions to daemons: ${protocols.map(({ what }) => what).join('; ')} (listed below)`,
    allows: (read) => (read.kind === 'talk' || read.kind === 'talks') && talkRefusal(read) === undefined,
  },
];

function talkRefusal(read: Extract<Read, { kind: 'talk' | 'talks' }>): string | undefined {
  const dialect = protocolOf(read.dialect);
  return dialect
    ? dialect.refusal(read.kind === 'talk' ? read.to : read.pattern, read.request)
    : `${keyOf(read)}: nobody here speaks ${read.dialect}`;
}

/** Undefined when the read is allowed, else one sentence why it is not. */
export function refusal(read: Read): string | undefined {
  const path = pathOf(read);
  if (path !== undefined && (!path.startsWith('/') || /\/\.\.?(\/|$)|\0/.test(path)))
    return `${path}: only absolute paths without . and .. are read`;
  if (read.kind === 'talk' || read.kind === 'talks') {
    const no = talkRefusal(read);
    return no && `not on the read-only list: ${no}`;
  }
  return policy.some(({ allows }) => allows(read))
    ? undefined
    : `not on the read-only list: ${path ?? (read.kind === 'run' ? read.argv.join(' ') : read.kind)}`;
}
