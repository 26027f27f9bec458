import { entityText } from '../findings/entity-ref.ts';
import type { Judged } from '../findings/judge.ts';
import type { Moment, Needs } from '../timeline/moment.ts';
import type { AnyDependencyProvider } from './dependency.ts';
import { EntityGraph } from './entity-graph.ts';
import { explain, type Incident } from './explain.ts';
import type { InfluenceTable } from './influence.ts';
import type { Observation } from './observation.ts';
import { roleOf } from './roles.ts';

/** A finding with its key. */
export type Keyed = Judged & { readonly key: string };

/** Incidents of one moment: the findings of it, explained by the dependencies of its samples. */
export function incidentsAt(
  findings: readonly Keyed[],
  providers: readonly AnyDependencyProvider[],
  table: InfluenceTable,
  momentOf: <N extends Needs>(needs: N) => Moment<N>,
): readonly Incident[] {
  const graph = new EntityGraph(providers.flatMap((provider) => provider.of(momentOf(provider.needs))));
  return explain(findings.map(observationOf), graph, table);
}

const observationOf = ({ key, rule, entity, condition, members, severity, past }: Keyed): Observation => ({
  key,
  rule,
  entity: entityText(entity),
  condition,
  members: (members ?? []).map(entityText),
  severity,
  role: roleOf(rule),
  past: past !== undefined,
  onsetMs: undefined,
});
