import v8 from 'node:v8';

/** Limit of both halves of the young generation, bytes. */
const YOUNG_BYTES = 8 << 20;
/** Growth of the old generation between collections, percent: V8's default is up to 300. */
const OLD_GROWS_PCT = 40;
const CHECK_MS = 250;

/**
 * Makes V8 use less memory for some CPU time: by default the young generation grows to 128 MB, and garbage in the old one stays for
 * long. Flags, since heap limits can be set for a new process only, which would cost 0.1 s at each start.
 */
export function leanHeap(): void {
  v8.setFlagsFromString(`--heap-growing-percent=${OLD_GROWS_PCT}`);
  const timer = setInterval(() => {
    const young = v8.getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    if (young && young.space_size < YOUNG_BYTES) return;
    limitYoungGeneration();
    clearInterval(timer);
  }, CHECK_MS);
  timer.unref();
}

/** Keeps the young generation at its present size. */
export const limitYoungGeneration = (): void => v8.setFlagsFromString('--semi-space-growth-factor=1');

/**
 * Makes V8 return free pages at each collection, or stop doing so: tens of MiB that it keeps otherwise. Costs half as much CPU time
 * again where much is allocated (a seek in a recording), so it is for a program near its memory limit.
 */
export function favourMemory(isWanted: boolean): void {
  v8.setFlagsFromString(isWanted ? '--optimize-for-size' : '--no-optimize-for-size');
}
