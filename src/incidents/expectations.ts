import type { EntityGraph } from './entity-graph.ts';
import { isOf, type Influence, type InfluenceTable } from './influence.ts';
import type { ByEntity, Expectation, Looked, Observation } from './observation.ts';
import { DEPTH } from './causes.ts';

/** Dependents of one cause that are asked for effects: enough for a share. */
const EXPECTED = 64;

/** Effect that could not be read. */
export interface Unreadable extends Expectation {
  readonly why: string;
}

/** What a finding should have brought about for certain. */
export interface Expected {
  /** Read and in order. */
  readonly clear: readonly Expectation[];
  /** Not readable, with the reason. */
  readonly unreadable: readonly Unreadable[];
  /** Share of expected and readable effects that are there, by row. */
  readonly share: ReadonlyMap<Influence, number>;
}
export const NOTHING_EXPECTED: Expected = { clear: [], unreadable: [], share: new Map() };

/** Effects of a finding by the rows that are certain: there, read and in order, or not readable. */
export function expected(
  cause: Observation,
  at: ByEntity,
  graph: EntityGraph,
  table: InfluenceTable,
  looked: Looked,
): Expected {
  const rows = table.of(cause).filter(({ likelihood }) => likelihood === 'always');
  if (rows.length === 0) return NOTHING_EXPECTED;
  const clear: Expectation[] = [];
  const unreadable: Unreadable[] = [];
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
      else {
        const look = looked(row.effect, entity);
        if (look.state === 'clear') {
          inOrder++;
          clear.push({ rule: row.effect, entity });
        } else if (look.state === 'unreadable') unreadable.push({ rule: row.effect, entity, why: look.why });
      }
    }
    if (there + inOrder > 0) share.set(row, there / (there + inOrder));
  }
  return { clear, unreadable, share };
}
