import type { LinkState, RootState } from './link-state.ts';

export type { LinkState, RootState };

/**
 * What may be asked of a host, and what it answers. A live host over SSH, this machine, a folder of files and a
 * recording all answer the same contract; recorder, cost meter and redactor are wrappers around it.
 *
 * A read is plain data, so that one asking can be recorded, replayed, checked against the read-only list and shown.
 */

/** `root`: read with root's rights where we have them, else as the login user (who then may be denied). */
export type As = 'user' | 'root';

interface ReadOptions {
  readonly as?: As;
  /** After this the answer is `timeout`. Files and globs 5 s, commands 10 s unless told. */
  readonly timeoutMs?: number;
}

/** One file, whole (up to 8 MiB). */
export interface FileRead extends ReadOptions {
  readonly kind: 'file';
  readonly path: string;
}

/** Many small files by one pattern: `*`, `?` and `[…]` within a path part, as in a shell. */
export interface GlobRead extends ReadOptions {
  readonly kind: 'glob';
  readonly pattern: string;
  /** Read symbolic links as links (their target is the text), not the file behind them. */
  readonly links?: boolean;
}

/** A command, started without a shell, without stdin, with PATH and LC_ALL fixed, under a time-out and an output cap. */
export interface RunRead extends ReadOptions {
  readonly kind: 'run';
  readonly argv: readonly string[];
  /** Exit codes whose output is an answer; 0 unless told. */
  readonly okExits?: readonly number[];
}

/** The protocols that daemons are spoken to in, each known by one file of `protocols/`. */
export type ProtocolName = 'http' | 'libvirt' | 'asok' | 'unixctl' | 'ovsdb' | 'rados' | 'kubernetes';

/** One question to a daemon, in its own protocol over its unix socket. 5 s unless told. */
export interface TalkRead extends ReadOptions {
  readonly kind: 'talk';
  readonly dialect: ProtocolName;
  /** Path of the socket; for `rados` that of the cluster's configuration. */
  readonly to: string;
  readonly request: string;
}

/** The same question to every socket that a pattern names: OSDs, daemons with a pid in the name. 5 s each. */
export interface TalksRead extends ReadOptions {
  readonly kind: 'talks';
  readonly dialect: ProtocolName;
  readonly pattern: string;
  readonly request: string;
}

/** The process table, kept by difference between the host and us. */
export interface ProcessesRead extends ReadOptions {
  readonly kind: 'processes';
}

/** Every control group that somebody knows by name (container, pod, guest), kept by difference between the host and us. */
export interface CgroupsRead extends ReadOptions {
  readonly kind: 'cgroups';
}

/** Threads of the processes whose command begins with one of these, kept by difference between the host and us. */
export interface ThreadsRead extends ReadOptions {
  readonly kind: 'threads';
  /** As the kernel keeps them: at most 15 characters. */
  readonly commands: readonly string[];
}

/** Space and inodes of one mounted file system: statfs(2), which may hang for ever on a dead NFS server. */
export interface StatfsRead extends ReadOptions {
  readonly kind: 'statfs';
  readonly path: string;
}

/** What this machine is made of, by systeminformation, which knows no other machine: remote hosts answer `absent`. */
export interface InventoryRead extends ReadOptions {
  readonly kind: 'inventory';
}

export type Read =
  | FileRead
  | GlobRead
  | RunRead
  | TalkRead
  | TalksRead
  | ProcessesRead
  | CgroupsRead
  | ThreadsRead
  | StatfsRead
  | InventoryRead;

/** Raw texts of one process; a new object when (and only when) one of them changed, so a parse can be cached by identity. */
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
  /** Where in the kernel it sleeps; read for state D only. */
  readonly wchan?: string | undefined;
  /** The first of its files of which a read hangs, and the reason: `cmdline not readable: timeout after 1 s`. */
  readonly unread?: string | undefined;
  /** Seconds that its counters moved over, where a process was not looked at in every sample (on a host with very many). */
  readonly seconds?: number | undefined;
}

/** pid → texts. A new Map for every reading; unchanged processes keep their identity. */
export type ProcessTable = ReadonlyMap<number, ProcessTexts>;

/** Raw texts of one control group; a new object when (and only when) something was read anew. */
export interface CgroupTexts {
  /** Below the root of the hierarchy: `/lxc.payload.web`. Bytes that are no UTF-8 stand as `\xff`. */
  readonly path: string;
  /** Use of CPU and memory, read each time; by name of the file. */
  readonly use: FileTexts;
  /** Limits, events, disks, pressure…: read every fifth time or less often. The object is the same while nothing changed. */
  readonly rest: FileTexts;
  /** Host clock, seconds, when `rest` was last read; undefined where that is the time of the reading itself. */
  readonly restAt?: number | undefined;
  /** `rest` as it was read the time before, for rates. */
  readonly earlier?: { readonly at: number; readonly rest: FileTexts } | undefined;
  /** A process in it, to reach its namespaces. */
  readonly firstPid?: number | undefined;
}

/** Name of the file → text. `net/dev` is that of /proc/PID of its first process, where that has a network of its own. */
export type FileTexts = Readonly<Record<string, string | undefined>>;

export interface CgroupTable {
  /** `hybrid`: controllers are in v1 hierarchies, pressure in the unified one beside them. */
  readonly layout: 'v1' | 'v2' | 'hybrid' | undefined;
  /** path → texts. A new Map for every reading; unchanged groups keep their identity. */
  readonly groups: ReadonlyMap<string, CgroupTexts>;
  /** How many there are beyond what is read. */
  readonly left: number;
}

/** Raw texts of one thread; a new object when (and only when) one of them changed. */
export interface ThreadTexts {
  readonly tid: number;
  /** /proc/PID/task/TID/stat, read when the thread ran since. */
  readonly stat: string;
  /** ns on a CPU, ns waiting for one, slices. */
  readonly schedstat?: string | undefined;
  /** Cpus_allowed_list of its status, looked at every tenth time. */
  readonly cpusAllowed?: string | undefined;
  /** Where in the kernel it sleeps; read for state D only. */
  readonly wchan?: string | undefined;
}

export interface ProcessThreads {
  readonly pid: number;
  readonly threads: ReadonlyMap<number, ThreadTexts>;
}

export interface ThreadTable {
  readonly processes: ReadonlyMap<number, ProcessThreads>;
  /** How many threads there are beyond what is read. */
  readonly left: number;
}

/** What a read of each kind gives. */
export interface Answers {
  readonly file: string;
  readonly glob: ReadonlyMap<string, string>;
  readonly run: string;
  /** The daemon's own words, often JSON. */
  readonly talk: string;
  /** path of the socket → what was said there; one that is silent takes nothing from the others. */
  readonly talks: ReadonlyMap<string, DaemonReply>;
  readonly processes: ProcessTable;
  readonly cgroups: CgroupTable;
  readonly threads: ThreadTable;
  /** f_frsize f_blocks f_bfree f_bavail f_files f_ffree f_flag, decimal, separated by spaces. */
  readonly statfs: string;
  /** JSON of `Inventory`. */
  readonly inventory: string;
}
export type AnswerOf<R extends Read> = Answers[R['kind']];

/** Why there is no value. `absent` (not on this host) is not an error and is never shown as one. */
export type Why = 'absent' | 'denied' | 'timeout' | 'failed';

export interface Missing {
  readonly ok: false;
  readonly why: Why;
  /** One sentence for a person: what was tried and what came back. */
  readonly detail: string;
}

/**
 * What one of several daemons said. `at` is the host's clock when it did: all together are as late as the one that is
 * silent, so rates of one come from its own.
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

/** How an answer was had that a command gave in the stead of the daemon. */
export interface FallbackOrigin {
  /** The command, for a person. */
  readonly by: string;
  /** There is no newer one before. */
  readonly everySeconds: number;
}

export interface Got<Value> {
  readonly ok: true;
  readonly value: Value;
  /** The host's own CLOCK_MONOTONIC in seconds at the time of reading. */
  readonly at: number;
  readonly tookMs: number;
  /** Only where no daemon that was asked answered by itself. */
  readonly instead?: FallbackOrigin | undefined;
}

export type Reading<Value> = Got<Value> | Missing;

export const missing = (why: Why, detail: string): Missing => ({ ok: false, why, detail });

/** What we cost the host and the wire, summed since connect. */
export interface Cost {
  /** CPU seconds that our processes used on the host (user + system, children included). */
  readonly hostCpuSeconds: number;
  readonly bytesFromHost: number;
  readonly bytesToHost: number;
}

/** Anything that answers reads. */
export interface Host {
  /** As the engineer named it. */
  readonly name: string;
  readonly kind: 'ssh' | 'local' | 'recorded';
  read<R extends Read>(what: R): Promise<Reading<AnswerOf<R>>>;
  close(): Promise<void>;
}

/** A terminal on the host for a person: gdb, strace, a shell. Only src/debugger may open one. */
export interface Attachment {
  readonly onData: (listen: (bytes: Uint8Array) => void) => () => void;
  /** Twice a second while it lasts: what it has cost the target so far. */
  readonly onPulse: (listen: (pulse: AttachmentPulse) => void) => () => void;
  readonly write: (bytes: Uint8Array | string) => void;
  readonly resize: (columns: number, rows: number) => void;
  /** Asks the far side to let go of the target, then ends; resolves when it has. */
  readonly end: () => Promise<void>;
  /** How it ended: exit code, and what the guard saw and did. */
  readonly ended: Promise<AttachmentEnd>;
}

/** How the target fares under a tool, measured on the host by looking at its threads every few milliseconds. */
export interface AttachmentPulse {
  /** How long a thread of it has been standing still by now; 0 while all run. */
  readonly stoppedMs: number;
  /** The longest such time so far. */
  readonly longestStopMs: number;
  /** The most that any one thread has been stopped in all. */
  readonly totalStopMs: number;
  /** Lines of output left out so far, because the line or the screen did not keep up. */
  readonly droppedLines: number;
}

export interface AttachmentEnd {
  readonly exitCode?: number | undefined;
  /** The longest time that the target was stopped, as the guard measured it on the host. */
  readonly longestStopMs?: number | undefined;
  /** The most that any one thread of the target was stopped in all. */
  readonly totalStopMs?: number | undefined;
  /** The longest gap between two looks: how far off the two figures above may be. */
  readonly resolutionMs?: number | undefined;
  readonly droppedLines?: number | undefined;
  /** State letter of the target after all was over (`R`, `S`…; `gone` when it no longer exists). */
  readonly targetState?: string | undefined;
  /** Sentences of the guard: what it did to release the target. */
  readonly guard: readonly string[];
  readonly detail: string;
}

/** Into which namespaces a terminal goes, and as whom; it never gets rights there that the process could not have. */
export interface Enter {
  /** Whose they are; the start time tells it from a later process with the same pid. */
  readonly pid: number;
  readonly startTicks: number;
  /** Names below /proc/PID/ns. */
  readonly namespaces: readonly string[];
  /** Below its root directory and with at most its capabilities; else with the files and rights of the host. */
  readonly files: boolean;
  /** In its control group too, which says which devices may be used: where its files are not the host's. */
  readonly confined: boolean;
  /** As its user namespace has them. */
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  /** The same user as the host has it: the terminal becomes that user's. */
  readonly hostUid: number;
  /** Programs tried in this order where `argv` is not there. */
  readonly otherwise: readonly (readonly string[])[];
}

/** What to start, and which process the guard must never leave stopped. */
export interface AttachRequest {
  readonly argv: readonly string[];
  readonly as: As;
  readonly columns: number;
  readonly rows: number;
  /** The traced process; its start time (stat field 22) tells it from a later one with the same pid. */
  readonly target?: { readonly pid: number; readonly startTicks: number } | undefined;
  /** For a shell in a container, with no target: nothing is stopped, and what it started in its session ends with it. */
  readonly enter?: Enter | undefined;
  /** All output is wanted, late rather than cut: a backtrace. Else what the line cannot carry is left out and counted. */
  readonly keepAll?: boolean | undefined;
  /** Why, in words, for the audit log. */
  readonly reason: string;
}

/** A host that is really there: it can be watched, unlocked, and entered by a person. */
export interface LiveHost extends Host {
  readonly link: () => LinkState;
  readonly root: () => RootState;
  readonly cost: () => Cost;
  /** How reads travel: `ssh2 · python3 collector`, for the status bar and the doctor. */
  readonly transport: () => string;
  /** One try with a password; `undefined` when it worked, else one sentence why not. */
  readonly unlockRoot: (password: string) => Promise<string | undefined>;
  /** `sudo -n` again, at once; `undefined` when it worked, else one sentence why not. */
  readonly reopenRoot: () => Promise<string | undefined>;
  readonly attach: (request: AttachRequest) => Promise<Attachment>;
  /** No terminal is opened here as long as the session lasts: `attach` rejects. */
  readonly readOnly?: boolean | undefined;
  /** pids of our own programs on the host: what they hang on must not be traced. */
  readonly ownPids?: () => readonly number[];
  /** Called whenever link or root state changes. */
  readonly onChange: (listen: () => void) => () => void;
}

/** One name for one read: key of recordings, fixtures and the audit log. */
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
    case 'cgroups':
      return '/sys/fs/cgroup/**';
    case 'threads':
      return `/proc/[0-9]*/task/*/schedstat of ${what.commands.join(', ')}`;
    case 'statfs':
      return `statfs ${what.path}`;
    case 'inventory':
      return 'inventory of this machine';
  }
}
