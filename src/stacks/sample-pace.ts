/** Readings per second that more of show nothing new. */
const MAX_PER_SECOND = 20;

/** Time and cost of the readings until now. */
export interface PaceState {
  readonly readings: number;
  /** CPU time of all of them on the host. */
  readonly costUs: number;
  /** Time that the last one took, with the line. */
  readonly tookMs: number;
}

/**
 * Pause before the next reading, so that the mean cost stays within a share of a CPU. `jitter` (0 to 1) moves it by up to a fifth:
 * a regular pause would miss what runs at the same rate.
 */
export function pauseMs({ readings, costUs, tookMs }: PaceState, budgetPct: number, jitter: number): number {
  const costMs = readings === 0 ? 0 : costUs / readings / 1000;
  const everyMs = Math.max(1000 / MAX_PER_SECOND, (costMs * 100) / budgetPct);
  return Math.max(0, everyMs * (0.9 + jitter * 0.2) - tookMs);
}
