import { duration } from './units.ts';

/** Time that the engineer left out of a recording, ms since 1970; `untilMs` is undefined while it lasts. */
export interface RecordingGap {
  readonly fromMs: number;
  readonly untilMs: number | undefined;
}

export const isInGap = ({ fromMs, untilMs = Infinity }: RecordingGap, wallMs: number): boolean =>
  wallMs >= fromMs && wallMs < untilMs;

/** Whether a time span has a part in a gap, as a read that began before the gap or ended after it. */
export const overlapsGap = ({ fromMs, untilMs = Infinity }: RecordingGap, startMs: number, endMs: number): boolean =>
  startMs < untilMs && endMs >= fromMs;

/** Sentence about a gap: its length, never its contents. A file that ends in it has no length. */
export const gapText = ({ fromMs, untilMs }: RecordingGap): string =>
  untilMs === undefined
    ? 'recording paused, nothing recorded until the end of the file'
    : `recording paused for ${duration((untilMs - fromMs) / 1000)}, nothing recorded`;
