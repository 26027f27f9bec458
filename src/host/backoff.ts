/** Delays before the first, second… try in a row, seconds; the last one repeats. */
const WAIT_SECONDS = [0.2, 1, 2, 5, 10, 15, 30, 60];
/** Run time after which the delays restart. */
const STEADY_MS = 60_000;

/** Growing delays between restarts. Starts no timer. */
export class Backoff {
  readonly #nowMs: () => number;
  #tries = 0;
  #startedMs: number | undefined;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Delay before the next try, ms. */
  waitMs(): number {
    return (WAIT_SECONDS[Math.min(this.#tries, WAIT_SECONDS.length - 1)] ?? 0) * 1000;
  }

  /** Counts a try: the delay after it is longer. */
  tried(): void {
    this.#tries++;
  }

  /** Marks the start of a run, which alone does not restart the delays. */
  started(): void {
    this.#startedMs = this.#nowMs();
  }

  /** Marks the end of a run; true after a minute, which restarts the delays. */
  ended(): boolean {
    const steady = this.#startedMs !== undefined && this.#nowMs() - this.#startedMs >= STEADY_MS;
    this.#startedMs = undefined;
    if (steady) this.#tries = 0;
    return steady;
  }
}
