import type { Explained, Incident } from './explain.ts';

/** Incident with the findings behind its keys. */
export interface IncidentRow<Finding> {
  readonly incident: Incident;
  readonly root: Finding;
  readonly victims: readonly Victim<Finding>[];
  /** Index in the order of the incidents. */
  readonly index: number;
}

export interface Victim<Finding> {
  readonly finding: Finding;
  readonly explained: Explained;
}

/** Incidents with the findings that they were made of. */
export function incidentRows<Finding extends { readonly key: string }>(
  incidents: readonly Incident[],
  findings: readonly Finding[],
): readonly IncidentRow<Finding>[] {
  const byKey = new Map(findings.map((finding) => [finding.key, finding]));
  return incidents.flatMap((incident, index): IncidentRow<Finding>[] => {
    const root = byKey.get(incident.root.key);
    if (!root) return [];
    const victims = incident.explained.flatMap((explained): Victim<Finding>[] => {
      const finding = byKey.get(explained.observation.key);
      return finding ? [{ finding, explained }] : [];
    });
    return [{ incident, root, victims, index }];
  });
}
