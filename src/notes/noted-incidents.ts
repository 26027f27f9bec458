import { mayBeOlder } from '../collect/may-be-older.ts';
import type { Session, StandingFinding } from '../collect/session.ts';
import { contentionText } from '../incidents/contention.ts';
import { statement } from '../findings/statement.ts';
import { plain } from '../lib/plain.ts';
import { maskSecrets } from '../lib/secrets.ts';
import { explainer } from '../subsystems/index.ts';
import { mapTexts, type NotedIncident } from './case-notes.ts';

/** Incidents of a session at a time, culprit first. */
export function notedIncidents(session: Session, atMs: number, fromMs: number): readonly NotedIncident[] {
  const findings = session.findings();
  const rows = explainer.rows(findings, (needs) => session.timeline.moment(needs, atMs), atMs);
  return rows.map(({ incident, root, victims, contention }) =>
    mapTexts(
      {
        key: root.key,
        entity: root.entity,
        severity: incident.severity,
        sentence: statement(root),
        ...sinceOf(root, fromMs),
        ...(root.past && { past: true as const }),
        confidence: incident.confidence,
        ...(contention && { usedBy: contentionText(contention) }),
        explains: victims.map(({ finding, explained }) => ({
          key: finding.key,
          sentence: statement(finding),
          because: explained.because,
        })),
        next: root.next,
      },
      (text) => maskSecrets(plain(text)),
    ),
  );
}

function sinceOf(finding: StandingFinding, fromMs: number): Pick<NotedIncident, 'since' | 'atStart'> {
  const { onset, sinceMs, seenMs } = finding;
  const since = new Date(onset ? seenMs - onset.secondsAgo * 1000 : sinceMs).toISOString();
  return { since, ...(mayBeOlder(finding, fromMs) && { atStart: true as const }) };
}
