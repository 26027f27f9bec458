/** Age after which a sample is dropped: the clock may be slewed. */
const SAMPLE_SECONDS = 60;

/**
 * HostClock estimates the host's CLOCK_MONOTONIC from frames. Each arrives late; the least delayed one is the best sample, and
 * its delay is the same in all readings, so that differences are right.
 */
export class HostClock {
  readonly #nowSeconds: () => number;
  /** Host clock − local clock, by the least delayed frame of the last minute and of the one before. */
  #ahead: number | undefined;
  #aheadBefore: number | undefined;
  #since = 0;

  constructor(nowSeconds: () => number = () => performance.now() / 1000) {
    this.#nowSeconds = nowSeconds;
  }

  /** Adds the `at` of a frame that just arrived. */
  sample(at: unknown): void {
    if (typeof at !== 'number' || !Number.isFinite(at)) return;
    const now = this.#nowSeconds();
    if (now - this.#since > SAMPLE_SECONDS) {
      this.#aheadBefore = this.#ahead;
      this.#ahead = undefined;
      this.#since = now;
    }
    this.#ahead = Math.max(this.#ahead ?? -Infinity, at - now);
  }

  /** Present host clock, seconds; undefined before the first frame. */
  now(): number | undefined {
    const ahead = Math.max(this.#ahead ?? -Infinity, this.#aheadBefore ?? -Infinity);
    return Number.isFinite(ahead) ? this.#nowSeconds() + ahead : undefined;
  }
}
