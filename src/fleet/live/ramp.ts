/** Handshakes at a time: sshd of a bastion refuses at random above 10 that have no login yet (MaxStartups 10:30:100). */
const AT_A_TIME = 5;
/** Time after which a handshake no longer holds the others up: a frozen host, a question to the engineer. */
const YIELD_MS = 5000;

/** Order of logins: a few at a time; a slow one gives its turn to the next and goes on. */
export class Ramp {
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** Runs a handshake in its turn; `started` is called when that begins. */
  async run<Result>(handshake: () => Promise<Result>, started: () => void = () => undefined): Promise<Result> {
    if (this.#running >= AT_A_TIME) await new Promise<void>((turn) => this.#waiting.push(turn));
    else this.#running++;
    let isHeld = true;
    const yielded = (): void => {
      if (!isHeld) return;
      isHeld = false;
      const next = this.#waiting.shift();
      // The turn passes to the next one, so that the number of running ones stays.
      if (next) next();
      else this.#running--;
    };
    const timer = setTimeout(yielded, YIELD_MS);
    try {
      started();
      return await handshake();
    } finally {
      clearTimeout(timer);
      yielded();
    }
  }
}
