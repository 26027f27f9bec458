import { entityOf } from '../../findings/entity-ref.ts';
import type { Dependency } from '../../incidents/dependency.ts';
import type { EntityGraph, EntityKey } from '../../incidents/entity-graph.ts';
import { observationOf, type KeyedFinding } from '../../incidents/explainer.ts';
import { objectsOf } from '../../incidents/observation.ts';
import type { HostSlice, SliceFinding } from '../cluster/host-slice.ts';

/** Limits of the part of one host. */
const MAX_FINDINGS = 100;
const MAX_DEPENDENCIES = 1500;
/** Steps around the object of a finding: as far as a cause is looked for. */
const DEPTH = 4;

/** Everything of a host depends on these: a walk does not go on through them. */
const isHub = (entity: EntityKey): boolean => entity.startsWith('resource:') || entity.startsWith('host:');

/** Part of a host in the incidents of its fleet: findings that are not `info`, and the dependencies around their objects. */
export function sliceOf(findings: readonly KeyedFinding[], graph: EntityGraph, nowMs: number): HostSlice {
  const kept = findings
    .filter(({ severity }) => severity !== 'info')
    .slice(0, MAX_FINDINGS)
    .map((finding): SliceFinding => {
      const { subject, sentence } = finding;
      return { ...observationOf(finding, nowMs), subject, sentence };
    });
  const edges = new Map<string, Dependency>();
  for (const side of ['up', 'down'] as const)
    for (const object of new Set(kept.flatMap(objectsOf))) walk(graph, object, side, edges);
  return { findings: kept, dependencies: [...edges.values()] };
}

function walk(graph: EntityGraph, from: EntityKey, side: 'up' | 'down', edges: Map<string, Dependency>): void {
  const seen = new Set([from]);
  let ends = [from];
  for (let depth = 0; depth < DEPTH && ends.length > 0; depth++) {
    const next: EntityKey[] = [];
    for (const end of ends)
      for (const { entity, via } of side === 'up' ? graph.causesOf(end) : graph.dependentsOf(end)) {
        if (edges.size >= MAX_DEPENDENCIES) return;
        const [dependent, on] = side === 'up' ? [end, entity] : [entity, end];
        const [effect, cause] = [entityOf(dependent), entityOf(on)];
        if (effect && cause) edges.set(`${dependent} ${via} ${on}`, { dependent: effect, via, on: cause });
        if (seen.has(entity)) continue;
        seen.add(entity);
        if (!isHub(entity)) next.push(entity);
      }
    ends = next;
  }
}
