/** Root access on a host. */
export type RootState =
  | { readonly state: 'root' }
  | { readonly state: 'none'; readonly detail: string }
  | { readonly state: 'password'; readonly detail: string }
  /** The root collector ended. Retry at `retryAtMs`; without that it needs the password. */
  | {
      readonly state: 'lost';
      readonly sinceMs: number;
      readonly detail: string;
      readonly retryAtMs?: number | undefined;
    };

/** State of the connection. Any state but `live` greys the screen. */
export type LinkState =
  | { readonly state: 'live' }
  | { readonly state: 'stalled'; readonly sinceMs: number; readonly detail: string }
  /** Retry at `retryAtMs`. `collectorOnly`: connected, but the collector ended. */
  | {
      readonly state: 'lost';
      readonly sinceMs: number;
      readonly detail: string;
      readonly retryAtMs?: number | undefined;
      readonly collectorOnly?: boolean | undefined;
    }
  | { readonly state: 'closed'; readonly detail: string };

/** Facts of a connection, for the header and doctor; unknown ones are undefined. */
export interface ConnectionFacts {
  /** Reason for this SSH client. */
  readonly why?: string | undefined;
  /** Control socket of the ControlMaster whose connection is used. */
  readonly joined?: string | undefined;
  readonly algorithms?: NegotiatedAlgorithms | undefined;
}

/** Result of the key exchange, in the names of the protocol. */
export interface NegotiatedAlgorithms {
  readonly kex: string;
  readonly hostKey: string;
  readonly cipher: string;
  readonly compression: string;
}
