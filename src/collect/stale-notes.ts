import { partWords } from '../lib/read-part.ts';
import { staleNote, type LastReading } from '../lib/stale-note.ts';
import type { Session } from './session.ts';

/** `512 of 4000 read` of each cut read of a source. */
const partNotes = (timeline: Session['timeline'], id: string): readonly string[] =>
  Object.values(timeline.latest(id)?.parts ?? {}).map(partWords);

/**
 * Notes of sections with old readings; none while the cursor is in the past, where readings are thinned. `readingOf`: last
 * readings of sources that are not on the timeline.
 */
export function staleNotes(
  session: Session,
  nowMs: number,
  readingOf?: (sourceId: string) => LastReading | undefined,
): (section: { readonly sources: readonly string[] }) => string | undefined {
  const { timeline } = session;
  if (timeline.cursorMs !== undefined) return () => undefined;
  const periods = new Map(session.status().sources.map(({ id, restSeconds }) => [id, restSeconds]));
  const onTimeline = (id: string): LastReading | undefined => {
    const [wallMs, everySeconds] = [timeline.latest(id)?.wallMs, periods.get(id)];
    return wallMs === undefined || everySeconds === undefined ? undefined : { wallMs, everySeconds };
  };
  return ({ sources }) =>
    [
      staleNote(sources, (id) => readingOf?.(id) ?? onTimeline(id), nowMs),
      ...sources.flatMap((id) => partNotes(timeline, id)),
    ]
      .filter((note) => note !== undefined)
      .join(' · ') || undefined;
}
