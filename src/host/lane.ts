import type { AnswerOf, InventoryRead, Missing, Read, Reading, TalkRead, TalksRead } from './host.ts';
import type { Pipe } from './transport.ts';

/** What is asked of a program on the host; a daemon is spoken to by us, through it. */
export type HostRead = Exclude<Read, InventoryRead | TalkRead | TalksRead>;

/** One program of ours on the host that answers reads with one set of rights. */
export interface Lane {
  /** `python3` is the collector; `sh` the fall-back on hosts without it: dearer and without `attach`. */
  readonly kind: 'python3' | 'sh';
  /** pid on the host, to leave ourselves out of what must not be traced. */
  readonly pid: number | undefined;
  readonly uid: number | undefined;
  readonly read: <R extends HostRead>(what: R) => Promise<Reading<AnswerOf<R>>>;
  /** A two-way child on the host; undefined where the lane cannot. */
  readonly open: ((argv: readonly string[]) => Pipe) | undefined;
  /**
   * A connection to a unix socket on the host, unless none of these commands runs; rejects with a TalkError. One of them
   * that ends a `lasting` connection is not dialled again for half a minute: it may be on its way out, and systemd would
   * start it again for who waits at its socket. Undefined where the lane cannot.
   */
  readonly dial: ((path: string, daemons?: readonly string[], lasting?: boolean) => Promise<Pipe>) | undefined;
  /** Paths that a pattern names, without opening any; undefined where the lane cannot. */
  readonly names: ((pattern: string, timeoutMs: number) => Promise<readonly string[] | Missing>) | undefined;
  /** The host's CLOCK_MONOTONIC by now, in seconds, as far as it is known. */
  readonly clock: () => number | undefined;
  /** CPU seconds used on the host, ended children included; undefined where it cannot tell. */
  readonly cpuSeconds: () => number | undefined;
  readonly bytes: () => { readonly fromHost: number; readonly toHost: number };
  /** Resolves with a sentence when it is over, however that came. */
  readonly ended: Promise<string>;
  readonly close: () => void;
}
