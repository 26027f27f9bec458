import type { Seen } from '../../src/timeline/moment.ts';

/** Current and previous sample of one source, in the form that a pane or a rule takes. */
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
