import type { As, Attachment, AttachmentEnd, AttachmentPulse, AttachRequest, Enter } from './attach-request.ts';
import type { ReadPart } from '../lib/read-part.ts';
import type { ConnectionFacts, LinkState, RootState } from './link-state.ts';

export type {
  As,
  Attachment,
  AttachmentEnd,
  AttachmentPulse,
  AttachRequest,
  ConnectionFacts,
  Enter,
  LinkState,
  RootState,
};

/**
 * Reads of a host and their readings. A live host over SSH, the local machine, a folder of files and a recording implement
 * the same contract; recorder, cost meter and redactor wrap it.
 *
 * A read is plain data, so that it can be recorded, replayed, checked against the read-only list and shown.
 */

interface ReadOptions {
  readonly as?: As;
  /** Time after which the reading is `timeout`. Default: 5 s, 10 s for commands. */
  readonly timeoutMs?: number;
}

/** One file, up to 8 MiB. */
export interface FileRead extends ReadOptions {
  readonly kind: 'file';
  readonly path: string;
  /** Only so many bytes of its end: of a log. The first line may be a part of one. */
  readonly tailBytes?: number;
}

/** Small files by a pattern: `*`, `?` and `[…]` within a path segment, as in a shell. */
export interface GlobRead extends ReadOptions {
  readonly kind: 'glob';
  readonly pattern: string;
  /** Read symbolic links as links (their target is the text), not the file behind them. */
  readonly links?: boolean;
  /** Only so many bytes of the end of each: of logs. The first line of each may be a part of one. */
  readonly tailBytes?: number;
  /**
   * Only lines with one of these texts, of that end and what is added later, up to 500 of each log. The collector begins each with a line
   * `newest TIME HEAD`: `logClock`. It needs `tailBytes`.
   */
  readonly matching?: readonly string[];
  /**
   * Of each such line only these parts, patterns of Python's `re`, joined by spaces: the rest of it, data of the customer, stays on
   * the host. It needs `matching`, and python3 there.
   */
  readonly keeping?: readonly string[];
}

/** Command without a shell and stdin, with fixed PATH and LC_ALL, a timeout and a limit of output. */
export interface RunRead extends ReadOptions {
  readonly kind: 'run';
  readonly argv: readonly string[];
  /** Exit codes of a valid output. Default: 0. */
  readonly okExits?: readonly number[];
}

/** Protocols of daemons, each implemented in `protocols/`. */
export type ProtocolName =
  | 'http'
  | 'libvirt'
  | 'asok'
  | 'unixctl'
  | 'ovsdb'
  | 'rados'
  | 'kubernetes'
  | 'netlink'
  | 'systemd'
  | 'kmsg'
  | 'facts'
  | 'postgresql'
  | 'mysql'
  | 'symbols'
  | 'redis'
  | 'memcached'
  | 'haproxy'
  | 'openstack'
  | 'stacks'
  | 'zookeeper'
  | 'mongodb';

/** Request to a daemon in its protocol, over its unix socket. Default timeout: 5 s. */
export interface DaemonRead extends ReadOptions {
  readonly kind: 'talk';
  readonly dialect: ProtocolName;
  /** Path of the socket, or socket of a process (`ListenerName`); for `rados` path of the cluster's configuration. */
  readonly to: string;
  readonly request: string;
}

/** The same request to every socket that matches a pattern: OSDs, daemons with a pid in the name. 5 s each. */
export interface DaemonGlobRead extends ReadOptions {
  readonly kind: 'talks';
  readonly dialect: ProtocolName;
  readonly pattern: string;
  readonly request: string;
}

/** Process table, kept current by deltas. */
export interface ProcessesRead extends ReadOptions {
  readonly kind: 'processes';
}

/** Processes near their limits (RLIMIT_NOFILE, RLIMIT_NPROC, RLIMIT_MEMLOCK), and those with the most open files. */
export interface LimitsRead extends ReadOptions {
  readonly kind: 'limits';
}

/** Control groups of containers, pods and guests, kept current by deltas. */
export interface CgroupsRead extends ReadOptions {
  readonly kind: 'cgroups';
}

/** Threads of processes by the prefix of their command, kept current by deltas. */
export interface ThreadsRead extends ReadOptions {
  readonly kind: 'threads';
  /** As in the kernel: cut at 15 characters. */
  readonly commands: readonly string[];
}

/** Space and inodes of a mounted filesystem: statfs(2), which may hang forever on a dead NFS server. */
export interface StatfsRead extends ReadOptions {
  readonly kind: 'statfs';
  readonly path: string;
}

/** Mounted filesystems with their space, or who uses one of them. */
export interface MountsRead extends ReadOptions {
  readonly kind: 'mounts';
  /** Mount point: processes with files on it and what deleted files they hold, in the place of the list. */
  readonly usersOf?: string;
}

/** Hardware inventory of the local machine by systeminformation; `absent` on remote hosts. */
export interface InventoryRead extends ReadOptions {
  readonly kind: 'inventory';
}

export type Read =
  | FileRead
  | GlobRead
  | RunRead
  | DaemonRead
  | DaemonGlobRead
  | ProcessesRead
  | LimitsRead
  | CgroupsRead
  | ThreadsRead
  | StatfsRead
  | MountsRead
  | InventoryRead;

/** Raw texts of one process; a new object only after a change, so that a parse can be cached by identity. */
export interface ProcessTexts {
  readonly pid: number;
  /** /proc/PID/stat: proc_pid_stat(5). The command in it is raw: find the LAST `)`. */
  readonly stat: string;
  /** /proc/PID/cmdline: NUL-separated; '' for a kernel thread; undefined until read (on a host with very many). */
  readonly cmdline?: string | undefined;
  readonly cgroup?: string | undefined;
  /** Uid, Gid, NSpid, Cpus_allowed_list, Mems_allowed_list of /proc/PID/status, once per program (again after an exec). */
  readonly status?: string | undefined;
  /** /proc/PID/io while the process is active; needs its owner's or root's rights. */
  readonly io?: string | undefined;
  /** Sum over the threads (at most 64) of /proc/PID/task/TID/schedstat: ns on CPU, ns waiting for a CPU, slices. */
  readonly schedstat?: string | undefined;
  /** Kernel function in which it sleeps; for state D only. */
  readonly wchan?: string | undefined;
  /** The first of its files of which a read hangs, and the reason: `cmdline not readable: timeout after 1 s`. */
  readonly unread?: string | undefined;
  /** Time from the read before to the one that gave these texts, seconds; undefined for the first. */
  readonly seconds?: number | undefined;
}

/** pid → texts. A new Map per reading; unchanged processes keep their identity. */
export type ProcessTable = ReadonlyMap<number, ProcessTexts>;

/** Raw texts of one control group; a new object only after a read. */
export interface CgroupTexts {
  /** Below the root of the hierarchy: `/lxc.payload.web`. Invalid UTF-8 is escaped as `\xff`. */
  readonly path: string;
  /** CPU and memory usage by file name, read in every walk. */
  readonly use: FileTexts;
  /** Limits, events, I/O, pressure…: read every 5th walk or less often; the same object while unchanged. */
  readonly rest: FileTexts;
  /** Host clock of the last read of `rest`, seconds; undefined where that is the time of the reading. */
  readonly restAt?: number | undefined;
  /** Previous `rest`, for rates. */
  readonly earlier?: { readonly at: number; readonly rest: FileTexts } | undefined;
  /** First process in it, for its namespaces. */
  readonly firstPid?: number | undefined;
}

/** File name → text. `net/dev` is from /proc/PID of the first process, where that has a separate network namespace. */
export type FileTexts = Readonly<Record<string, string | undefined>>;

export interface CgroupTable {
  /** `hybrid`: controllers in v1 hierarchies, pressure in the unified one. */
  readonly layout: 'v1' | 'v2' | 'hybrid' | undefined;
  /** path → texts. A new Map per reading; unchanged groups keep their identity. */
  readonly groups: ReadonlyMap<string, CgroupTexts>;
  /** Groups beyond the limit, which are not read. */
  readonly left: number;
}

/** Raw texts of one thread; a new object only after a change. */
export interface ThreadTexts {
  readonly tid: number;
  /** /proc/PID/task/TID/stat, read after the thread ran. */
  readonly stat: string;
  /** ns on a CPU, ns waiting for one, slices. */
  readonly schedstat?: string | undefined;
  /** Cpus_allowed_list of its status, read every 10th walk. */
  readonly cpusAllowed?: string | undefined;
  /** Kernel function in which it sleeps; for state D only. */
  readonly wchan?: string | undefined;
}

export interface ProcessThreads {
  readonly pid: number;
  readonly threads: ReadonlyMap<number, ThreadTexts>;
}

export interface ThreadTable {
  readonly processes: ReadonlyMap<number, ProcessThreads>;
  /** Threads beyond the limit, which are not read. */
  readonly left: number;
}

/** Value of a read by kind. */
export interface Answers {
  readonly file: string;
  readonly glob: ReadonlyMap<string, string>;
  readonly run: string;
  /** Reply of the daemon, often JSON. */
  readonly talk: string;
  /** Path of the socket → reply; each independent of the others. */
  readonly talks: ReadonlyMap<string, DaemonReply>;
  readonly processes: ProcessTable;
  /** Lines `files PID open limit`, `locked PID KiB limit`, `processes UID limit`, after `read known all`. */
  readonly limits: string;
  readonly cgroups: CgroupTable;
  readonly threads: ThreadTable;
  /** f_frsize f_blocks f_bfree f_bavail f_files f_ffree f_flag, decimal, separated by spaces. */
  readonly statfs: string;
  /** Lines of /proc/self/mountinfo behind their space; of one mount a line per process. See `sources/storage/filesystems.ts`. */
  readonly mounts: string;
  /** JSON of `Inventory`. */
  readonly inventory: string;
}
export type AnswerOf<R extends Read> = Answers[R['kind']];

/** Reason of a missing value. `absent` (not on this host) is not an error and is never shown as one. */
export type Why = 'absent' | 'denied' | 'timeout' | 'failed';

export interface Missing {
  readonly ok: false;
  readonly why: Why;
  /** What was read, and why it failed. */
  readonly detail: string;
}

/**
 * Reply of one of several daemons. `at` is the host clock of the reply: the reading is as late as the slowest one, so rates
 * use this.
 */
export type DaemonReply =
  | {
      readonly ok: true;
      readonly text: string;
      readonly tookMs: number;
      readonly at?: number | undefined;
      readonly instead?: FallbackOrigin | undefined;
    }
  | Missing;

/** Origin of a reply by a fallback command. */
export interface FallbackOrigin {
  /** Name of the command. */
  readonly by: string;
  /** Period of the command. */
  readonly everySeconds: number;
}

export interface Success<Value> {
  readonly ok: true;
  readonly value: Value;
  /** CLOCK_MONOTONIC of the host at the read, seconds. */
  readonly at: number;
  readonly tookMs: number;
  /** Present where the read was cut at its timeout: what was not read is as it was before. */
  readonly part?: ReadPart | undefined;
  /** Only where all replies are by fallback commands. */
  readonly instead?: FallbackOrigin | undefined;
}

export type Reading<Value> = Success<Value> | Missing;

export const missing = (why: Why, detail: string): Missing => ({ ok: false, why, detail });

/** Read that hangs on the host, or hung and is not tried yet again. */
export interface HungRead {
  /** Path, pattern or command (hostile text). */
  readonly name: string;
  /** `timeout after 1 s, in D state at rpc_wait_bit_killable, for 12 s` (hostile text). */
  readonly detail: string;
}

/** Cost on the host and the network, summed since connect. */
export interface Cost {
  /** CPU seconds of our processes on the host (user + system, children included). */
  readonly hostCpuSeconds: number;
  readonly bytesFromHost: number;
  readonly bytesToHost: number;
}

/** Host answers reads. */
export interface Host {
  /** Name as typed. */
  readonly name: string;
  readonly kind: 'ssh' | 'local' | 'recorded';
  read<R extends Read>(what: R): Promise<Reading<AnswerOf<R>>>;
  close(): Promise<void>;
}

/** What came of a password for sudo. */
export interface UnlockOutcome {
  /** Why root is not open; undefined where it is. */
  readonly reason: string | undefined;
  /** `refused` counts towards a lock-out of the account; so it is, too, where sudo has not answered in time. */
  readonly password: 'accepted' | 'refused' | 'not asked';
}

/** LiveHost has a connection state, root access and terminals. */
export interface LiveHost extends Host {
  readonly link: () => LinkState;
  readonly root: () => RootState;
  readonly cost: () => Cost;
  /** Transport and lane: `ssh2 · python3`, for the status bar and doctor. */
  readonly transport: () => string;
  /** Facts of the connection; undefined for this machine and while not connected. */
  readonly connection?: () => ConnectionFacts | undefined;
  /** Tries a password once. */
  readonly unlockRoot: (password: string) => Promise<UnlockOutcome>;
  /** Runs `sudo -n` again; undefined on success, else the reason. */
  readonly reopenRoot: () => Promise<string | undefined>;
  readonly attach: (request: AttachRequest) => Promise<Attachment>;
  /** Read-only session: `attach` rejects. */
  readonly readOnly?: boolean | undefined;
  /** Reads that hang in any lane, or hung and are not tried yet again. */
  readonly hung: () => readonly HungRead[];
  /** pids of our programs on the host; their ancestors must not be traced. */
  readonly ownPids?: () => readonly number[];
  /** Called when link or root state changes. */
  readonly onChange: (listen: () => void) => () => void;
}

/** Key of a read in recordings, fixtures and the audit log. */
export function keyOf(what: Read): string {
  switch (what.kind) {
    case 'file':
      return what.path;
    case 'glob':
      return what.links ? `${what.pattern} (links)` : what.pattern;
    case 'run':
      return what.argv.join(' ');
    case 'talk':
      return `${what.to} < ${what.request}`;
    case 'talks':
      return `${what.pattern} < ${what.request}`;
    case 'processes':
      return '/proc/[0-9]*/stat';
    case 'limits':
      return '/proc/[0-9]*/limits';
    case 'cgroups':
      return '/sys/fs/cgroup/**';
    case 'threads':
      return `/proc/[0-9]*/task/*/schedstat of ${what.commands.join(', ')}`;
    case 'statfs':
      return `statfs ${what.path}`;
    case 'mounts':
      return what.usersOf === undefined ? 'space of mounted filesystems' : `users of ${what.usersOf}`;
    case 'inventory':
      return 'inventory of this machine';
  }
}
