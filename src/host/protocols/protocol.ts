import type { ProtocolName, Why } from '../host.ts';
import type { Pipe } from '../transport.ts';
import type { Fallback } from './cli-fallback.ts';

/**
 * Protocol of daemons on unix sockets, implemented here over a byte pipe that the collector opens on the host. Requests that
 * are not on its list are never sent.
 */
export interface Protocol {
  readonly name: ProtocolName;
  /** Description for `crashcart sources`. */
  readonly what: string;
  /** Program to start on the host instead of dialling `to`, for a protocol without a socket. */
  readonly argv?: (to: string) => readonly string[];
  /**
   * Reason that a request is not on the read-only list; undefined for an allowed one. `to` is a path or a pattern; each path
   * that matches a pattern is checked again before it is dialled.
   */
  readonly refusal: (to: string, request: string) => string | undefined;
  /**
   * Commands (comm, cut at 15 characters) of which one must run before `to` is dialled: by socket activation (docker.socket,
   * virtqemud.socket) a connection would start a stopped daemon.
   */
  readonly daemons?: (to: string) => readonly string[] | undefined;
  /** Whether a root lane connects as the owner of the socket: the daemon lets in by user alone (peer authentication). */
  readonly asOwner?: true;
  /** Commands for an allowed request on a host without support for the protocol; undefined without any. */
  readonly fallback?: (to: string, request: string) => Fallback | undefined;
  /** Commands of `fallback`, for `crashcart sources`. */
  readonly commands?: readonly string[];
  /** Allowed requests, one line each, for `crashcart sources`. */
  readonly allowed: readonly string[];
  /**
   * Makes the connection of a lane to `to`, which dials on demand and after a loss. What is kept of a host's replies is kept by
   * `host`, its identity: no other host is shown it.
   */
  readonly connect: (dial: Dial, host?: string) => DaemonConnection;
}

/**
 * Opens a connection; rejects with a DaemonError. Replies are on `stdout`, which ends when the daemon closes. A `lasting` one
 * is kept open: a daemon that ends it may be stopping, and is not dialled for a while.
 */
export type Dial = (lasting?: boolean) => Promise<Pipe>;

/** Connection to one socket. It may hold state: an open session, an event stream followed in the background. */
export interface DaemonConnection {
  /**
   * Reply to a request; rejects with a DaemonError. Requests to an unresponsive daemon must not pile up: one or two may be
   * pending there.
   */
  readonly request: (request: string, timeoutMs: number) => Promise<string>;
  readonly close: () => void;
}

/** Error of a daemon request, with the reason for the reading. */
export class DaemonError extends Error {
  override readonly name = 'DaemonError';
  readonly why: Why;
  /** Whether the host lacks support for the protocol, so that a fallback may answer. */
  readonly unsupported: boolean;
  constructor(why: Why, detail: string, options: { cause?: unknown; unsupported?: boolean } = {}) {
    super(detail, options);
    this.why = why;
    this.unsupported = options.unsupported ?? false;
  }
}
