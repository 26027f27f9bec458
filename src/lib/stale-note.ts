import { span } from './units.ts';

/** Time of the last reading of a source, and its declared period; infinite for one that is read once. */
export interface LastReading {
  readonly wallMs: number;
  readonly everySeconds: number;
}

/** Periods after which a reading is stale, and the least age: a reading that takes a second is none. */
const STALE_PERIODS = 2;
const LEAST_STALE_SECONDS = 3;

/** `stale 12 s` of a section: the age of its oldest source, where that is more than twice its declared period. */
export function staleNote(
  sources: readonly string[],
  readingOf: (sourceId: string) => LastReading | undefined,
  nowMs: number,
): string | undefined {
  let oldest = 0;
  for (const id of sources) {
    const reading = readingOf(id);
    const age = reading ? (nowMs - reading.wallMs) / 1000 : 0;
    if (reading && age > Math.max(LEAST_STALE_SECONDS, STALE_PERIODS * reading.everySeconds))
      oldest = Math.max(oldest, age);
  }
  return oldest > 0 ? `stale ${span(Math.floor(oldest))}` : undefined;
}
