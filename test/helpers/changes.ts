import { ChangeLog } from '../../src/changes/change-log.ts';
import type { AnyChangeProvider, Change } from '../../src/changes/change.ts';
import type { AnySource } from '../../src/sources/source.ts';
import { Timeline } from '../../src/timeline/timeline.ts';
import { hostMoments } from './hosts.ts';
import { watched } from './moments.ts';

/** A reading of a source: its texts as they come from the host, at a time of the engineer's and of the host's monotonic clock. */
export interface Read {
  readonly source: AnySource;
  readonly values: Readonly<Record<string, unknown>>;
  readonly wallMs: number;
  /** Default: 1000. */
  readonly at?: number;
}

export function timelineOf(reads: readonly Read[]): Timeline {
  const timeline = new Timeline();
  for (const { source, values, wallMs, at = 1000 } of reads)
    timeline.append(source.id, { sample: source.parse(values), at, wallMs, missing: {}, tookMs: 1 });
  return timeline;
}

/** Changes of a provider at the last of these readings. */
export function changesOf(provider: AnyChangeProvider, reads: readonly Read[]): readonly Change[] {
  const nowMs = Math.max(...reads.map(({ wallMs }) => wallMs));
  const timeline = timelineOf(reads);
  return new ChangeLog([provider]).at((needs) => timeline.latestMoment(needs, nowMs), nowMs);
}

/** Changes of a provider on a recorded host. */
export async function changesOn(provider: AnyChangeProvider, host: string): Promise<readonly Change[]> {
  const { timeline, nowMs } = await watched(Object.values<AnySource>(provider.needs), hostMoments(host));
  return new ChangeLog([provider]).at((needs) => timeline.latestMoment(needs, nowMs), nowMs);
}
