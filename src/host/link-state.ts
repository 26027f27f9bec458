/** Rights that a host grants, once known. */
export type RootState =
  | { readonly state: 'root' }
  | { readonly state: 'none'; readonly detail: string }
  | { readonly state: 'password'; readonly detail: string }
  /** There was a root collector and it ended. It is tried again at `retryAtMs`; without one it needs the password. */
  | {
      readonly state: 'lost';
      readonly sinceMs: number;
      readonly detail: string;
      readonly retryAtMs?: number | undefined;
    };

/** How the line to the host is. Anything but `live` greys what is on the screen. */
export type LinkState =
  | { readonly state: 'live' }
  | { readonly state: 'stalled'; readonly sinceMs: number; readonly detail: string }
  /** It is tried again at `retryAtMs`. `collectorOnly`: the connection stands, the program on the host ended. */
  | {
      readonly state: 'lost';
      readonly sinceMs: number;
      readonly detail: string;
      readonly retryAtMs?: number | undefined;
      readonly collectorOnly?: boolean | undefined;
    }
  | { readonly state: 'closed'; readonly detail: string };
