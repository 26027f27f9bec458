import type { Recording } from './recording.ts';

/** Segments that are tried from the end. */
const MAX_TRIED = 5;

/**
 * Ids of the sources that a recording has: each segment repeats the last round of every source before it, so the last whole
 * one has them all. Undefined where none of the last ones is whole.
 */
export async function recordedSources(recording: Recording): Promise<ReadonlySet<string> | undefined> {
  const last = recording.segments.length - 1;
  for (let index = last; index >= Math.max(0, last - MAX_TRIED); index--) {
    const reader = await recording.reader(index);
    if (typeof reader === 'string') continue;
    const ids = new Set<string>();
    for (const event of reader.events()) if (event.e === 'sample' && event.look !== true) ids.add(event.source);
    if (reader.problems().length === 0 && ids.size > 0) return ids;
  }
  return undefined;
}
