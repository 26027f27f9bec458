import { plain, unredacted } from '../lib/plain.ts';
import type { Moment, Needs } from '../timeline/moment.ts';
import type { AnyFinding, Found } from './finding.ts';
import { thisHost, type EntityRef } from './entity-ref.ts';
import { byRank } from './order.ts';

/** Judged is a finding with the id of its rule. */
export interface Judged extends Found {
  readonly rule: string;
}

/** Findings of all rules at one moment, worst first, past events below present faults. A rule that throws is reported, the others go on. */
export function judge(
  findings: readonly AnyFinding[],
  momentOf: <N extends Needs>(needs: N) => Moment<N>,
): readonly Judged[] {
  const judged: Judged[] = [];
  for (const finding of findings) {
    try {
      // Redacted when it is drawn: what is kept and recorded has names as they are.
      unredacted(() => {
        for (const found of finding.judge(momentOf(finding.needs)))
          judged.push({ ...sanitized(found), rule: finding.id });
      });
    } catch (error) {
      judged.push({
        rule: finding.id,
        severity: 'info',
        entity: thisHost,
        subject: 'crashcart',
        subjectVocabulary: 'fixed',
        sentence: `the rule "${finding.title}" failed: ${error instanceof Error ? error.message : String(error)}`,
        evidence: [],
        next: 'report it with a recording',
      });
    }
  }
  return judged.toSorted(byRank);
}

const sanitizedRef = ({ kind, id }: EntityRef): EntityRef => ({ kind, id: plain(id) });

/** The finding with its texts sanitized, since names in them come from the host: here, once for all rules. */
const sanitized = (found: Found): Found => ({
  ...found,
  entity: sanitizedRef(found.entity),
  ...(found.condition !== undefined && { condition: plain(found.condition).replaceAll(' ', '-') }),
  ...(found.members && { members: found.members.map(sanitizedRef) }),
  subject: plain(found.subject),
  sentence: plain(found.sentence),
  next: plain(found.next),
  evidence: found.evidence.map(({ what, value, source }) => ({
    what: plain(what),
    value: plain(value),
    source: plain(source),
  })),
});
