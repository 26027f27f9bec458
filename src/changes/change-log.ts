import { plain, unredacted } from '../lib/plain.ts';
import { provided, type MomentOf } from '../timeline/provider.ts';
import type { AnyChangeProvider, Change } from './change.ts';

/** Age up to which changes are listed. */
export const CHANGES_MS = 24 * 60 * 60_000;
/** Error of clocks: a change this far in the future is one of now. */
const SKEW_MS = 5000;
/** Changes in a list, newest first. */
const MOST = 1000;

/** ChangeLog lists what was changed in the last day, as far as the samples of a moment have it. */
export class ChangeLog {
  readonly #providers: readonly AnyChangeProvider[];

  constructor(providers: readonly AnyChangeProvider[]) {
    this.#providers = providers;
  }

  /** Changes up to a time, newest first. A provider that throws gives none, the others go on. */
  at(momentOf: MomentOf, nowMs: number): readonly Change[] {
    // Redacted when they are drawn, as findings are.
    const changes = unredacted(() => provided(this.#providers, momentOf));
    return changes
      .filter(({ atMs }) => atMs > nowMs - CHANGES_MS && atMs <= nowMs + SKEW_MS)
      .toSorted((a, b) => b.atMs - a.atMs)
      .slice(0, MOST)
      .map((change) => sanitized(change, nowMs));
  }
}

const sanitized = (change: Change, nowMs: number): Change =>
  unredacted(() => ({
    ...change,
    atMs: Math.min(change.atMs, nowMs),
    ...(change.entity && { entity: { kind: change.entity.kind, id: plain(change.entity.id) } }),
    subject: plain(change.subject),
    sentence: plain(change.sentence),
    ...(change.by !== undefined && { by: plain(change.by) }),
    source: plain(change.source),
  }));
