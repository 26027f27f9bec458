import type { Severity } from '../theme.ts';
import type { EntityKey } from './entity-graph.ts';

/**
 * Role of a finding: `cause`, the thing itself was measured broken (medium error, process gone, ofport -1, limit reached);
 * `pressure`, a shared resource is full; `symptom`, something waits or lacks.
 */
export type Role = 'cause' | 'pressure' | 'symptom';

/** A finding as the explain step sees it. */
export interface Observation {
  readonly key: string;
  readonly rule: string;
  readonly entity: EntityKey;
  /** Part of the key where a rule reports several conditions of one entity: `OSD_DOWN`. */
  readonly condition: string | undefined;
  /** Objects of a finding that covers several; empty for a finding about its entity only. */
  readonly members: readonly EntityKey[];
  readonly severity: Severity;
  readonly role: Role;
  /** Over already; it may still have caused what is there now. */
  readonly past: boolean;
  /** Age of the last event, of a present finding about events; absent where it is measured now. */
  readonly lastSecondsAgo?: number | undefined;
  /** ms since 1970 by a clock that ran before the session (kernel log, start of a process, event time); else undefined. */
  readonly onsetMs: number | undefined;
}

/** Reading behind a rule, for one entity: in order, not readable with the reason, or nothing that reads it. */
export type Look =
  | { readonly state: 'clear' }
  | { readonly state: 'unreadable'; readonly why: string }
  | { readonly state: 'unknown' };

/** Whether a rule read an entity and found it in order. */
export type Looked = (rule: string, entity: EntityKey) => Look;

/** An entity as seen by a rule. */
export interface Expectation {
  readonly rule: string;
  readonly entity: EntityKey;
}

/** Findings by each of their objects. */
export type ByEntity = ReadonlyMap<EntityKey, readonly Observation[]>;

export function byEntity(observations: readonly Observation[]): ByEntity {
  const groups = new Map<EntityKey, Observation[]>();
  for (const each of observations)
    for (const object of new Set([each.entity, ...each.members])) {
      const group = groups.get(object);
      if (group) group.push(each);
      else groups.set(object, [each]);
    }
  return groups;
}

/** Objects that a finding is about: its members, else its entity. */
export const objectsOf = ({ entity, members }: Observation): readonly EntityKey[] =>
  members.length > 0 ? members : [entity];
