import { findingKey, isKeyOf } from '../findings/finding-key.ts';
import type { AnyFinding } from '../findings/finding.ts';
import { judge } from '../findings/judge.ts';
import type { Timeline } from '../timeline/timeline.ts';
import type { Mark, StandingFinding } from './session.ts';

/** What would have been found at the time where somebody looks back to; judged once for each time. */
export class FindingsAt {
  readonly #timeline: Timeline;
  readonly #rules: readonly AnyFinding[];
  #at: number | undefined;
  #found: readonly StandingFinding[] = [];

  constructor(timeline: Timeline, rules: readonly AnyFinding[]) {
    this.#timeline = timeline;
    this.#rules = rules;
  }

  /** `marks` tell since when; a sentence that has changed since counts from the time itself. */
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
