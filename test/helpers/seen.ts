import type { Seen } from '../../src/timeline/moment.ts';

/** Two samples of one source, as a pane or a rule sees them. */
export const seen = <Sample>(before: Sample | undefined, now: Sample | undefined, seconds: number): Seen<Sample> => ({
  now,
  before,
  seconds: before === undefined ? undefined : seconds,
  ageMs: 0,
  tookMs: 1,
  missing: {},
  history: [],
  older: () => [],
});
