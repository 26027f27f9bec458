import type { StandingFinding } from '../collect/session.ts';
import type { AnyFinding } from '../findings/finding.ts';
import { commandText, type NextStep } from '../findings/next-step.ts';
import { nextSteps } from '../findings/next-steps.ts';
import { shownStatement } from '../findings/statement.ts';
import { label, plain } from '../lib/plain.ts';
import { notedIncidents } from '../notes/noted-incidents.ts';
import type { AnySource } from '../sources/source.ts';
import { explainer, steps } from '../subsystems/index.ts';
import type { HostAt } from './host-set.ts';

/** Incident or finding in full: evidence, what it explains, changes before it, next steps, and the sources to read further. */
export function incidentDetail(
  { session, atMs, fromMs }: HostAt,
  key: string,
  rules: readonly AnyFinding[],
): Readonly<Record<string, unknown>> | undefined {
  const findings = session.findings();
  const rows = explainer.rows(findings, (needs) => session.timeline.moment(needs, atMs), atMs);
  const row = rows.find(({ root }) => isKey(root, key));
  const finding = row?.root ?? findings.find((one) => isKey(one, key));
  if (!finding) return undefined;
  const rule = rules.find(({ id }) => id === finding.rule);
  const incident = row && notedIncidents(session, atMs, fromMs).find((one) => one.key === plain(finding.key));
  return {
    ...findingDetail(finding),
    ...(incident && {
      incident: {
        severity: incident.severity,
        layer: incident.layer,
        confidence: incident.confidence,
        since: incident.since,
        ...(incident.atStart && { presentAtStart: true }),
        ...(incident.usedBy !== undefined && { usedBy: incident.usedBy }),
        changedBefore: incident.changedBefore ?? [],
      },
    }),
    explains: (row?.victims ?? []).map(({ finding: victim, explained }) => ({
      ...findingDetail(victim),
      because: label(explained.because),
    })),
    nextSteps: nextSteps(finding, steps).map(stepOf),
    ...(rule && {
      rule: { title: rule.title, threshold: rule.authority },
      // Keys of needs are names in the rule; ids are what raw_reading takes.
      sources: Object.values<AnySource>(rule.needs).map(({ id }) => id),
    }),
  };
}

/** Whether a finding has a key as it was given to a client: redacted, so that no name can be guessed by it. */
const isKey = ({ key }: StandingFinding, given: string): boolean => plain(key) === given;

export const findingDetail = (finding: StandingFinding) => ({
  ...findingLine(finding),
  evidence: finding.evidence.map(({ what, value, source }) => ({
    what: label(what),
    value: plain(value),
    source: plain(source),
  })),
  next: label(finding.next),
});

export const findingLine = (finding: StandingFinding) => ({
  key: plain(finding.key),
  severity: finding.severity,
  sentence: shownStatement(finding),
  since: new Date(finding.sinceMs).toISOString(),
  ...(finding.past && { over: true }),
});

/** A step for a person: crashcart runs none of them for a client. */
function stepOf(step: NextStep): Readonly<Record<string, string>> {
  switch (step.kind) {
    case 'go':
      return { kind: 'pane', pane: step.pane, ...(step.label !== undefined && { object: plain(step.label) }) };
    case 'command':
      return { kind: 'command for the engineer', command: plain(commandText(step)), shows: label(step.shows) };
    case 'tool':
      return { kind: 'tool for the engineer', tool: step.tool };
    case 'tracer':
      return { kind: 'tracer for the engineer', tracer: step.tracer };
    case 'note':
      return { kind: 'note', what: label(step.text) };
  }
}
