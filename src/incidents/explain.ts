import { findingRank } from '../findings/order.ts';
import type { Severity } from '../theme.ts';
import type { EntityGraph, EntityKey } from './entity-graph.ts';
import { PROBABILITY, ROLE_WEIGHT, type Influence, type InfluenceTable, type RulePattern } from './influence.ts';
import type { Looked, Observation } from './observation.ts';

/** `measured`: the root itself was measured broken; `inferred`: it stands out by what depends on it; `guessed`: no table row leads anywhere. */
export type Confidence = 'measured' | 'inferred' | 'guessed';

export interface Explained {
  readonly observation: Observation;
  /** Key of the finding that it follows from directly: the root, or another victim. */
  readonly from: string;
  readonly because: string;
  readonly probability: number;
}

export interface Incident {
  readonly root: Observation;
  readonly explained: readonly Explained[];
  /** Of the root and all that it explains. */
  readonly severity: Severity;
  /** What the root should have brought about, was read, and is in order. */
  readonly expectedButClear: readonly { readonly rule: string; readonly entity: EntityKey }[];
  /** What it should have brought about and could not be read. */
  readonly notReadable: readonly { readonly rule: string; readonly entity: EntityKey }[];
  /** Another finding that would explain some of the same. */
  readonly runnerUp: string | undefined;
  readonly confidence: Confidence;
  readonly score: number;
}

interface Edge {
  readonly from: Observation;
  readonly to: Observation;
  readonly row: Influence;
  readonly probability: number;
}

/** Steps between a victim and its cause: guest to process to cgroup to unit to disk. */
const DEPTH = 4;
/** Probability below which an effect keeps its line: nothing is folded on a guess. */
const FOLD = 0.3;
/** Clocks of kernel log, daemons and processes differ by this much. */
const CLOCK_SLACK_MS = 5000;
/** Dependents of one cause that are asked for effects: enough for a share. */
const EXPECTED = 64;

const WEIGHT: Readonly<Record<Severity, number>> = { crit: 3, warn: 1, info: 0.3 };
const SEVERITY_RANK: Readonly<Record<Severity, number>> = { crit: 0, warn: 1, info: 2 };

/**
 * Incidents of one moment, culprit first. Findings are linked cause to effect where the influence table has a row for their
 * rules and the entities depend on each other; roots are the findings that nothing explains, and of findings that
 * explain each other the heaviest. Each other finding is folded below the root that explains it best. Without `looked` nothing is
 * held against a cause.
 */
export function explain(
  observations: readonly Observation[],
  graph: EntityGraph,
  table: InfluenceTable,
  looked?: Looked,
): readonly Incident[] {
  const at = grouped(observations);
  const expectations = new Map(
    observations.map((each) => [each.key, looked ? expected(each, at, graph, table, looked) : NOTHING_EXPECTED]),
  );
  const edges = observations.flatMap((effect) => causesOf(effect, at, graph, table, expectations));
  const out = groupBy(edges, ({ from }) => from.key);
  const roots = rootsOf(observations, edges);
  const reaches = new Map(roots.map((root) => [root.key, reach(root, out)]));

  const scores = new Map(
    roots.map((root) => [root.key, ownWeight(root) + weightOf(reaches.get(root.key)?.values() ?? [])]),
  );
  const order = roots.toSorted(
    (a, b) =>
      Number(a.past) - Number(b.past) ||
      (scores.get(b.key) ?? 0) - (scores.get(a.key) ?? 0) ||
      (a.onsetMs ?? Infinity) - (b.onsetMs ?? Infinity) ||
      a.key.localeCompare(b.key),
  );

  const owner = new Map<string, { readonly root: Observation; readonly explained: Explained }>();
  const runnersUp = new Map<string, string>();
  for (const root of order)
    for (const explained of (reaches.get(root.key) ?? new Map<string, Explained>()).values()) {
      const { key } = explained.observation;
      const held = owner.get(key);
      if (!held || explained.probability > held.explained.probability) {
        if (held) runnersUp.set(root.key, held.root.key);
        owner.set(key, { root, explained });
      } else if (!runnersUp.has(held.root.key)) runnersUp.set(held.root.key, root.key);
    }
  const folded = groupBy([...owner.values()], ({ root }) => root.key);

  return order
    .map((root): Incident => {
      const explained = (folded.get(root.key) ?? []).map((each) => each.explained).toSorted(byWeight);
      const { clear, unread } = expectations.get(root.key) ?? NOTHING_EXPECTED;
      return {
        root,
        explained,
        severity: worst([root, ...explained.map(({ observation }) => observation)]),
        expectedButClear: clear,
        notReadable: unread,
        runnerUp: runnersUp.get(root.key),
        confidence:
          root.role === 'cause'
            ? 'measured'
            : explained.length > 0 || root.role === 'pressure'
              ? 'inferred'
              : 'guessed',
        score: ownWeight(root) + weightOf(explained),
      };
    })
    .toSorted(byRank);
}

const weightOf = (explained: Iterable<Explained>): number =>
  [...explained].reduce((sum, { observation, probability }) => sum + probability * WEIGHT[observation.severity], 0);

const rankOf = ({ severity, root: { past } }: Incident): number =>
  findingRank({ severity, ...(past && { past: { ageSeconds: undefined } }) });

/** As findings rank (present CRIT and WARN, past events, INFO), then by weight and onset. */
const byRank = (a: Incident, b: Incident): number =>
  rankOf(a) - rankOf(b) ||
  b.score - a.score ||
  (a.root.onsetMs ?? Infinity) - (b.root.onsetMs ?? Infinity) ||
  a.root.key.localeCompare(b.root.key);

interface Expected {
  readonly clear: readonly { readonly rule: string; readonly entity: EntityKey }[];
  readonly unread: readonly { readonly rule: string; readonly entity: EntityKey }[];
  /** Share of expected and readable effects that are there, by row. */
  readonly share: ReadonlyMap<Influence, number>;
}
const NOTHING_EXPECTED: Expected = { clear: [], unread: [], share: new Map() };

/** What a finding should have brought about for certain: there, read and in order, or not readable. */
function expected(
  cause: Observation,
  at: ReadonlyMap<EntityKey, readonly Observation[]>,
  graph: EntityGraph,
  table: InfluenceTable,
  looked: Looked,
): Expected {
  const rows = table.of(cause).filter(({ likelihood }) => likelihood === 'always');
  if (rows.length === 0) return NOTHING_EXPECTED;
  const clear: { rule: string; entity: EntityKey }[] = [];
  const unread: { rule: string; entity: EntityKey }[] = [];
  const share = new Map<Influence, number>();
  const steps = graph.downstream(cause.entity, DEPTH, EXPECTED);
  for (const row of rows) {
    let there = 0;
    let inOrder = 0;
    for (const { entity, path } of steps) {
      if (
        !entity.startsWith(`${row.effectOn}:`) ||
        (row.via.length === 0) !== (path.length === 0) ||
        !path.every((step) => row.via.includes(step))
      )
        continue;
      if ((at.get(entity) ?? []).some((each) => isOf(each, row.effect) && each.key !== cause.key)) there++;
      else if (looked(row.effect, entity) === 'clear') {
        inOrder++;
        clear.push({ rule: row.effect, entity });
      } else unread.push({ rule: row.effect, entity });
    }
    if (there + inOrder > 0) share.set(row, there / (there + inOrder));
  }
  return { clear, unread, share };
}

/**
 * Causes of a finding, found from each of its objects upwards. A cause of some of its objects counts by their share, unless all causes
 * together cover all of them.
 */
function causesOf(
  effect: Observation,
  at: ReadonlyMap<EntityKey, readonly Observation[]>,
  graph: EntityGraph,
  table: InfluenceTable,
  expectations: ReadonlyMap<string, Expected>,
): readonly Edge[] {
  const objects = effect.members.length > 0 ? effect.members : [effect.entity];
  const covered = new Set<EntityKey>();
  const found = new Map<string, { readonly cause: Observation; readonly objects: Set<EntityKey>; row: Influence }>();
  for (const object of objects)
    for (const { entity, path } of graph.upstream(object, DEPTH))
      for (const cause of at.get(entity) ?? []) {
        if (cause.key === effect.key) continue;
        const row = table.match(cause, effect, path);
        if (!row || !inTime(cause, effect, row)) continue;
        const held = found.get(cause.key);
        if (!held) found.set(cause.key, { cause, objects: new Set([object]), row });
        else {
          held.objects.add(object);
          if (PROBABILITY[row.likelihood] > PROBABILITY[held.row.likelihood]) held.row = row;
        }
        covered.add(object);
      }
  const all = covered.size === objects.length;
  return [...found.values()].flatMap(({ cause, objects: explained, row }): readonly Edge[] => {
    const share = all ? 1 : explained.size / objects.length;
    const probability = PROBABILITY[row.likelihood] * share * (expectations.get(cause.key)?.share.get(row) ?? 1);
    return probability < FOLD ? [] : [{ from: cause, to: effect, row, probability }];
  });
}

/** Onsets count only where both are known from clocks that ran before the session. */
function inTime(cause: Observation, effect: Observation, { lagSeconds }: Influence): boolean {
  if (cause.onsetMs === undefined || effect.onsetMs === undefined) return true;
  const lagMs = effect.onsetMs - cause.onsetMs;
  return lagMs >= -CLOCK_SLACK_MS && lagMs <= lagSeconds * 1000 + CLOCK_SLACK_MS;
}

/** Findings that nothing explains; of a circle that nothing outside explains, its heaviest. */
function rootsOf(observations: readonly Observation[], edges: readonly Edge[]): readonly Observation[] {
  const out = groupBy(edges, ({ from }) => from.key);
  const component = components(observations, out);
  const explained = new Set<number>();
  for (const { from, to } of edges) {
    const [a, b] = [component.get(from.key), component.get(to.key)];
    if (a !== b && b !== undefined) explained.add(b);
  }
  const heaviest = new Map<number, Observation>();
  for (const each of observations) {
    const id = component.get(each.key) as number;
    if (explained.has(id)) continue;
    const held = heaviest.get(id);
    if (!held || compareRoots(each, held) < 0) heaviest.set(id, each);
  }
  return [...heaviest.values()];
}

const compareRoots = (a: Observation, b: Observation): number =>
  ownWeight(b) - ownWeight(a) || (a.onsetMs ?? Infinity) - (b.onsetMs ?? Infinity) || a.key.localeCompare(b.key);

/** Strongly connected components (Tarjan, without recursion: chains may be long), by finding. */
function components(
  observations: readonly Observation[],
  out: ReadonlyMap<string, readonly Edge[]>,
): ReadonlyMap<string, number> {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const component = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  let count = 0;
  for (const { key: start } of observations) {
    if (index.has(start)) continue;
    const work: { readonly key: string; next: number }[] = [];
    const enter = (key: string) => {
      index.set(key, index.size);
      low.set(key, index.get(key) as number);
      open.push(key);
      isOpen.add(key);
      work.push({ key, next: 0 });
    };
    enter(start);
    for (let top = work.at(-1); top; top = work.at(-1)) {
      const edge = (out.get(top.key) ?? [])[top.next++];
      if (edge) {
        const to = edge.to.key;
        if (!index.has(to)) enter(to);
        else if (isOpen.has(to)) low.set(top.key, Math.min(low.get(top.key) as number, index.get(to) as number));
        continue;
      }
      work.pop();
      const parent = work.at(-1);
      if (parent) low.set(parent.key, Math.min(low.get(parent.key) as number, low.get(top.key) as number));
      if (low.get(top.key) !== index.get(top.key)) continue;
      for (let member = open.pop(); member !== undefined; member = open.pop()) {
        isOpen.delete(member);
        component.set(member, count);
        if (member === top.key) break;
      }
      count++;
    }
  }
  return component;
}

/** All that follows from a root, each by its likeliest path. */
function reach(root: Observation, out: ReadonlyMap<string, readonly Edge[]>): ReadonlyMap<string, Explained> {
  const best = new Map<string, Explained>();
  const queue: { readonly key: string; readonly probability: number }[] = [{ key: root.key, probability: 1 }];
  for (let next = queue.shift(); next; next = queue.shift()) {
    for (const { to, row, probability } of out.get(next.key) ?? []) {
      const along = next.probability * probability;
      if (to.key === root.key || along <= (best.get(to.key)?.probability ?? 0)) continue;
      best.set(to.key, { observation: to, from: next.key, because: row.because, probability: along });
      queue.push({ key: to.key, probability: along });
    }
  }
  return best;
}

const ownWeight = ({ severity, role }: Observation): number => WEIGHT[severity] * ROLE_WEIGHT[role];

const byWeight = (a: Explained, b: Explained): number =>
  SEVERITY_RANK[a.observation.severity] - SEVERITY_RANK[b.observation.severity] ||
  b.probability - a.probability ||
  a.observation.key.localeCompare(b.observation.key);

const worst = (observations: readonly Observation[]): Severity =>
  observations.map(({ severity }) => severity).toSorted((a, b) => SEVERITY_RANK[a] - SEVERITY_RANK[b])[0] ?? 'info';

const isOf = ({ rule, condition }: Observation, pattern: RulePattern): boolean =>
  pattern === rule || (condition !== undefined && pattern === `${rule}/${condition}`);

/** Findings by each of their objects. */
function grouped(observations: readonly Observation[]): ReadonlyMap<EntityKey, readonly Observation[]> {
  const groups = new Map<EntityKey, Observation[]>();
  for (const each of observations)
    for (const object of new Set([each.entity, ...each.members])) {
      const group = groups.get(object);
      if (group) group.push(each);
      else groups.set(object, [each]);
    }
  return groups;
}

function groupBy<Value>(values: readonly Value[], keyOf: (value: Value) => string): ReadonlyMap<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}
