import { plain, unredacted } from '../lib/plain.ts';
import type { Moment, Needs } from '../timeline/moment.ts';
import type { AnyFinding, Found } from './finding.ts';
import { byRank } from './order.ts';

/** A finding and the rule that made it. */
export interface Judged extends Found {
  readonly rule: string;
}

/** All rules at one moment, worst first, past events below present faults. A rule that throws accuses itself instead of taking the others down. */
export function judge(
  findings: readonly AnyFinding[],
  momentOf: <N extends Needs>(needs: N) => Moment<N>,
): readonly Judged[] {
  const judged: Judged[] = [];
  for (const finding of findings) {
    try {
      // Covered when it is drawn: what is kept and recorded is as it was said.
      unredacted(() => {
        for (const found of finding.judge(momentOf(finding.needs)))
          judged.push({ ...harmless(found), rule: finding.id });
      });
    } catch (error) {
      judged.push({
        rule: finding.id,
        severity: 'info',
        subject: 'crashcart',
        subjectVocabulary: 'fixed',
        sentence: `the rule "${finding.title}" failed here, so it says nothing: ${error instanceof Error ? error.message : String(error)}`,
        evidence: [],
        next: 'report it with a recording',
      });
    }
  }
  return judged.toSorted(byRank);
}

/** Names in it come from the host: here, once for all rules and for everybody who draws them. */
const harmless = (found: Found): Found => ({
  ...found,
  subject: plain(found.subject),
  sentence: plain(found.sentence),
  next: plain(found.next),
  evidence: found.evidence.map(({ what, value, source }) => ({
    what: plain(what),
    value: plain(value),
    source: plain(source),
  })),
});
