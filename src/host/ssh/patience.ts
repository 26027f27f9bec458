/** Time that the far side has to move on; it stands still while a person is being asked. */
export interface Patience {
  /** The far side did something: the time starts anew. */
  readonly renew: () => void;
  /** Waits for a person without hurry. */
  readonly suspended: <Value>(work: Promise<Value>) => Promise<Value>;
  readonly stop: () => void;
}

export function patience(limitMs: number, onExpired: () => void): Patience {
  let timer: NodeJS.Timeout | undefined;
  let asking = 0;
  let over = false;
  const renew = (): void => {
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
