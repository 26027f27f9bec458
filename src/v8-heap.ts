import v8 from 'node:v8';

/** Both halves of the young generation: twice what is looked through each time, which is small for a program that draws all the time. */
const YOUNG_BYTES = 8 << 20;
/** How much the old one may grow, per cent, before it is looked through: V8's own choice is up to 300. */
const OLD_GROWS_PCT = 40;
const LOOK_MS = 250;

/**
 * Makes V8 take less memory at the price of some CPU time. Left alone the young generation of this program grows to 128 MB, and what
 * is dead in the old one stays for long. These are flags, since limits can be set for a new process only, and a second process
 * would cost a tenth of a second at each start.
 */
export function leanHeap(): void {
  v8.setFlagsFromString(`--heap-growing-percent=${OLD_GROWS_PCT}`);
  const timer = setInterval(() => {
    const young = v8.getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    if (young && young.space_size < YOUNG_BYTES) return;
    v8.setFlagsFromString('--semi-space-growth-factor=1');
    clearInterval(timer);
  }, LOOK_MS);
  timer.unref();
}

/**
 * From here on V8 gives back what it can at each collection, or not: tens of MiB of pages that it would keep for later. That costs half
 * as much CPU time again where much is allocated (a seek in a recording), so only a program near its bound wants it.
 */
export function favourMemory(isWanted: boolean): void {
  v8.setFlagsFromString(isWanted ? '--optimize-for-size' : '--no-optimize-for-size');
}
