import type { ConnectionFacts } from './link-state.ts';

/**
 * Transport starts commands on a host: by ssh2, the system's `ssh`, or on this machine.
 * A command is one string for the login shell, as `sshd` passes it on; build it with `shellQuote`.
 */
export interface Transport {
  /** For the status bar: `ssh2`, `openssh`, `local`. */
  readonly name: string;
  /** Undefined for this machine. */
  readonly facts?: ConnectionFacts;
  /** Starts a command without a terminal. Rejects with a TransportError, also when the server never replies. */
  readonly exec: (command: string) => Promise<Pipe>;
  /** Called once when the connection is lost or closed; every open pipe has ended by then. */
  readonly onLost: (listen: (why: string) => void) => void;
  /** Called once with the ms without data from the host, and with undefined when data arrives again. */
  readonly onSilence: (listen: (quietMs: number | undefined) => void) => void;
  /** Shortens the keepalive interval while a tracer is attached to a process. */
  readonly setVigilant: (on: boolean) => void;
  readonly close: () => Promise<void>;
}

/** A running command. */
export interface Pipe {
  readonly stdout: NodeJS.ReadableStream;
  readonly stderr: NodeJS.ReadableStream;
  readonly stdin: NodeJS.WritableStream;
  /** Exit code; undefined when the connection was lost or a signal ended the command. Never rejects. */
  readonly exited: Promise<number | undefined>;
  /** Closes the local side at once; the remote command sees its stdin and stdout closed. */
  readonly kill: () => void;
}

/** Failure of a connection or a tool: what happened, and how to fix it. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly fix: string | undefined;
  /** Whether a retry may help (network) or not (key changed, denied). */
  readonly retry: boolean;
  constructor(message: string, options: { fix?: string | undefined; retry?: boolean; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.fix = options.fix;
    this.retry = options.retry ?? false;
  }
}
