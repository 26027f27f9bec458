import { entityText } from '../findings/entity-ref.ts';
import type { Dependency, Via } from './dependency.ts';

/** EntityRef in one string, `osd:osd.1`. */
export type EntityKey = string;

export interface Step {
  readonly entity: EntityKey;
  readonly path: readonly Via[];
}

/** End of one dependency. */
export interface Edge {
  readonly entity: EntityKey;
  readonly via: Via;
}

/** Dependencies between entities at one moment, walked both ways; cycles are allowed. */
export class EntityGraph {
  readonly #causes = new Map<EntityKey, Edge[]>();
  readonly #dependents = new Map<EntityKey, Edge[]>();

  constructor(dependencies: Iterable<Dependency> = []) {
    for (const { dependent, via, on } of dependencies) {
      const [effect, cause] = [entityText(dependent), entityText(on)];
      push(this.#causes, effect, { entity: cause, via });
      push(this.#dependents, cause, { entity: effect, via });
    }
  }

  /** Direct dependencies of an entity. */
  causesOf(entity: EntityKey): readonly Edge[] {
    return this.#causes.get(entity) ?? [];
  }

  /** Entities that depend on it directly. */
  dependentsOf(entity: EntityKey): readonly Edge[] {
    return this.#dependents.get(entity) ?? [];
  }

  /** Entities that `entity` depends on, itself first with an empty path, nearest first, `depth` steps away at most. */
  upstream(entity: EntityKey, depth: number): readonly Step[] {
    return walk(this.#causes, entity, depth);
  }

  /** Entities that depend on `entity`, itself first, nearest first. */
  downstream(entity: EntityKey, depth: number, limit = Infinity): readonly Step[] {
    return walk(this.#dependents, entity, depth, limit);
  }
}

function walk(
  edges: ReadonlyMap<EntityKey, readonly Edge[]>,
  from: EntityKey,
  depth: number,
  limit = Infinity,
): readonly Step[] {
  const steps: Step[] = [{ entity: from, path: [] }];
  const seen = new Set([from]);
  for (let at = 0; at < steps.length && steps.length < limit; at++) {
    const { entity, path } = steps[at] as Step;
    if (path.length >= depth) break;
    for (const next of edges.get(entity) ?? []) {
      if (seen.has(next.entity)) continue;
      seen.add(next.entity);
      steps.push({ entity: next.entity, path: [...path, next.via] });
    }
  }
  return steps.length > limit ? steps.slice(0, limit) : steps;
}

function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}
