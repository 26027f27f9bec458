import { redactVersion } from '../lib/plain.ts';
import type { Session } from '../collect/session.ts';
import type { AnyPane, Presence, Section, Tile } from '../panes/pane.ts';
import type { AnySource } from '../sources/source.ts';
import { paneAt } from '../ui/kit/pane-at.ts';

/** Result of a pane's functions, cached until one of its samples changes. */
export interface PaneResult {
  readonly presence: Presence;
  readonly sections: readonly Section[];
  readonly tile: Tile | undefined;
  readonly glances: readonly Section[];
}

export const sourcesOf = (pane: AnyPane): readonly AnySource[] => Object.values<AnySource>(pane.needs);

/** Cache of panes' models at the timeline's cursor; a model is rebuilt when one of its samples changes. */
export class PaneModels {
  readonly #session: Session;
  readonly #known = new Map<string, { readonly basis: readonly unknown[]; readonly result: PaneResult }>();

  constructor(session: Session) {
    this.#session = session;
  }

  /** Result of a pane; throws its errors. */
  of(pane: AnyPane, nowMs: number): PaneResult {
    const { timeline } = this.#session;
    const basis = [timeline.cursorMs, redactVersion(), ...sourcesOf(pane).map(({ id }) => timeline.latest(id))];
    const known = this.#known.get(pane.id);
    // While paused new samples change nothing.
    const same =
      timeline.cursorMs === undefined
        ? known?.basis.every((part, i) => part === basis[i])
        : known?.basis[0] === basis[0] && known?.basis[1] === basis[1];
    if (known && same) return known.result;
    const { model, sections } = paneAt(pane, timeline.moment(pane.needs, nowMs));
    const presence = pane.presence(model);
    const result = {
      presence,
      sections: sections(),
      tile: presence === 'present' ? pane.tile(model) : undefined,
      glances: presence === 'present' ? (pane.glances?.(model) ?? []) : [],
    };
    this.#known.set(pane.id, { basis, result });
    return result;
  }

  /** Age of the pane's newest sample at the cursor. */
  ageMs(pane: AnyPane, nowMs: number): number | undefined {
    return ageMs(this.#session, sourcesOf(pane), nowMs);
  }
}

/** Age of the newest sample of some sources, by the engineer's clock. */
export function ageMs(session: Session, sources: readonly AnySource[], nowMs: number): number | undefined {
  let newest: number | undefined;
  for (const { id, everySeconds } of sources) {
    if (everySeconds === 'once') continue;
    const wallMs = session.timeline.latest(id)?.wallMs;
    if (wallMs !== undefined && (newest === undefined || wallMs > newest)) newest = wallMs;
  }
  return newest === undefined ? undefined : Math.max(0, nowMs - newest);
}

/** Age from which a pane is stale: three periods of its fastest source, as stretched now. */
export function staleAfterMs(session: Session, sources: readonly AnySource[]): number {
  const ids = new Set(sources.filter(({ everySeconds }) => everySeconds !== 'once').map(({ id }) => id));
  const periods = session
    .status()
    .sources.filter(({ id }) => ids.has(id))
    .map(({ periodSeconds }) => periodSeconds);
  return Math.max(5000, 3000 * Math.min(...periods, Infinity) || 0);
}
