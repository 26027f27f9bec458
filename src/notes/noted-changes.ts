import { changeLine, changesBefore } from '../changes/changes-before.ts';
import type { Change } from '../changes/change.ts';
import { onsetOrConnect } from '../collect/may-be-older.ts';
import type { Session, StandingFinding } from '../collect/session.ts';
import type { Incident } from '../incidents/explain.ts';
import { plain } from '../lib/plain.ts';
import { maskSecrets } from '../lib/secrets.ts';
import { changeLog, explainer } from '../subsystems/index.ts';
import { mapTexts, type NotedChange } from './case-notes.ts';

/** Changes of a session up to a time, newest first. */
const changesAt = (session: Session, atMs: number): readonly Change[] =>
  changeLog.at((needs) => session.timeline.moment(needs, atMs), atMs);

/** Those as they are noted. */
export const notedChanges = (session: Session, atMs: number): readonly NotedChange[] =>
  changesAt(session, atMs).map(({ atMs: changedMs, afterMs, what, subject, entity, sentence, by, source }) =>
    mapTexts(
      {
        at: new Date(changedMs).toISOString(),
        ...(afterMs !== undefined && { after: new Date(afterMs).toISOString() }),
        what,
        subject,
        ...(entity && { entity }),
        sentence,
        ...(by !== undefined && { by }),
        source,
      },
      (text) => maskSecrets(plain(text)),
    ),
  );

/** Lines about changes before the onset of each incident. */
export function changedBefore(
  session: Session,
  atMs: number,
  fromMs: number,
): (incident: Incident, root: StandingFinding) => readonly string[] {
  const changes = changesAt(session, atMs);
  const graph = explainer.graph((needs) => session.timeline.moment(needs, atMs));
  return (incident, root) => {
    const reference = onsetOrConnect(root, fromMs);
    return changesBefore(incident, changes, graph, reference).map((group) => changeLine(group, reference));
  };
}
