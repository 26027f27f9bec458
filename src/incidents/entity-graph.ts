/** Kind and id in one string, `osd:1`. */
export type EntityKey = string;

/** Why one entity depends on another. */
export type Via =
  | 'runs-as' // a guest, OSD or container and its process
  | 'member-of' // a process and its cgroup, unit, container or pod
  | 'stored-on' // an OSD, guest disk, mount or database and the device or image below it
  | 'placed-on' // a thread, guest or interrupt and its CPU or NUMA node
  | 'plugged-into' // a tap or veth and its bridge, a port and its NIC
  | 'forwarded-by' // a port, bridge or flow and the daemon that serves it
  | 'waits-for' // an OSD and the peers that its operations wait for, a client and its server
  | 'served-by' // an object of an API and the daemon behind it
  | 'part-of'; // a member and its whole: OSD and cluster, pod and node, node and host

/** One dependency: `dependent` fails or slows when `on` does. */
export interface Dependency {
  readonly dependent: EntityKey;
  readonly via: Via;
  readonly on: EntityKey;
}

export interface Step {
  readonly entity: EntityKey;
  readonly path: readonly Via[];
}

/** Dependencies between entities at one moment, walked both ways; cycles are allowed. */
export class EntityGraph {
  readonly #causes = new Map<EntityKey, Dependency[]>();
  readonly #dependents = new Map<EntityKey, Dependency[]>();

  constructor(dependencies: Iterable<Dependency> = []) {
    for (const dependency of dependencies) {
      push(this.#causes, dependency.dependent, dependency);
      push(this.#dependents, dependency.on, dependency);
    }
  }

  /** Entities that `entity` depends on, itself first with an empty path, nearest first, `depth` steps away at most. */
  upstream(entity: EntityKey, depth: number): readonly Step[] {
    return walk(this.#causes, entity, depth, ({ on }) => on);
  }

  /** Entities that depend on `entity`, itself first, nearest first. */
  downstream(entity: EntityKey, depth: number, limit = Infinity): readonly Step[] {
    return walk(this.#dependents, entity, depth, ({ dependent }) => dependent, limit);
  }
}

function walk(
  edges: ReadonlyMap<EntityKey, readonly Dependency[]>,
  from: EntityKey,
  depth: number,
  next: (dependency: Dependency) => EntityKey,
  limit = Infinity,
): readonly Step[] {
  const steps: Step[] = [{ entity: from, path: [] }];
  const seen = new Set([from]);
  for (let at = 0; at < steps.length && steps.length < limit; at++) {
    const { entity, path } = steps[at] as Step;
    if (path.length >= depth) break;
    for (const dependency of edges.get(entity) ?? []) {
      const to = next(dependency);
      if (seen.has(to)) continue;
      seen.add(to);
      steps.push({ entity: to, path: [...path, dependency.via] });
    }
  }
  return steps.length > limit ? steps.slice(0, limit) : steps;
}

function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}
