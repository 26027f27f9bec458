import { findingKey } from '../findings/finding-key.ts';
import type { Judged } from '../findings/judge.ts';
import type { StandingFinding } from './session.ts';

/** Limit of the time that a finding stays after its rule first was silent. */
const GRACE_MS = 3000;
/** Readings in which a rule must be silent: a join of two sources may miss an object between their readings. */
const SILENT_READINGS = 2;

interface Standing {
  finding: StandingFinding;
  /** Readings in which the rule was silent since the finding was seen. */
  silent: number;
  /** First time that the rule was silent since then. */
  silentMs: number | undefined;
  /** Newest reading that counts already. */
  readMs: number;
}

export interface Update {
  /** Findings that begin. */
  readonly begun: readonly StandingFinding[];
  readonly isChanged: boolean;
}

/** Findings that stand. One ends with its reading: when its rule is silent in two readings of its sources, or some seconds after the first. */
export class StandingFindings {
  readonly #standing = new Map<string, Standing>();

  /** Takes what all rules find at a time. `readMs`: time of the newest reading of the sources of a rule; `startMs`: start of a new finding. */
  update(
    judged: readonly Judged[],
    nowMs: number,
    readMs: (rule: string) => number,
    startMs: (finding: Judged) => number,
  ): Update {
    const begun: StandingFinding[] = [];
    let isChanged = false;
    const seen = new Set<string>();
    for (const one of judged) {
      const key = findingKey(one);
      const before = this.#standing.get(key)?.finding;
      const begins = before === undefined || (before.past !== undefined && one.past === undefined);
      const newest = readMs(one.rule);
      const sinceMs = begins ? startMs(one) : before.sinceMs;
      const finding = { ...one, key, sinceMs, seenMs: nowMs, readMs: newest };
      if (begins) begun.push(finding);
      isChanged ||= begins || before.sentence !== one.sentence || before.severity !== one.severity;
      this.#standing.set(key, { finding, silent: 0, silentMs: undefined, readMs: newest });
      seen.add(key);
    }
    for (const [key, standing] of this.#standing) {
      if (seen.has(key)) continue;
      const newest = readMs(standing.finding.rule);
      if (newest > standing.readMs) standing.silent++;
      standing.readMs = newest;
      standing.silentMs ??= nowMs;
      if (standing.silent >= SILENT_READINGS || nowMs - standing.silentMs >= GRACE_MS)
        isChanged = this.#standing.delete(key);
    }
    return { begun, isChanged };
  }

  all(): readonly StandingFinding[] {
    return [...this.#standing.values()].map(({ finding }) => finding);
  }

  clear(): void {
    this.#standing.clear();
  }
}

/** Time of the newest reading of the sources that each rule needs. */
export const newestReading = (
  rules: readonly { readonly id: string; readonly needs: Readonly<Record<string, { readonly id: string }>> }[],
  wallMsOf: (source: string) => number | undefined,
): ((rule: string) => number) => {
  const needs = new Map(rules.map(({ id, needs: sources }) => [id, Object.values(sources).map((one) => one.id)]));
  return (rule) => Math.max(0, ...(needs.get(rule) ?? []).map((source) => wallMsOf(source) ?? 0));
};
