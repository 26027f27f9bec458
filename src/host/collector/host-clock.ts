/** A frame that came this long ago says too little of a clock that is being slewed. */
const REMEMBERED_SECONDS = 60;

/**
 * The host's CLOCK_MONOTONIC as seen from here. Each frame tells it a little late; the one that was least on its way is
 * nearest to the truth, and the rest of its way is in all answers alike, so that differences are right.
 */
export class HostClock {
  readonly #nowSeconds: () => number;
  /** host − ours, of the least delayed frame of the last minute and of the one before. */
  #ahead: number | undefined;
  #aheadBefore: number | undefined;
  #since = 0;

  constructor(nowSeconds: () => number = () => performance.now() / 1000) {
    this.#nowSeconds = nowSeconds;
  }

  /** The `at` of a frame that has just come. */
  hear(at: unknown): void {
    if (typeof at !== 'number' || !Number.isFinite(at)) return;
    const now = this.#nowSeconds();
    if (now - this.#since > REMEMBERED_SECONDS) {
      this.#aheadBefore = this.#ahead;
      this.#ahead = undefined;
      this.#since = now;
    }
    this.#ahead = Math.max(this.#ahead ?? -Infinity, at - now);
  }

  /** Undefined until the first frame. */
  now(): number | undefined {
    const ahead = Math.max(this.#ahead ?? -Infinity, this.#aheadBefore ?? -Infinity);
    return Number.isFinite(ahead) ? this.#nowSeconds() + ahead : undefined;
  }
}
