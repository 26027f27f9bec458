import v8 from 'node:v8';

/** Limit of the young generation, both halves. */
const YOUNG_BYTES = 8 << 20;
/** Growth of the old generation before a collection, percent; V8's default is up to 300. */
const OLD_GROWS_PCT = 40;
const PERIOD_MS = 250;

/**
 * Limits V8's memory at the price of some CPU time. By default the young generation of this program grows to 128 MB, and
 * garbage stays in the old one for long. These are flags: limits can be set for a new process only, which would cost 0.1 s
 * at each start.
 */
export function leanHeap(): void {
  v8.setFlagsFromString(`--heap-growing-percent=${OLD_GROWS_PCT}`);
  const timer = setInterval(() => {
    const young = v8.getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    if (young && young.space_size < YOUNG_BYTES) return;
    v8.setFlagsFromString('--semi-space-growth-factor=1');
    clearInterval(timer);
  }, PERIOD_MS);
  timer.unref();
}

/**
 * Makes V8 return free pages, tens of MiB, at each collection, or not. That costs up to 50 % more CPU time where much is
 * allocated (a seek in a recording), so it is on near the memory limit only.
 */
export function favourMemory(isWanted: boolean): void {
  v8.setFlagsFromString(isWanted ? '--optimize-for-size' : '--no-optimize-for-size');
}
