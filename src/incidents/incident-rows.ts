import { entityOf, thisHost } from '../findings/entity-ref.ts';
import type { Judged } from '../findings/judge.ts';
import type { Contention } from './contention.ts';
import type { Explained, Incident } from './explain.ts';

/** Incident with the findings behind its keys. */
export interface IncidentRow<Finding> {
  readonly incident: Incident;
  readonly root: Finding;
  readonly victims: readonly Victim<Finding>[];
  /** Present where the root is a full resource whose use was measured. */
  readonly contention?: Contention;
  /** Root of another incident that would explain some of the same. */
  readonly runnerUp?: Finding;
  /** Index in the order of the incidents. */
  readonly index: number;
}

export interface Victim<Finding> {
  readonly finding: Finding;
  readonly explained: Explained;
}

type Keyed = Judged & { readonly key: string };

/** Incidents with the findings that they were made of; a root that could not be read gets a finding of its victims' time. */
export function incidentRows<Finding extends Keyed>(
  incidents: readonly Incident[],
  findings: readonly Finding[],
): readonly IncidentRow<Finding>[] {
  const byKey = new Map(findings.map((finding) => [finding.key, finding]));
  return incidents.flatMap((incident, index): IncidentRow<Finding>[] => {
    const victims = incident.explained.flatMap((explained): Victim<Finding>[] => {
      const finding = byKey.get(explained.observation.key);
      return finding ? [{ finding, explained }] : [];
    });
    const root = byKey.get(incident.root.key) ?? unreadRoot(incident, victims);
    if (!root) return [];
    const runnerUp = byKey.get(incident.runnerUp ?? '');
    return [{ incident, root, victims, ...(runnerUp && { runnerUp }), index }];
  });
}

/** Finding of a root that could not be read; the rest of it (start, last reading) is that of its worst victim. */
function unreadRoot<Finding extends Keyed>(
  { root, unread, severity }: Incident,
  victims: readonly Victim<Finding>[],
): Finding | undefined {
  const [worst] = victims;
  if (!worst || unread === undefined) return undefined;
  const entity = entityOf(root.entity) ?? thisHost;
  return {
    ...worst.finding,
    condition: undefined,
    members: undefined,
    onset: undefined,
    subjectVocabulary: undefined,
    pane: undefined,
    key: root.key,
    rule: root.rule,
    severity,
    entity,
    subject: entity.id,
    sentence: `not readable (${unread}), ${victims.length === 1 ? '1 finding depends' : `${victims.length} findings depend`} on it`,
    evidence: victims.map(({ finding: { subject, sentence }, explained: { because } }) => ({
      what: subject,
      value: sentence,
      source: because,
    })),
    next: 'check it where it runs; the findings below it wait for it and show no cause here',
  };
}
