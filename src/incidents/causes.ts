import type { EntityGraph, EntityKey } from './entity-graph.ts';
import type { Expected } from './expectations.ts';
import { PROBABILITY, type Influence, type InfluenceTable } from './influence.ts';
import { objectsOf, type ByEntity, type Observation } from './observation.ts';

/** Step from a cause to one of its effects. */
export interface Edge {
  readonly from: Observation;
  readonly to: Observation;
  readonly row: Influence;
  readonly probability: number;
}

/** Steps between a victim and its cause: guest to process to cgroup to unit to disk. */
export const DEPTH = 4;
/** Probability below which an effect keeps its line: nothing is folded on a guess. */
export const FOLD = 0.3;
/** Clocks of kernel log, daemons and processes differ by this much. */
const CLOCK_SLACK_MS = 5000;

/**
 * Causes of a finding, found from each of its objects upwards. A cause of some of its objects counts by their share, unless all causes
 * together cover all of them.
 */
export function causesOf(
  effect: Observation,
  at: ByEntity,
  graph: EntityGraph,
  table: InfluenceTable,
  expectations: ReadonlyMap<string, Pick<Expected, 'share'>>,
): readonly Edge[] {
  const objects = objectsOf(effect);
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
