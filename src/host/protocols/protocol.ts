import type { ProtocolName, Why } from '../host.ts';
import type { Pipe } from '../transport.ts';
import type { Fallback } from './cli-fallback.ts';

/**
 * One protocol that daemons speak on unix sockets, spoken by us in TypeScript over a byte pipe that the collector opens on
 * the host. It knows what may be asked: nothing that is not on its list is ever sent.
 */
export interface Protocol {
  readonly name: ProtocolName;
  /** What is asked of whom, in words, for the sheet of reads. */
  readonly what: string;
  /** A program to start on the host instead of dialling `to`, where the protocol has no socket of its own. */
  readonly argv?: (to: string) => readonly string[];
  /**
   * The read-only list: one sentence when this must not be asked there, undefined when it may. `to` is a path, or for a
   * question to many the pattern; each path that it names is asked about again before it is dialled.
   */
  readonly refusal: (to: string, request: string) => string | undefined;
  /**
   * Commands (comm, at most 15 characters) of which one must run before `to` is dialled. systemd listens in the stead of
   * daemons that are stopped (docker.socket, virtqemud.socket), and a question would start them.
   */
  readonly daemons?: (to: string) => readonly string[] | undefined;
  /** What answers a question that `refusal` lets through on a host where the protocol cannot be spoken; undefined: nothing. */
  readonly instead?: (to: string, request: string) => Fallback | undefined;
  /** The commands that `instead` runs, for the sheet. */
  readonly commands?: readonly string[];
  /** What `refusal` lets through, one line each, for the sheet. */
  readonly allowed: readonly string[];
  /** Began once per host program and `to`; dials when it needs to, and again after a loss. */
  readonly converse: (dial: Dial) => DaemonConnection;
}

/**
 * Opens one more connection; rejects with a TalkError. What came is on `stdout`, which ends when the other side closes. A
 * `lasting` one is meant to stay: a daemon that ends it may be ending itself, and is left alone for a while.
 */
export type Dial = (lasting?: boolean) => Promise<Pipe>;

/** All that is said to one socket. It may hold state: a session kept open, an event stream followed in the background. */
export interface DaemonConnection {
  /**
   * Rejects with a TalkError. It may be asked again while an earlier question is unanswered, and must then not pile up on
   * the daemon: however often a frozen one is asked, it has one or two questions of ours before it.
   */
  readonly ask: (request: string, timeoutMs: number) => Promise<string>;
  readonly close: () => void;
}

/** Why a daemon gave no answer, as a reading says it. */
export class TalkError extends Error {
  override readonly name = 'TalkError';
  readonly why: Why;
  /** The host lacks what it takes to speak at all: something else may answer there. */
  readonly speechless: boolean;
  constructor(why: Why, detail: string, options: { cause?: unknown; speechless?: boolean } = {}) {
    super(detail, options);
    this.why = why;
    this.speechless = options.speechless ?? false;
  }
}
