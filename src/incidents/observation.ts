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
  /** ms since 1970 by a clock that ran before the session (kernel log, start of a process, event time); else undefined. */
  readonly onsetMs: number | undefined;
}

/** Whether a rule read an entity and found it in order, or could not read it. */
export type Looked = (rule: string, entity: EntityKey) => 'clear' | 'unread';
