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
