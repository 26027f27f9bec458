/**
 * Time limit for opening a session: on a half-open connection ssh2 waits forever. Measured on hosts in trouble: over 25 s
 * with a hung systemd-logind behind PAM, 22 s at load 15 on one CPU.
 */
export const SESSION_OPEN_MS = 60_000;

/** Time limit of one login step, which may wait for a directory service or a delay after a failure. */
export const LOGIN_STEP_MS = 60_000;

/** ConnectTimer limits the time of one step of a login; it is suspended while a dialog is open. */
export interface ConnectTimer {
  /** Restarts the timer after a step, with another limit if given. */
  readonly renew: (limitMs?: number) => void;
  /** Runs `work` with the timer suspended. */
  readonly suspended: <Value>(work: Promise<Value>) => Promise<Value>;
  readonly stop: () => void;
}

export function connectTimer(firstLimitMs: number, onExpired: () => void): ConnectTimer {
  let limitMs = firstLimitMs;
  let timer: NodeJS.Timeout | undefined;
  let dialogs = 0;
  let over = false;
  const renew = (nextLimitMs = limitMs): void => {
    limitMs = nextLimitMs;
    clearTimeout(timer);
    if (dialogs === 0 && !over) timer = setTimeout(onExpired, limitMs);
  };
  renew();
  return {
    renew,
    async suspended(work) {
      dialogs++;
      clearTimeout(timer);
      try {
        return await work;
      } finally {
        dialogs--;
        renew();
      }
    },
    stop: () => {
      over = true;
      clearTimeout(timer);
    },
  };
}
