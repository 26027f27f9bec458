import { entityOf, type EntityKind } from '../findings/entity-ref.ts';
import { FOLD, DEPTH, type Edge } from './causes.ts';
import type { EntityGraph, EntityKey } from './entity-graph.ts';
import { PROBABILITY, type InfluenceTable } from './influence.ts';
import { objectsOf, type ByEntity, type Looked, type Observation } from './observation.ts';
import { SEVERITY_WEIGHT, worstOf } from './weight.ts';

/** Rule id of the finding about an entity that could not be read. */
export const NOT_READ = 'not-read';

/** Object without a finding that others depend on and that could not be read: it may be the cause. */
export interface SilentRoot {
  readonly observation: Observation;
  readonly why: string;
  readonly edges: readonly Edge[];
}

/** Findings that an entity of a kind would have if it were broken and could be read. */
const WOULD_HAVE: Readonly<Partial<Record<EntityKind, readonly string[]>>> = {
  osd: ['ceph-osd-unresponsive', 'ceph-osd-slow'],
  mon: ['ceph-mons-unresponsive'],
  disk: ['disk-hung', 'disk-slow'],
  nic: ['nic-flaps'],
  port: ['ovs-port-broken'],
  ovsdb: ['ovn-raft'],
  daemon: [
    'ovs-unresponsive',
    'container-daemon-unresponsive',
    'libvirt-unresponsive',
    'kubelet-unhealthy',
    'kube-api-unresponsive',
  ],
};

/** Objects that must depend on it: one alone may have a cause by itself. */
const MIN_DEPENDENTS = 2;

interface Candidate {
  readonly entity: EntityKey;
  readonly why: string;
  readonly rules: readonly string[];
  /** By key of the effect: the edge without its start, and the objects of the effect that depend on the entity. */
  readonly effects: Map<string, { readonly edge: Omit<Edge, 'from'>; readonly objects: Set<EntityKey> }>;
}

/**
 * Entities that explain findings nothing else explains, although nothing was read of them: at least two objects depend on each,
 * none of its rules found it in order, and no other such entity explains the same findings as well.
 */
export function silentRoots(
  unexplained: readonly Observation[],
  at: ByEntity,
  graph: EntityGraph,
  table: InfluenceTable,
  looked: Looked,
): readonly SilentRoot[] {
  const candidates = new Map<EntityKey, Candidate | undefined>();
  const candidateOf = (entity: EntityKey): Candidate | undefined => {
    if (!candidates.has(entity)) candidates.set(entity, at.has(entity) ? undefined : unreadable(entity, looked));
    return candidates.get(entity);
  };
  for (const effect of unexplained) {
    if (effect.role === 'cause' || effect.past) continue;
    const objects = objectsOf(effect);
    for (const object of objects)
      for (const { entity, path } of graph.upstream(object, DEPTH)) {
        if (path.length === 0) continue;
        const candidate = candidateOf(entity);
        const row = candidate?.rules
          .flatMap((rule) => table.match({ rule, condition: undefined }, effect, path) ?? [])
          .toSorted((a, b) => PROBABILITY[b.likelihood] - PROBABILITY[a.likelihood])[0];
        if (!candidate || !row) continue;
        const held = candidate.effects.get(effect.key)?.objects ?? new Set();
        held.add(object);
        const probability = (PROBABILITY[row.likelihood] * held.size) / objects.length;
        candidate.effects.set(effect.key, { edge: { to: effect, row, probability }, objects: held });
      }
  }
  return chosen([...candidates.values()].flatMap((candidate) => candidate ?? []));
}

/** An entity that some rule could not read and none found in order. */
function unreadable(entity: EntityKey, looked: Looked): Candidate | undefined {
  const kind = entityOf(entity)?.kind;
  const rules = (kind && WOULD_HAVE[kind]) ?? [];
  const looks = rules.map((rule) => looked(rule, entity));
  const missing = looks.find((look) => look.state === 'unreadable');
  return missing && !looks.some(({ state }) => state === 'clear')
    ? { entity, why: missing.why, rules, effects: new Map() }
    : undefined;
}

/** Greedy: the candidate that explains most, unless another one explains as much of the same; then among the rest. */
function chosen(candidates: readonly Candidate[]): readonly SilentRoot[] {
  const taken = new Set<string>();
  const roots: SilentRoot[] = [];
  let rest = candidates.map(withEffects(taken)).filter(isEnough);
  while (rest.length > 0) {
    const [best, second] = rest.toSorted((a, b) => weightOf(b) - weightOf(a) || a.entity.localeCompare(b.entity));
    if (!best) break;
    const isTie =
      second !== undefined &&
      weightOf(second) >= weightOf(best) &&
      [...best.effects.keys()].some((key) => second.effects.has(key));
    if (!isTie) roots.push(rootOf(best));
    for (const key of best.effects.keys()) taken.add(key);
    rest = rest.map(withEffects(taken)).filter(isEnough);
  }
  return roots;
}

/** The candidate with what nothing chosen explains, and what is likely enough to be folded. */
const withEffects =
  (taken: ReadonlySet<string>) =>
  (candidate: Candidate): Candidate => ({
    ...candidate,
    effects: new Map([...candidate.effects].filter(([key, { edge }]) => !taken.has(key) && edge.probability >= FOLD)),
  });

const isEnough = ({ effects }: Candidate): boolean =>
  new Set([...effects.values()].flatMap(({ objects }) => [...objects])).size >= MIN_DEPENDENTS;

const weightOf = ({ effects }: Candidate): number =>
  [...effects.values()].reduce((sum, { edge }) => sum + edge.probability * SEVERITY_WEIGHT[edge.to.severity], 0);

function rootOf({ entity, why, effects }: Candidate): SilentRoot {
  const edges = [...effects.values()].map(({ edge }) => edge);
  const observation: Observation = {
    key: `${NOT_READ} ${entity}`,
    rule: NOT_READ,
    entity,
    condition: undefined,
    members: [],
    severity: worstOf(edges.map(({ to }) => to)),
    role: 'symptom',
    past: false,
    onsetMs: undefined,
  };
  return { observation, why, edges: edges.map((edge) => ({ ...edge, from: observation })) };
}
