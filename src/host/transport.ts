/**
 * A way to start commands on a host: ssh2, the system's `ssh`, or this machine. Nothing above it knows which.
 * A command is one string for the login shell, as `sshd` hands it over; build it with `shellQuote`.
 */
export interface Transport {
  /** For the status bar: `ssh2`, `openssh`, `local`. */
  readonly name: string;
  /** Starts a command without a terminal. Rejects with a TransportError, also when the far side never answers. */
  readonly exec: (command: string) => Promise<Pipe>;
  /** Called once when the line is lost or closed; every open pipe has ended by then. */
  readonly onLost: (listen: (why: string) => void) => void;
  /** Called when nothing was heard for a while: the ms since then, once (`undefined`: heard again). */
  readonly onSilence: (listen: (sinceMs: number | undefined) => void) => void;
  /** Keepalives closer together, while a tracer holds somebody's process. */
  readonly setVigilant: (on: boolean) => void;
  readonly close: () => Promise<void>;
}

/** A running command. */
export interface Pipe {
  readonly stdout: NodeJS.ReadableStream;
  readonly stderr: NodeJS.ReadableStream;
  readonly stdin: NodeJS.WritableStream;
  /** Exit code, or undefined when the line went away or a signal ended it. Never rejects. */
  readonly exited: Promise<number | undefined>;
  /** Ends our side at once; the remote command sees its stdin and stdout closed. */
  readonly kill: () => void;
}

/** A failure that a person must read: what happened and what mends it. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly mend: string | undefined;
  /** True when trying again may help (network), false when it will not (key changed, denied). */
  readonly retry: boolean;
  constructor(message: string, options: { mend?: string | undefined; retry?: boolean; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.mend = options.mend;
    this.retry = options.retry ?? false;
  }
}
