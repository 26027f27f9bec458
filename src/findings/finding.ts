import type { Moment, Needs } from '../timeline/moment.ts';
import type { Severity } from '../theme.ts';

/** What a rule says about a host at a moment. */
export interface Found {
  readonly severity: Severity;
  /** What it is about, stable over time: `node2`, `nvme3n1`; with the rule's id it is the finding's key. */
  readonly subject: string;
  /** Present where the subject is a fixed word (`run queue`, `node0`) and no name: redaction leaves it as it is. */
  readonly subjectVocabulary?: 'fixed';
  /** One sentence with the figures in it. */
  readonly sentence: string;
  /** Each with where it was read. */
  readonly evidence: readonly { readonly what: string; readonly value: string; readonly source: string }[];
  /** What to look at next. */
  readonly next: string;
  /** Where `g` leads. */
  readonly pane?: string;
  /** Present for an event that is over, absent for a fault that is there now: past events rank below present faults. */
  readonly past?: PastEvent;
}

export interface PastEvent {
  /** At the moment of judging; undefined for events from before the watch began. */
  readonly ageSeconds: number | undefined;
}

/** One rule: samples in, nothing or findings out. Thresholds cite where they come from. */
export interface Finding<N extends Needs> {
  readonly id: string;
  readonly title: string;
  readonly needs: N;
  /** Where its threshold comes from, in words. */
  readonly authority: string;
  /** Pure. Says nothing where it could not look: unread is reported by the pane, never as well. */
  readonly judge: (moment: Moment<N>) => readonly Found[];
}

export const defineFinding = <const N extends Needs>(finding: Finding<N>): Finding<N> => finding;

// oxlint-disable-next-line typescript/no-explicit-any -- a list of rules of different needs
export type AnyFinding = Finding<any>;
