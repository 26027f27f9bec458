/**
 * Bounds of a recording, which the recorder stays below and the reader refuses above: no file takes more than 300 MB resident
 * (`test/recording/bounds.test.ts`). The largest segment of a real host seen so far unpacks to 24 MiB.
 */

/** Unpacked text of a segment; a larger one is refused whole. */
export const MAX_SEGMENT_BYTES = 28 << 20;
/** Packed bytes of a segment that are read: incompressible text with its block heads. */
export const MAX_PACKED_BYTES = MAX_SEGMENT_BYTES + (1 << 20);
/** Text of an event: a file of 8 MiB with its escapes, the process table of 16 000 processes. */
export const MAX_EVENT_BYTES = 12 << 20;
/** Values in the readings of a segment: a real one has one per 50 bytes. */
export const MAX_VALUES = 1_000_000;
/** Depth of a value: a real one has 13. */
export const MAX_DEPTH = 64;
/** Largest window of a frame, 8 MiB; the recorder's is 2 MiB. */
export const MAX_WINDOW_LOG = 23;
/** Unpacked index; without one the file is scanned. */
export const MAX_INDEX_BYTES = 24 << 20;
/** Entries and characters of audit log, findings and marks of a whole recording that are kept at once. */
export const MAX_KEPT = 40_000;
export const MAX_KEPT_CHARACTERS = 8 << 20;
/** Cells of a terminal. */
export const MAX_COLUMNS = 1000;
export const MAX_ROWS = 500;
