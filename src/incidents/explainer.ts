import { entityText } from '../findings/entity-ref.ts';
import type { Judged } from '../findings/judge.ts';
import { provided, type MomentOf } from '../timeline/provider.ts';
import { resourceOf } from './contended.ts';
import { contention, type AnyConsumerProvider, type Consumption } from './contention.ts';
import type { AnyDependencyProvider, Dependency } from './dependency.ts';
import { EntityGraph } from './entity-graph.ts';
import { explain, type Incident } from './explain.ts';
import { incidentRows, type IncidentRow } from './incident-rows.ts';
import type { InfluenceTable } from './influence.ts';
import type { Looked, Observation } from './observation.ts';
import { roleOf } from './roles.ts';

/** A finding with its key. */
export type KeyedFinding = Judged & { readonly key: string };

export interface ExplainerOptions {
  readonly dependencies: readonly AnyDependencyProvider[];
  readonly consumers: readonly AnyConsumerProvider[];
  readonly table: InfluenceTable;
  /** What the rules could read at a moment; without it nothing is held against a cause, and no root is silent. */
  readonly lookedAt?: ((findings: readonly Judged[], momentOf: MomentOf) => Looked) | undefined;
}

/** Explainer makes incidents of the findings of a moment: dependencies from its samples, influences from the table. */
export class Explainer {
  readonly #options: ExplainerOptions;

  constructor(options: ExplainerOptions) {
    this.#options = options;
  }

  /** Incidents of these findings, culprit first, each with its findings, and with the consumers where its root is a full resource. */
  rows<Finding extends KeyedFinding>(
    findings: readonly Finding[],
    momentOf: MomentOf,
    nowMs: number,
  ): readonly IncidentRow<Finding>[] {
    const rows = incidentRows(this.explain(findings, momentOf, nowMs), findings);
    let consumption: readonly Consumption[] | undefined;
    return rows.map((row) => {
      const resource = resourceOf(row.root);
      if (!resource) return row;
      consumption ??= provided(this.#options.consumers, momentOf);
      const found = contention(entityText(resource), consumption);
      return found ? { ...row, contention: found } : row;
    });
  }

  /** Incidents, culprit first. A provider that throws gives no dependencies: its findings stand by themselves. */
  explain(findings: readonly KeyedFinding[], momentOf: MomentOf, nowMs: number): readonly Incident[] {
    if (findings.length === 0) return [];
    return explain(
      findings.map((finding) => observationOf(finding, nowMs)),
      this.graph(momentOf),
      this.#options.table,
      this.#options.lookedAt?.(findings, momentOf),
    );
  }

  /** Dependencies of all subsystems at a moment. */
  graph(momentOf: MomentOf): EntityGraph {
    return new EntityGraph(provided<Dependency>(this.#options.dependencies, momentOf));
  }
}

/** A finding as the explain step sees it. */
export const observationOf = (
  { key, rule, entity, condition, members, severity, past, lastSecondsAgo, onset, role }: KeyedFinding,
  nowMs: number,
): Observation => ({
  key,
  rule,
  entity: entityText(entity),
  condition,
  members: (members ?? []).map(entityText),
  severity,
  role: role ?? roleOf(rule),
  past: past !== undefined,
  lastSecondsAgo,
  onsetMs: onset && nowMs - onset.secondsAgo * 1000,
});
