/**
 * A session may never be opened on a half-open line, where ssh2 would wait for ever. A host that is in trouble takes its
 * time: 25 s and more where PAM waits for a systemd-logind that hangs, and once 22 s at a load of 15 for one CPU.
 */
export const SESSION_OPEN_MS = 60_000;

/** Time that the far side has to move on; it stands still while a person is being asked. */
export interface Patience {
  /** The far side moved on: the time starts anew, with another limit if there is one. */
  readonly renew: (limitMs?: number) => void;
  /** Waits for a person without hurry. */
  readonly suspended: <Value>(work: Promise<Value>) => Promise<Value>;
  readonly stop: () => void;
}

export function patience(firstLimitMs: number, onExpired: () => void): Patience {
  let limitMs = firstLimitMs;
  let timer: NodeJS.Timeout | undefined;
  let asking = 0;
  let over = false;
  const renew = (nextLimitMs = limitMs): void => {
    limitMs = nextLimitMs;
    clearTimeout(timer);
    if (asking === 0 && !over) timer = setTimeout(onExpired, limitMs);
  };
  renew();
  return {
    renew,
    async suspended(work) {
      asking++;
      clearTimeout(timer);
      try {
        return await work;
      } finally {
        asking--;
        renew();
      }
    },
    stop: () => {
      over = true;
      clearTimeout(timer);
    },
  };
}
