import type { Moment, Needs } from '../timeline/moment.ts';
import type { Severity } from '../theme.ts';
import type { EntityRef } from './entity-ref.ts';

/** Found is what a rule reports about an object at a moment. */
export interface Found {
  readonly severity: Severity;
  /** The object; of several objects their stable owner (host, node, cluster). With the rule's id it is the finding's key. */
  readonly entity: EntityRef;
  /** Condition, of a rule that reports several about one object: a part of the key, without spaces. */
  readonly condition?: string;
  /** Objects of a finding that covers several, worst first. */
  readonly members?: readonly EntityRef[];
  /** Displayed name of the object: `node2`, `nvme3n1`. It may change while the finding stands. */
  readonly subject: string;
  /** Present where the subject is a fixed word (`run queue`, `node0`) and no name: redaction leaves it as it is. */
  readonly subjectVocabulary?: 'fixed';
  /** One sentence with the figures in it. */
  readonly sentence: string;
  /** Each with where it was read. */
  readonly evidence: readonly { readonly what: string; readonly value: string; readonly source: string }[];
  /** Next step: an imperative with a key, a pane or a command. */
  readonly next: string;
  /** Pane that `f` leads to. */
  readonly pane?: string;
  /** Role of a rule of the config file. Default: that of incidents/roles.ts. */
  readonly role?: 'cause' | 'pressure' | 'symptom';
  /** Start of the fault by a clock that ran before the session; else it has stood at least as long as it was observed. */
  readonly onset?: Onset;
  /** Present for an event that is over, absent for a fault that is there now: past events rank below present faults. */
  readonly past?: PastEvent;
  /** Age of the last event, at the moment of judging, of a present finding about events that a log has: it is not measured now. */
  readonly lastSecondsAgo?: number;
}

export interface Onset {
  /** At the moment of judging. */
  readonly secondsAgo: number;
  /** Clock that has it: condition of the API server, time stamp of a database, start of a process. */
  readonly source: string;
}

/** Field of a finding with its onset, or none where the age is unknown. */
export const onsetAgo = (secondsAgo: number | undefined, source: string): { readonly onset?: Onset } =>
  secondsAgo === undefined ? {} : { onset: { secondsAgo, source } };

export interface PastEvent {
  /** At the moment of judging; undefined for events from before the watch began. */
  readonly ageSeconds: number | undefined;
}

/** Finding is one rule: samples in, findings out. Thresholds cite their origin. */
export interface Finding<N extends Needs> {
  readonly id: string;
  readonly title: string;
  readonly needs: N;
  /** Origin of its threshold, in words. */
  readonly authority: string;
  /** Pure. Silent where nothing was read: the pane reports that. */
  readonly judge: (moment: Moment<N>) => readonly Found[];
}

export const defineFinding = <const N extends Needs>(finding: Finding<N>): Finding<N> => finding;

// oxlint-disable-next-line typescript/no-explicit-any -- a list of rules of different needs
export type AnyFinding = Finding<any>;
