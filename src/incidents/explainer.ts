import { entityText } from '../findings/entity-ref.ts';
import type { Judged } from '../findings/judge.ts';
import type { Moment, Needs } from '../timeline/moment.ts';
import type { AnyDependencyProvider } from './dependency.ts';
import { EntityGraph } from './entity-graph.ts';
import { explain, type Incident } from './explain.ts';
import { incidentRows, type IncidentRow } from './incident-rows.ts';
import type { InfluenceTable } from './influence.ts';
import type { Observation } from './observation.ts';
import { roleOf } from './roles.ts';

/** A finding with its key. */
export type KeyedFinding = Judged & { readonly key: string };

/** Explainer makes incidents of the findings of a moment: dependencies from its samples, influences from the table. */
export class Explainer {
  readonly #providers: readonly AnyDependencyProvider[];
  readonly #table: InfluenceTable;

  constructor(providers: readonly AnyDependencyProvider[], table: InfluenceTable) {
    this.#providers = providers;
    this.#table = table;
  }

  /** Incidents of these findings, culprit first, each with its findings. */
  rows<Finding extends KeyedFinding>(
    findings: readonly Finding[],
    momentOf: <N extends Needs>(needs: N) => Moment<N>,
    nowMs: number,
  ): readonly IncidentRow<Finding>[] {
    return incidentRows(this.explain(findings, momentOf, nowMs), findings);
  }

  /** Incidents, culprit first. A provider that throws gives no dependencies: its findings stand by themselves. */
  explain(
    findings: readonly KeyedFinding[],
    momentOf: <N extends Needs>(needs: N) => Moment<N>,
    nowMs: number,
  ): readonly Incident[] {
    if (findings.length === 0) return [];
    return explain(
      findings.map((finding) => observationOf(finding, nowMs)),
      this.graph(momentOf),
      this.#table,
    );
  }

  /** Dependencies of all subsystems at a moment. */
  graph(momentOf: <N extends Needs>(needs: N) => Moment<N>): EntityGraph {
    return new EntityGraph(
      this.#providers.flatMap((provider) => {
        try {
          return provider.of(momentOf(provider.needs));
        } catch {
          return [];
        }
      }),
    );
  }
}

const observationOf = (
  { key, rule, entity, condition, members, severity, past, onset }: KeyedFinding,
  nowMs: number,
): Observation => ({
  key,
  rule,
  entity: entityText(entity),
  condition,
  members: (members ?? []).map(entityText),
  severity,
  role: roleOf(rule),
  past: past !== undefined,
  onsetMs: onset && nowMs - onset.secondsAgo * 1000,
});
