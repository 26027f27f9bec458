import type { IncidentRow } from '../../src/app/incident-table.ts';
import type { StandingFinding } from '../../src/collect/session.ts';
import { Explainer } from '../../src/incidents/explainer.ts';
import { InfluenceTable } from '../../src/incidents/influence.ts';

/** Explainer without dependencies: each finding is an incident by itself. */
export const noInfluence = new Explainer({ dependencies: [], consumers: [], table: new InfluenceTable([]) });

export const rowsOf = (findings: readonly StandingFinding[]): readonly IncidentRow[] =>
  noInfluence.rows(findings, () => ({}) as never, 0);
