/** `root`: with root's rights where available, else as the login user, who may be denied. */
export type As = 'user' | 'root';

/** Terminal on the host for the engineer: gdb, strace, a shell. Only src/debugger opens one. */
export interface Attachment {
  readonly onData: (listen: (bytes: Uint8Array) => void) => () => void;
  /** Called twice a second with the cost to the target so far. */
  readonly onPulse: (listen: (pulse: AttachmentPulse) => void) => () => void;
  readonly write: (bytes: Uint8Array | string) => void;
  readonly resize: (columns: number, rows: number) => void;
  /** Detaches from the target and ends; resolves after that. */
  readonly end: () => Promise<void>;
  /** End of the tool: exit code, and actions of the guard. */
  readonly ended: Promise<AttachmentEnd>;
}

/** Stops of the target under a tool, measured on the host by sampling its threads every few milliseconds. */
export interface AttachmentPulse {
  /** Present stop of a thread, ms; 0 while all run. */
  readonly stoppedMs: number;
  /** Longest stop so far, ms. */
  readonly longestStopMs: number;
  /** Largest total stop of one thread, ms. */
  readonly totalStopMs: number;
  /** Lines of output dropped so far, because connection or screen were too slow. */
  readonly droppedLines: number;
}

export interface AttachmentEnd {
  readonly exitCode?: number | undefined;
  /** Longest stop of the target, measured on the host. */
  readonly longestStopMs?: number | undefined;
  /** Largest total stop of one thread. */
  readonly totalStopMs?: number | undefined;
  /** Longest interval between two samples: the error of the two figures above. */
  readonly resolutionMs?: number | undefined;
  readonly droppedLines?: number | undefined;
  /** State letter of the target at the end (`R`, `S`…; `gone` when it no longer exists). */
  readonly targetState?: string | undefined;
  /** Actions of the guard to release the target. */
  readonly guard: readonly string[];
  readonly detail: string;
}

/** Namespaces and user of a terminal, with no more rights than the process could have. */
export interface Enter {
  /** Process to enter; its start time excludes a later process with the same pid. */
  readonly pid: number;
  readonly startTicks: number;
  /** Names below /proc/PID/ns. */
  readonly namespaces: readonly string[];
  /** In its root directory with its capabilities as the limit; otherwise with the files and rights of the host. */
  readonly files: boolean;
  /** In its control group, which limits devices; where its files are not the host's. */
  readonly confined: boolean;
  /** Ids in its user namespace. */
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  /** Id of the user on the host, who owns the terminal. */
  readonly hostUid: number;
  /** Programs tried in this order where `argv` is missing. */
  readonly otherwise: readonly (readonly string[])[];
}

/** First descriptor of files in memory. */
const FIRST_FILE = 90;

/** Path under which a tool opens a file of `AttachRequest.files`. */
export const memoryFile = (index: number): string => `/proc/self/fd/${FIRST_FILE + index}`;

/** Tool to start, and the process that the guard must not leave stopped. */
export interface AttachRequest {
  readonly argv: readonly string[];
  readonly as: As;
  readonly columns: number;
  readonly rows: number;
  /** Traced process; its start time (stat field 22) excludes a later one with the same pid. */
  readonly target?: { readonly pid: number; readonly startTicks: number } | undefined;
  /** For a shell in a container, without a target: its session ends with it. */
  readonly enter?: Enter | undefined;
  /**
   * Files in the memory of the host, `memoryFile(index)` for the tool, gone with it: debug symbols for gdb. Nothing is written to a disk. Up
   * to 32 files and 48 MiB.
   */
  readonly files?: readonly Uint8Array[] | undefined;
  /** Keeps all output, late rather than truncated (a backtrace); otherwise excess output is dropped and counted. */
  readonly keepAll?: boolean | undefined;
  /** Reason for the audit log. */
  readonly reason: string;
}
