import { findingKey, isKeyOf } from '../findings/finding-key.ts';
import type { AnyFinding } from '../findings/finding.ts';
import { judge } from '../findings/judge.ts';
import type { Timeline } from '../timeline/timeline.ts';
import type { Mark, StandingFinding } from './session.ts';

/** Findings at a time in the history, evaluated once per time. */
export class FindingsAt {
  readonly #timeline: Timeline;
  readonly #rules: readonly AnyFinding[];
  #at: number | undefined;
  #found: readonly StandingFinding[] = [];

  constructor(timeline: Timeline, rules: readonly AnyFinding[]) {
    this.#timeline = timeline;
    this.#rules = rules;
  }

  /** Findings at a time. `marks` hold their start; a finding without a mark starts at the time itself. */
  at(cursorMs: number, marks: readonly Mark[]): readonly StandingFinding[] {
    if (this.#at === cursorMs) return this.#found;
    this.#at = cursorMs;
    this.#found = judge(this.#rules, (needs) => this.#timeline.moment(needs, cursorMs)).map(({ rule, ...found }) => ({
      ...found,
      rule,
      key: findingKey({ rule, ...found }),
      sinceMs:
        marks.findLast(({ key, wallMs }) => key !== undefined && isKeyOf(key, { rule, ...found }) && wallMs <= cursorMs)
          ?.wallMs ?? cursorMs,
      seenMs: cursorMs,
    }));
    return this.#found;
  }
}
