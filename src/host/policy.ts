import { keyOf, type ProtocolName, type Read } from './host.ts';
import type { Protocol } from './protocols/protocol.ts';

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

/** A command that may run for a reading; placeholders such as `<path>` and `<pid>` are the only places for values. */
export interface AllowedCommand {
  readonly argv: readonly string[];
  readonly why: string;
}

/** What a subsystem reads beyond /proc and /sys, for its manifest. */
export interface PolicyEntries {
  readonly files?: readonly string[];
  /** `links`: only where they lead is read. */
  readonly globs?: readonly { readonly pattern: string; readonly links: boolean }[];
  readonly commands?: readonly AllowedCommand[];
}

/** The read-only list: every kind of read that it allows, and its judgement of one. */
export interface ReadPolicy {
  readonly allowed: readonly Allowed[];
  readonly commands: readonly AllowedCommand[];
  readonly protocols: readonly Protocol[];
  readonly protocolOf: (name: ProtocolName) => Protocol | undefined;
  /** Undefined when the read is allowed, else one sentence why it is refused. */
  readonly refusal: (read: Read) => string | undefined;
}

const fits = (template: string, word: string): boolean => {
  if (template === '<package>') return /^[a-z0-9][a-z0-9+.-]*(:[a-z0-9]+)?$/.test(word);
  return PLACES[template]?.test(word) ?? template === word;
};

const allowedOf = ({ files, globs, commands, protocols }: Parts): readonly Allowed[] => [
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
    what: globs.map(({ pattern, links }) => (links ? `where ${pattern} leads` : pattern)).join(', '),
    allows: (read) =>
      read.kind === 'glob' &&
      globs.some(({ pattern, links }) => pattern === read.pattern && links === (read.links ?? false)),
  },
  { what: files.join(', '), allows: (read) => read.kind === 'file' && files.includes(read.path) },
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
    what: commands.map(({ argv }) => argv.join(' ')).join('; '),
    allows: (read) =>
      read.kind === 'run' &&
      commands.some(
        ({ argv }) =>
          argv.length === read.argv.length && argv.every((word, place) => fits(word, read.argv[place] ?? '')),
      ),
  },
  {
    what: `questions to daemons: ${protocols.map(({ what }) => what).join('; ')} (listed below)`,
    allows: (read) => (read.kind === 'talk' || read.kind === 'talks') && talkRefusal(protocols, read) === undefined,
  },
];

interface Parts {
  readonly files: readonly string[];
  readonly globs: NonNullable<PolicyEntries['globs']>;
  readonly commands: readonly AllowedCommand[];
  readonly protocols: readonly Protocol[];
}

function talkRefusal(
  protocols: readonly Protocol[],
  read: Extract<Read, { kind: 'talk' | 'talks' }>,
): string | undefined {
  const protocol = protocols.find(({ name }) => name === read.dialect);
  return protocol
    ? protocol.refusal(read.kind === 'talk' ? read.to : read.pattern, read.request)
    : `${keyOf(read)}: unknown protocol ${read.dialect}`;
}

/** The policy of manifests. */
export function createPolicy(entries: readonly PolicyEntries[], protocols: readonly Protocol[]): ReadPolicy {
  const commands = entries.flatMap((one) => one.commands ?? []);
  const files = entries.flatMap((one) => one.files ?? []);
  const globs = entries.flatMap((one) => one.globs ?? []);
  const allowed = allowedOf({ files, globs, commands, protocols });
  const refusal = (read: Read): string | undefined => {
    const path = pathOf(read);
    if (path !== undefined && (!path.startsWith('/') || /\/\.\.?(\/|$)|\0/.test(path)))
      return `${path}: only absolute paths without . and .. are read`;
    if (read.kind === 'talk' || read.kind === 'talks') {
      const no = talkRefusal(protocols, read);
      return no && `not on the read-only list: ${no}`;
    }
    return allowed.some(({ allows }) => allows(read))
      ? undefined
      : `not on the read-only list: ${path ?? (read.kind === 'run' ? read.argv.join(' ') : read.kind)}`;
  };
  return { allowed, commands, protocols, protocolOf: (name) => protocols.find((one) => one.name === name), refusal };
}
