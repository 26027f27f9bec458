import { keyOf, type ProtocolName, type Read } from './host.ts';
import type { Protocol } from './protocols/protocol.ts';

/**
 * Entry of the read-only list: reads that crashcart may do by itself. Any other read is refused before anything is sent.
 * `attach` (a tool for the engineer) is not on it: it needs a confirmation and is audited.
 */
export interface AllowedRead {
  /** Description for `crashcart sources`. */
  readonly what: string;
  readonly allows: (read: Read) => boolean;
}

/** Kernel files that have side effects when read, contain secrets, or never end. */
const NEVER = [
  /^\/proc\/(\d+|self|\*|\[0-9\]\*)\/(task\/[^/]+\/)?(mem|environ|pagemap|clear_refs|auxv|syscall_user_dispatch)$/,
  // Files of a container or of a working directory: only os-release is read there.
  /^\/proc\/[^/]+\/(task\/[^/]+\/)?(root|cwd)\/(?!etc\/os-release$)/,
  /^\/proc\/(kcore|kmsg|sysrq-trigger|kpage.*)$/,
  /^\/sys\/kernel\/(debug|tracing)\/.*trace_pipe/,
  /^\/sys\/.*\/(rescan|remove|reset|unbind|bind|uevent|rom)$/,
  /^\/sys\/.*\/(bin_attrs|vpd|config|resource\d+(_wc)?)$/,
];

/** Open files of a process, read as links only: a read would consume the data of a pipe. */
const OPEN_FILES = /^\/proc\/[^/]+\/(task\/[^/]+\/)?(fd|map_files)\//;

const ROOTS = ['/proc/', '/sys/'];

/** Protocol number of a netlink socket, kind of facts, socket of a process, or this machine, in the place of a path. */
const NO_PATH = /^(?:netlink|facts|listening|unix|workstation|stacks):/;

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
    case 'limits':
    case 'cgroups':
    case 'threads':
    case 'inventory':
      return undefined;
    case 'mounts':
      return read.usersOf;
  }
};

/** Placeholders in commands, with the values that they accept. */
const PLACEHOLDERS: Readonly<Record<string, RegExp>> = {
  '<path>': /^\/[^\0]*$/,
  // Root opens it by the word of a command line: only where none but root and services write, no device, pipe or link of a user.
  '<certificate>': /^\/(?:etc|opt|root|srv|usr|var\/lib|var\/snap)\/(?!(?:.*\/)?\.\.?(?:\/|$))[^\0]*$/,
  '<pid>': /^[1-9]\d{0,9}$/,
  '<guest-log>': /^\/var\/log\/libvirt\/qemu\/[^/\0]+\.log$/,
  '<disk>': /^\/dev\/(?:sd[a-z]{1,4}|nvme\d{1,4}(?:n\d{1,4})?)$/,
  // zpool-create(8): a name begins with a letter.
  '<pool>': /^[A-Za-z][\w.: -]{0,254}$/,
  '<bridge>': /^[A-Za-z0-9_.][\w.:@+-]{0,63}$/,
  // OpenFlow tables: 0 to 254.
  'table=<table>': /^table=(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-4])$/,
  '<package lists of pid>': /^\/proc\/[1-9]\d{0,9}\/root\/var\/lib\/dpkg\/info$/,
  '<package states of pid>': /^\/proc\/[1-9]\d{0,9}\/root\/var\/lib\/dpkg\/status$/,
  // systemd.unit(5).
  '--unit=<unit>': /^--unit=[A-Za-z0-9:_.@\\][A-Za-z0-9:_.@\\-]{0,254}\.[a-z]{4,9}$/,
  '_PID=<pid>': /^_PID=[1-9]\d{0,9}$/,
  // sd_journal_get_cursor(3).
  '--after-cursor=<cursor>': /^--after-cursor=[a-z]=[0-9a-f]{1,32}(?:;[a-z]=[0-9a-f]{1,32}){0,7}$/,
  '<Package: name>': /^Package: [a-z0-9][a-z0-9+.-]*$/,
};

/** Command that may run for a reading; values go in placeholders such as `<path>` and `<pid>` only. */
export interface AllowedCommand {
  readonly argv: readonly string[];
  readonly why: string;
}

/** Reads of a subsystem beyond /proc and /sys, for its manifest. */
export interface PolicyEntries {
  readonly files?: readonly string[];
  /** Logs of which the end is read, up to 1 MiB; `<name>` stands for letters, digits, `.`, `_` and `-` in one part of a path. */
  readonly logEnds?: readonly string[];
  /** `links`: only link targets are read. */
  readonly globs?: readonly { readonly pattern: string; readonly links: boolean }[];
  readonly commands?: readonly AllowedCommand[];
}

/** Read-only list: allowed reads, and the check of one. */
export interface ReadPolicy {
  readonly allowed: readonly AllowedRead[];
  readonly commands: readonly AllowedCommand[];
  readonly protocols: readonly Protocol[];
  readonly protocolOf: (name: ProtocolName) => Protocol | undefined;
  /** Reason of a refusal; undefined for an allowed read. */
  readonly refusal: (read: Read) => string | undefined;
}

const fits = (template: string, word: string): boolean => {
  if (template === '<package>') return /^[a-z0-9][a-z0-9+.-]*(:[a-z0-9]+)?$/.test(word);
  return PLACEHOLDERS[template]?.test(word) ?? template === word;
};

/** Longest end of a log. */
const MAX_TAIL_BYTES = 1 << 20;

const isLogEnd = (templates: readonly string[], read: Extract<Read, { kind: 'file' }>): boolean =>
  read.tailBytes !== undefined &&
  read.tailBytes <= MAX_TAIL_BYTES &&
  templates.some((template) => {
    const parts = template.split('<name>').map((part) => part.replaceAll('.', String.raw`\.`));
    return new RegExp(`^${parts.join(String.raw`[A-Za-z0-9][\w.-]{0,254}`)}$`).test(read.path);
  });

const allowedOf = ({ files, logEnds, globs, commands, protocols }: Parts): readonly AllowedRead[] => [
  {
    what: 'files below /proc and /sys, except those with secrets or side effects',
    allows: (read) => {
      const path = read.kind === 'file' || read.kind === 'glob' ? pathOf(read) : undefined;
      if (path === undefined) return false;
      if (OPEN_FILES.test(path) && !(read.kind === 'glob' && read.links)) return false;
      return ROOTS.some((root) => path.startsWith(root)) && !NEVER.some((never) => never.test(path));
    },
  },
  {
    what: globs.map(({ pattern, links }) => (links ? `link targets of ${pattern}` : pattern)).join(', '),
    allows: (read) =>
      read.kind === 'glob' &&
      globs.some(({ pattern, links }) => pattern === read.pattern && links === (read.links ?? false)),
  },
  { what: files.join(', '), allows: (read) => read.kind === 'file' && files.includes(read.path) },
  {
    what: `ends of logs: ${logEnds.join(', ')}`,
    allows: (read) => read.kind === 'file' && isLogEnd(logEnds, read),
  },
  {
    what: 'process table (/proc/PID/stat, cmdline, cgroup, status, io, schedstat, wchan)',
    allows: (read) => read.kind === 'processes',
  },
  {
    what: 'limits of processes (/proc/PID/limits, status, and the number of entries of fd)',
    allows: (read) => read.kind === 'limits',
  },
  {
    what: 'cgroups of containers, pods and guests (below /sys/fs/cgroup: usage, limits, events, pressure; /proc/PID/net/dev of one process in each)',
    allows: (read) => read.kind === 'cgroups',
  },
  {
    what: 'threads of guests and daemons, by command name (/proc/PID/task/TID/stat, schedstat, status, wchan)',
    allows: (read) => read.kind === 'threads',
  },
  {
    what: 'hardware inventory of the local machine (systeminformation), never of a remote host',
    allows: (read) => read.kind === 'inventory',
  },
  { what: 'free space of mounted filesystems (statfs)', allows: (read) => read.kind === 'statfs' },
  {
    what: 'space of mounted filesystems (/proc/self/mountinfo, statfs of each; links of open files of processes in D state), and processes with files on one (links of their open files, size of deleted ones)',
    allows: (read) => read.kind === 'mounts',
  },
  {
    what: commands.map(({ argv }) => argv.join(' ')).join('; '),
    allows: (read) =>
      read.kind === 'run' &&
      commands.some(
        ({ argv }) =>
          argv.length === read.argv.length && argv.every((word, index) => fits(word, read.argv[index] ?? '')),
      ),
  },
  {
    what: `requests to daemons: ${protocols.map(({ what }) => what).join('; ')} (listed below)`,
    allows: (read) => (read.kind === 'talk' || read.kind === 'talks') && requestRefusal(protocols, read) === undefined,
  },
];

interface Parts {
  readonly files: readonly string[];
  readonly logEnds: readonly string[];
  readonly globs: NonNullable<PolicyEntries['globs']>;
  readonly commands: readonly AllowedCommand[];
  readonly protocols: readonly Protocol[];
}

function requestRefusal(
  protocols: readonly Protocol[],
  read: Extract<Read, { kind: 'talk' | 'talks' }>,
): string | undefined {
  const protocol = protocols.find(({ name }) => name === read.dialect);
  return protocol
    ? protocol.refusal(read.kind === 'talk' ? read.to : read.pattern, read.request)
    : `${keyOf(read)}: unknown protocol ${read.dialect}`;
}

/** Policy from manifests. */
export function createPolicy(entries: readonly PolicyEntries[], protocols: readonly Protocol[]): ReadPolicy {
  const commands = entries.flatMap((one) => one.commands ?? []);
  const files = entries.flatMap((one) => one.files ?? []);
  const logEnds = entries.flatMap((one) => one.logEnds ?? []);
  const globs = entries.flatMap((one) => one.globs ?? []);
  const allowed = allowedOf({ files, logEnds, globs, commands, protocols });
  const refusal = (read: Read): string | undefined => {
    const path = pathOf(read);
    if (path !== undefined && !NO_PATH.test(path) && (!path.startsWith('/') || /\/\.\.?(\/|$)|\0/.test(path)))
      return `${path}: not an absolute path without . and ..`;
    if (read.kind === 'talk' || read.kind === 'talks') {
      const reason = requestRefusal(protocols, read);
      return reason && `not on the read-only list: ${reason}`;
    }
    return allowed.some(({ allows }) => allows(read))
      ? undefined
      : `not on the read-only list: ${path ?? (read.kind === 'run' ? read.argv.join(' ') : read.kind)}`;
  };
  return { allowed, commands, protocols, protocolOf: (name) => protocols.find((one) => one.name === name), refusal };
}
