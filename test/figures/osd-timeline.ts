import { Timeline } from '../../src/timeline/timeline.ts';

export const START_MS = 1_800_000_000_000;

/** Timeline of OSDs with a commit latency each at each second; undefined: no reading at that second. */
export function timelineOf(commitMs: readonly (number | undefined)[], names: readonly string[] = ['osd.1']): Timeline {
  const timeline = new Timeline();
  for (const [second, value] of commitMs.entries())
    if (value !== undefined)
      timeline.append('test-osds', {
        sample: names.map((name) => ({ name, commitMs: value })),
        at: second,
        wallMs: START_MS + second * 1000,
        missing: {},
        tookMs: 1,
      });
  return timeline;
}
