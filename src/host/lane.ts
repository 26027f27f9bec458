import type { AnswerOf, DaemonRead, DaemonGlobRead, HungRead, InventoryRead, Missing, Read, Reading } from './host.ts';
import type { Pipe } from './transport.ts';

/** Reads that a program on the host answers; daemon protocols are spoken here, through it. */
export type HostRead = Exclude<Read, InventoryRead | DaemonRead | DaemonGlobRead>;

/** Lane is one program on the host that answers reads with one set of rights. */
export interface Lane {
  /** `python3` is the collector; `sh` the fallback without it: more expensive, and without `attach`. */
  readonly kind: 'python3' | 'sh';
  /** pid on the host, which must not be traced. */
  readonly pid: number | undefined;
  readonly uid: number | undefined;
  readonly read: <R extends HostRead>(what: R) => Promise<Reading<AnswerOf<R>>>;
  /** Starts a child on the host with stdin and stdout; undefined where not supported. */
  readonly open: ((argv: readonly string[]) => Pipe) | undefined;
  /**
   * Connects to a unix socket on the host, if one of `daemons` runs; rejects with a DaemonError. A daemon that ends a
   * `lasting` connection is not dialled for half a minute: it may be stopping, and systemd would start it again by socket
   * activation. Undefined where not supported.
   */
  readonly dial:
    | ((path: string, daemons?: readonly string[], lasting?: boolean, asOwner?: boolean) => Promise<Pipe>)
    | undefined;
  /** Paths that match a pattern; undefined where not supported. */
  readonly names: ((pattern: string, timeoutMs: number) => Promise<readonly string[] | Missing>) | undefined;
  /** Present CLOCK_MONOTONIC of the host, seconds; undefined if unknown. */
  readonly clock: () => number | undefined;
  /** CPU seconds used on the host, ended children included; undefined where not measured. */
  readonly cpuSeconds: () => number | undefined;
  /** Reads that hang, or hung and are not tried yet again. */
  readonly hung: () => readonly HungRead[];
  readonly bytes: () => { readonly fromHost: number; readonly toHost: number };
  /** Resolves with the reason when the lane has ended. */
  readonly ended: Promise<string>;
  readonly close: () => void;
}
