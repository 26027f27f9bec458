/** Waits before the first, second… try in a row, in seconds; the last one repeats. */
const WAIT_SECONDS = [0.2, 1, 2, 5, 10, 15, 30, 60];
/** What ran this long had started well, and the waits begin again. What ends sooner may end each time. */
const STEADY_MS = 60_000;

/** Growing waits between tries to start something that ends. Starts no timer. */
export class Backoff {
  readonly #nowMs: () => number;
  #tries = 0;
  #startedMs: number | undefined;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** The wait before the next try, ms. */
  waitMs(): number {
    return (WAIT_SECONDS[Math.min(this.#tries, WAIT_SECONDS.length - 1)] ?? 0) * 1000;
  }

  /** A try begins: the wait after it is longer. A wait that was broken off counts for nothing. */
  tried(): void {
    this.#tries++;
  }

  /** It runs. That alone resets nothing: what starts and ends at once is tried ever more slowly. */
  started(): void {
    this.#startedMs = this.#nowMs();
  }

  /** It ended. True when it had run for a minute, which resets the waits. */
  ended(): boolean {
    const steady = this.#startedMs !== undefined && this.#nowMs() - this.#startedMs >= STEADY_MS;
    this.#startedMs = undefined;
    if (steady) this.#tries = 0;
    return steady;
  }
}
