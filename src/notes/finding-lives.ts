import type { AnyFinding, Found } from '../findings/finding.ts';
import { entityOfKey, ruleOfKey } from '../findings/finding-key.ts';
import { shownStatement } from '../findings/statement.ts';
import type { ReplaySession } from '../recording/replay-session.ts';
import type { TimelineEntry } from './case-notes.ts';

type Wording = Pick<Found, 'severity' | 'subject' | 'sentence'>;

/** Finding from start to end. */
export interface FindingLife {
  readonly key: string;
  readonly sinceMs: number;
  readonly first: Wording;
  last: Wording;
  /** Time of the last wording, at which its evidence is available. */
  sentenceMs: number;
  untilMs: number | undefined;
}

/** Collector of lives from the states of findings, given in the order of time. */
export class FindingLives {
  readonly lives: FindingLife[] = [];
  readonly #active = new Map<string, FindingLife>();

  isActive(key: string): boolean {
    return this.#active.has(key);
  }

  stands(key: string, wording: Wording, t: number): void {
    const life = this.#active.get(key);
    if (life) Object.assign(life, { last: wording, sentenceMs: t });
    else {
      const begun: FindingLife = { key, sinceMs: t, first: wording, last: wording, sentenceMs: t, untilMs: undefined };
      this.lives.push(begun);
      this.#active.set(key, begun);
    }
  }

  ended(key: string, t: number): void {
    const life = this.#active.get(key);
    if (life) life.untilMs = t;
    this.#active.delete(key);
  }

  /** All active findings at a time: others have ended. */
  are(now: ReadonlyMap<string, Wording>, t: number): void {
    for (const key of this.#active.keys()) if (!now.has(key)) this.ended(key, t);
    for (const [key, wording] of now) this.stands(key, wording, t);
  }
}

/** Timeline entries of the start and end of a finding. */
export function lifeEntries({ sinceMs, untilMs, first, last }: FindingLife): readonly TimelineEntry[] {
  const entry = (t: number, kind: TimelineEntry['kind'], { subject, sentence }: Wording) => ({
    at: new Date(t).toISOString(),
    kind,
    text: shownStatement({ subject, sentence }),
  });
  return [
    { ...entry(sinceMs, 'finding', first), severity: first.severity },
    ...(untilMs === undefined ? [] : [entry(untilMs, 'ended', last)]),
  ];
}

/** Limit of the times at which a recording is judged again: each is a seek. */
const MAX_TIMES = 60;

/**
 * Lives with the findings of current rules in place of those that an older version of the same rules recorded, under another key and in
 * other words: both would stand side by side. Judged at the times of the recorded changes.
 */
export async function withCurrentRules(
  recorded: readonly FindingLife[],
  endMs: number,
  rules: readonly AnyFinding[],
  session: ReplaySession,
): Promise<readonly FindingLife[]> {
  const known = new Set(rules.map(({ id }) => id));
  const kept = recorded.filter(({ key }) => entityOfKey(key) !== undefined || !known.has(ruleOfKey(key)));
  if (kept.length === recorded.length) return recorded;
  const keys = new Set(kept.map(({ key }) => key));
  const judged = new FindingLives();
  const changes = recorded.flatMap(({ sinceMs, sentenceMs, untilMs }) => [sinceMs, sentenceMs, untilMs ?? sinceMs]);
  for (const t of spread([...changes, endMs])) {
    await session.seek(t);
    const now = session.findings().filter(({ key }) => !keys.has(key));
    judged.are(new Map(now.map((finding) => [finding.key, finding])), t);
  }
  return [...kept, ...judged.lives];
}

/** Up to MAX_TIMES of these times in their order, the last among them. */
function spread(times: readonly number[]): readonly number[] {
  const all = [...new Set(times)].toSorted((a, b) => a - b);
  const step = Math.max(1, all.length / MAX_TIMES);
  return all.filter((_, i) => i === all.length - 1 || Math.floor(i / step) !== Math.floor((i - 1) / step));
}
