import { mayBeOlder } from '../collect/may-be-older.ts';
import type { Session, StandingFinding } from '../collect/session.ts';
import { contentionText } from '../incidents/contention.ts';
import { layerOf } from '../findings/layer.ts';
import { shownStatement } from '../findings/statement.ts';
import { plain } from '../lib/plain.ts';
import { maskSecrets } from '../lib/secrets.ts';
import { explainer } from '../subsystems/index.ts';
import { changedBefore } from './noted-changes.ts';
import { mapTexts, type NotedIncident } from './case-notes.ts';

/** Incidents of a session at a time, culprit first. */
export function notedIncidents(session: Session, atMs: number, fromMs: number): readonly NotedIncident[] {
  const findings = session.findings();
  const rows = explainer.rows(findings, (needs) => session.timeline.moment(needs, atMs), atMs);
  const changed = changedBefore(session, atMs, fromMs);
  return rows.map(({ incident, root, victims, contention }) => {
    const before = changed(incident, root);
    return {
      ...mapTexts(
        { key: root.key, root: root.entity, layer: layerOf(root.entity), severity: incident.severity },
        shown,
      ),
      sentence: shownStatement(root),
      ...sinceOf(root, fromMs),
      ...(root.past && { past: true as const }),
      confidence: incident.confidence,
      ...(contention && { usedBy: shown(contentionText(contention)) }),
      explains: victims.map(({ finding, explained }) => ({
        key: shown(finding.key),
        sentence: shownStatement(finding),
        because: shown(explained.because),
      })),
      ...(before.length > 0 && { changedBefore: before.map(shown) }),
      next: shown(root.next),
    };
  });
}

const shown = (text: string): string => maskSecrets(plain(text));

function sinceOf(finding: StandingFinding, fromMs: number): Pick<NotedIncident, 'since' | 'atStart'> {
  const { onset, sinceMs, seenMs } = finding;
  const since = new Date(onset ? seenMs - onset.secondsAgo * 1000 : sinceMs).toISOString();
  return { since, ...(mayBeOlder(finding, fromMs) && { atStart: true as const }) };
}
