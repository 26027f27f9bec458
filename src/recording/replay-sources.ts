import { restPeriodSeconds } from '../sources/rest-period.ts';
import type { SourceStatus } from '../collect/session.ts';
import { hiddenGap, hiddenIn } from '../entities/processes/hidden-processes.ts';
import type { Missing, Read } from '../host/host.ts';
import { notTaken } from '../host/not-taken.ts';
import type { AnySource } from '../sources/source.ts';
import type { Timeline } from '../timeline/timeline.ts';
import { answersFor, type Round } from './replay-entries.ts';

/**
 * State of each source at the position of a replay: `last` and `counts` are its played rounds, `notRecorded` the sources
 * that the recording does not have.
 */
export function sourceStates(
  sources: readonly AnySource[],
  timeline: Timeline,
  last: ReadonlyMap<string, Round>,
  counts: ReadonlyMap<string, number>,
  notRecorded: readonly AnySource[],
): readonly SourceStatus[] {
  const hidden = hiddenIn(timeline);
  return sources.map((source): SourceStatus => {
    const round = last.get(source.id);
    const everySeconds = source.everySeconds === 'once' ? Infinity : source.everySeconds;
    return {
      id: source.id,
      everySeconds,
      restSeconds: restPeriodSeconds(source),
      periodSeconds: everySeconds,
      tookMs: round?.took,
      bytes: undefined,
      reads: counts.get(source.id) ?? 0,
      waitingSinceMs: undefined,
      missing: {
        ...(round ? answersFor(source, round).missing : notRecorded.includes(source) ? gapsOf(source) : {}),
        ...hiddenGap(source, hidden),
      },
    };
  });
}

/** Reason of every read of a source that the recording does not have. */
export const gapsOf = ({ reads }: Pick<AnySource, 'reads'>): Readonly<Record<string, Missing>> =>
  Object.fromEntries(Object.entries<Read>(reads).map(([name, read]) => [name, notTaken(read, 'recording')]));
