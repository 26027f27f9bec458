import type { Session } from '../collect/session.ts';
import { ledgerCounts, type Ledger, type LedgerLine } from '../ledger/ledger.ts';
import { plain } from '../lib/plain.ts';
import { maskSecrets } from '../lib/secrets.ts';
import { ledger } from '../subsystems/index.ts';
import { mapTexts, type NotedLedger, type NotedLedgerLine } from './case-notes.ts';

/** Ledger of a session at a time: accused, cleared, not read. */
export function notedLedger(session: Session, atMs: number): NotedLedger {
  const momentOf: Parameters<Ledger['lines']>[1] = (needs) => session.timeline.moment(needs, atMs);
  const periods = new Map(session.status().sources.map(({ id, periodSeconds }) => [id, periodSeconds]));
  const lines = ledger.lines(session.findings(), momentOf, { periodSeconds: (id) => periods.get(id) });
  return { ...ledgerCounts(lines), lines: lines.map(noted) };
}

function noted(line: LedgerLine<{ readonly key: string }>): NotedLedgerLine {
  const { verdict, check, count, whats, differ, ageSeconds, finding, why } = line;
  return mapTexts(
    {
      verdict,
      resource: count > 1 ? `${count} ${check.family ?? 'objects'}` : check.name,
      entity: check.entity,
      aspect: check.aspect,
      what: whats.join(', '),
      ...(check.value !== undefined && { value: check.value }),
      ...(count > 1 && differ && { worst: check.name }),
      ...(check.limit !== undefined && { limit: check.limit }),
      ...(ageSeconds !== undefined && { ageSeconds: Math.round(ageSeconds * 10) / 10 }),
      ...(finding && { finding: finding.key }),
      ...(why !== undefined && { why }),
    },
    (text) => maskSecrets(plain(text)),
  );
}

/** Figure with its value, and the worst of several objects. */
export const ledgerValue = ({ what, value, worst }: NotedLedgerLine): string =>
  [what, value].filter(Boolean).join(' ') + (worst === undefined ? '' : `, worst ${worst}`);

/** What could not be read by its reason: `not present: memory, swap; one reading, no rate: CPUs`. */
export function unreadReasons({ lines }: NotedLedger): readonly string[] {
  const unread = lines.filter(({ verdict }) => verdict === 'unread');
  // Paths in brackets differ by object.
  const byReason = Map.groupBy(unread, ({ why = '' }) => why.replace(/ \(.*\)$/s, ''));
  return [...byReason].map(
    ([why, some]) => `${why}: ${[...new Set(some.map(({ resource, what }) => `${resource} (${what})`))].join(', ')}`,
  );
}
