import type { EntityRef } from '../findings/entity-ref.ts';
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

/** An entity with its dependencies. Its key is made when it is asked for: of most entities of a large host it never is. */
class Node {
  readonly #kind: string;
  readonly #id: string;
  #key: EntityKey | undefined;
  readonly causes: Link[] = [];
  readonly dependents: Link[] = [];

  constructor(kind: string, id: string) {
    this.#kind = kind;
    this.#id = id;
  }

  get key(): EntityKey {
    this.#key ??= `${this.#kind}:${this.#id}`;
    return this.#key;
  }
}

interface Link {
  readonly node: Node;
  readonly via: Via;
}

type Side = 'causes' | 'dependents';

/** Dependencies between entities at one moment, walked both ways; cycles are allowed. */
export class EntityGraph {
  /** By kind and id: keys of 40 000 dependencies take longer to join and hash than both lookups. */
  readonly #nodes = new Map<string, Map<string, Node>>();

  constructor(dependencies: Iterable<Dependency> = []) {
    for (const { dependent, via, on } of dependencies) {
      const [effect, cause] = [this.#nodeOf(dependent), this.#nodeOf(on)];
      effect.causes.push({ node: cause, via });
      cause.dependents.push({ node: effect, via });
    }
  }

  /** Direct dependencies of an entity. */
  causesOf(entity: EntityKey): readonly Edge[] {
    return this.#edges(entity, 'causes');
  }

  /** Entities that depend on it directly. */
  dependentsOf(entity: EntityKey): readonly Edge[] {
    return this.#edges(entity, 'dependents');
  }

  /** Entities that `entity` depends on, itself first with an empty path, nearest first, `depth` steps away at most. */
  upstream(entity: EntityKey, depth: number): readonly Step[] {
    return walk(this.#find(entity), 'causes', entity, depth);
  }

  /** Entities that depend on `entity`, itself first, nearest first. */
  downstream(entity: EntityKey, depth: number, limit = Infinity): readonly Step[] {
    return walk(this.#find(entity), 'dependents', entity, depth, limit);
  }

  #edges(entity: EntityKey, side: Side): readonly Edge[] {
    return (this.#find(entity)?.[side] ?? []).map(({ node, via }) => ({ entity: node.key, via }));
  }

  #find(entity: EntityKey): Node | undefined {
    const end = entity.indexOf(':');
    return this.#nodes.get(entity.slice(0, end))?.get(entity.slice(end + 1));
  }

  #nodeOf({ kind, id }: EntityRef): Node {
    let ids = this.#nodes.get(kind);
    if (!ids) this.#nodes.set(kind, (ids = new Map()));
    let node = ids.get(id);
    if (!node) ids.set(id, (node = new Node(kind, id)));
    return node;
  }
}

function walk(from: Node | undefined, side: Side, entity: EntityKey, depth: number, limit = Infinity): readonly Step[] {
  const steps: Step[] = [{ entity, path: [] }];
  if (!from) return steps;
  const nodes = [from];
  const seen = new Set(nodes);
  for (let at = 0; at < steps.length && steps.length < limit; at++) {
    const { path } = steps[at] as Step;
    if (path.length >= depth) break;
    for (const { node, via } of (nodes[at] as Node)[side]) {
      if (seen.has(node)) continue;
      seen.add(node);
      nodes.push(node);
      steps.push({ entity: node.key, path: [...path, via] });
    }
  }
  return steps.length > limit ? steps.slice(0, limit) : steps;
}
