import { findingRank } from '../findings/order.ts';
import type { Severity } from '../theme.ts';
import { causesOf, type Edge } from './causes.ts';
import type { EntityGraph } from './entity-graph.ts';
import { expected, NOTHING_EXPECTED, type Expected, type Unreadable } from './expectations.ts';
import type { InfluenceTable } from './influence.ts';
import { byEntity, type Expectation, type Looked, type Observation } from './observation.ts';
import { rootsOf } from './roots.ts';
import { silentRoots } from './silent-roots.ts';
import { byOnset, bySeverity, rootWeight, SEVERITY_WEIGHT, worstOf } from './weight.ts';

/**
 * `measured`: the root itself was measured broken; `inferred`: it stands out by what depends on it; `guessed`: no row of the table
 * leads anywhere.
 */
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
  /** Present for a root without a finding: why it could not be read. */
  readonly unread?: string;
  readonly explained: readonly Explained[];
  /** Of the root and all that it explains. */
  readonly severity: Severity;
  /** What the root should have brought about, was read, and is in order. */
  readonly expectedButClear: readonly Expectation[];
  /** What it should have brought about and could not be read. */
  readonly unreadable: readonly Unreadable[];
  /** Root of another incident that would explain some of the same. */
  readonly runnerUp: string | undefined;
  /** Reading that would decide between the two: an effect of one of them that could not be read. */
  readonly decidedBy: Unreadable | undefined;
  readonly confidence: Confidence;
  readonly score: number;
}

/**
 * Incidents of one moment, culprit first. Findings are linked cause to effect where the influence table has a row for their
 * rules and the entities depend on each other; roots are the findings that nothing explains, of findings that explain each other
 * the heaviest, and entities that could not be read where several findings depend on them. Each other finding is folded below the
 * root that explains it best. Without `looked` nothing is held against a cause, and no root is silent.
 */
export function explain(
  observations: readonly Observation[],
  graph: EntityGraph,
  table: InfluenceTable,
  looked?: Looked,
): readonly Incident[] {
  const at = byEntity(observations);
  const expectations = new Map(
    observations.map((each) => [each.key, looked ? expected(each, at, graph, table, looked) : NOTHING_EXPECTED]),
  );
  const measured = observations.flatMap((effect) => causesOf(effect, at, graph, table, expectations));
  const silent = looked ? silentRoots(rootsOf(observations, measured), at, graph, table, looked) : [];
  const unread = new Map(silent.map(({ observation, why }) => [observation.key, why]));
  const edges = [...measured, ...silent.flatMap((root) => root.edges)];
  const roots = rootsOf([...observations, ...silent.map(({ observation }) => observation)], edges);
  const { folded, runnersUp } = fold(roots, edges);

  return roots
    .map((root): Incident => {
      const explained = (folded.get(root.key) ?? []).toSorted(byWeight);
      const { clear, unreadable } = expectations.get(root.key) ?? NOTHING_EXPECTED;
      const runnerUp = runnersUp.get(root.key);
      const why = unread.get(root.key);
      return {
        root,
        ...(why !== undefined && { unread: why }),
        explained,
        severity: worstOf([root, ...explained.map(({ observation }) => observation)]),
        expectedButClear: clear,
        unreadable,
        runnerUp,
        decidedBy: runnerUp === undefined ? undefined : (unreadable[0] ?? firstUnreadable(expectations.get(runnerUp))),
        confidence: confidenceOf(root, explained),
        score: rootWeight(root) + weightOf(explained),
      };
    })
    .toSorted(byRank);
}

const firstUnreadable = (expectation: Expected | undefined): Unreadable | undefined => expectation?.unreadable[0];

function confidenceOf({ role }: Observation, explained: readonly Explained[]): Confidence {
  if (role === 'cause') return 'measured';
  return explained.length > 0 || role === 'pressure' ? 'inferred' : 'guessed';
}

/** Each finding below the root that explains it best, of two the heavier; and for each root another that explains some of the same. */
function fold(
  roots: readonly Observation[],
  edges: readonly Edge[],
): { readonly folded: ReadonlyMap<string, readonly Explained[]>; readonly runnersUp: ReadonlyMap<string, string> } {
  const out = Map.groupBy(edges, ({ from }) => from.key);
  const reaches = new Map(roots.map((root) => [root, reach(root, out)]));
  const score = (root: Observation) => rootWeight(root) + weightOf(reaches.get(root)?.values() ?? []);
  const order = roots.toSorted((a, b) => Number(a.past) - Number(b.past) || score(b) - score(a) || byOnset(a, b));
  const owner = new Map<string, { readonly root: string; readonly explained: Explained }>();
  const runnersUp = new Map<string, string>();
  for (const root of order)
    for (const explained of reaches.get(root)?.values() ?? []) {
      const { key } = explained.observation;
      const held = owner.get(key);
      if (!held || explained.probability > held.explained.probability) {
        if (held) runnersUp.set(root.key, held.root);
        owner.set(key, { root: root.key, explained });
      } else if (!runnersUp.has(held.root)) runnersUp.set(held.root, root.key);
    }
  const folded = Map.groupBy(owner.values(), ({ root }) => root);
  return {
    folded: new Map([...folded].map(([root, all]) => [root, all.map(({ explained }) => explained)])),
    runnersUp,
  };
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

const weightOf = (explained: Iterable<Explained>): number =>
  [...explained].reduce(
    (sum, { observation, probability }) => sum + probability * SEVERITY_WEIGHT[observation.severity],
    0,
  );

const rankOf = (incident: Incident): number =>
  findingRank({
    severity: incident.severity,
    ...(incident.root.past && { past: { ageSeconds: undefined } }),
    lastSecondsAgo: lastSecondsAgo(incident),
  });

/** Age of the newest event of the findings that have the severity of an incident; 0 where one of them is measured now. */
const lastSecondsAgo = ({ severity, root, explained }: Incident): number =>
  Math.min(
    ...[root, ...explained.map(({ observation }) => observation)]
      .filter((one) => one.severity === severity && !one.past)
      .map((one) => one.lastSecondsAgo ?? 0),
  );

/** As findings rank (present CRIT and WARN, of which events of minutes ago come last, past events, INFO), then by weight and onset. */
const byRank = (a: Incident, b: Incident): number =>
  rankOf(a) - rankOf(b) || b.score - a.score || byOnset(a.root, b.root);

const byWeight = (a: Explained, b: Explained): number =>
  bySeverity(a.observation, b.observation) || b.probability - a.probability || byOnset(a.observation, b.observation);
