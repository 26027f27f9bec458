import type { Via } from './dependency.ts';
import type { Edge, EntityGraph, EntityKey } from './entity-graph.ts';

/** An entity beside another: `on`, it is depended on; `dependent`, it depends. */
export interface Neighbour {
  readonly entity: EntityKey;
  readonly direction: 'on' | 'dependent';
  /** First dependency of the one that depends: `plugged-into` for guest, NIC, port. */
  readonly via: Via;
  /** Entities without a row that lie between. */
  readonly through: readonly EntityKey[];
}

/** Dependencies that one step of `f` passes: guest, NIC of the guest, port. */
const DEPTH = 3;

/** Everything depends on these: no way leads through them. */
const HUBS: ReadonlySet<string> = new Set(['resource', 'host']);

/**
 * Neighbours of an entity both ways. One without a row is passed to those beyond it in the same direction, and listed by itself
 * only if it `matters`.
 */
export function neighboursOf(
  graph: EntityGraph,
  entity: EntityKey,
  {
    hasRow,
    matters,
  }: { readonly hasRow: (entity: EntityKey) => boolean; readonly matters: (entity: EntityKey) => boolean },
): readonly Neighbour[] {
  const seen = new Set([entity]);
  const found: Neighbour[] = [];
  for (const direction of ['on', 'dependent'] as const) {
    const edges = (from: EntityKey): readonly Edge[] =>
      direction === 'on' ? graph.causesOf(from) : graph.dependentsOf(from);
    let ends: readonly Neighbour[] = [{ entity, direction, via: 'shares', through: [] }];
    for (let depth = 0; depth < DEPTH && ends.length > 0; depth++) {
      const next: Neighbour[] = [];
      for (const end of ends)
        for (const edge of edges(end.entity)) {
          if (seen.has(edge.entity) || HUBS.has(kindOf(edge.entity))) continue;
          seen.add(edge.entity);
          const via = direction === 'on' && depth > 0 ? end.via : edge.via;
          const through = depth === 0 ? [] : [...end.through, end.entity];
          const neighbour: Neighbour = { entity: edge.entity, direction, via, through };
          const isTarget = hasRow(edge.entity);
          if (isTarget || matters(edge.entity)) found.push(neighbour);
          if (!isTarget) next.push(neighbour);
        }
      ends = next;
    }
  }
  return found;
}

const kindOf = (entity: EntityKey): string => entity.slice(0, entity.indexOf(':'));

const WORDS: Readonly<Record<Via, readonly [on: string, dependent: string]>> = {
  'runs-as': ['runs as', 'runs'],
  'member-of': ['in', 'contains'],
  'stored-on': ['stored on', 'stores'],
  'placed-on': ['placed on', 'hosts'],
  'plugged-into': ['plugged into', 'connects'],
  'forwarded-by': ['forwarded by', 'forwards'],
  'waits-for': ['waits for', 'delays'],
  'served-by': ['served by', 'serves'],
  'connected-to': ['connected to', 'serves'],
  requires: ['requires', 'required by'],
  shares: ['shares', 'shared by'],
};

/** Words before the name of a neighbour: `stored on` sdb, `stores` osd.3. */
export const viaWords = ({ via, direction }: Pick<Neighbour, 'via' | 'direction'>): string =>
  WORDS[via][direction === 'on' ? 0 : 1];
