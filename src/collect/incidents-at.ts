import type { Explainer } from '../incidents/explainer.ts';
import type { Incident } from '../incidents/explain.ts';
import type { Timeline } from '../timeline/timeline.ts';
import type { StandingFinding } from './session.ts';

/** IncidentsAt explains the findings of a session, once for each change of them and of the timeline's newest samples. */
export class IncidentsAt {
  readonly #explainer: Explainer;
  readonly #timeline: Timeline;
  #basis = '';
  #incidents: readonly Incident[] = [];

  constructor(explainer: Explainer, timeline: Timeline) {
    this.#explainer = explainer;
    this.#timeline = timeline;
  }

  /** Incidents of `findings` as they stood at `atMs`. */
  of(findings: readonly StandingFinding[], atMs: number): readonly Incident[] {
    const basis = `${Math.floor(atMs / 1000)} ${findings.map(({ key, severity, past }) => `${key}${severity}${past ? 'p' : ''}`).join()}`;
    if (basis === this.#basis) return this.#incidents;
    this.#basis = basis;
    this.#incidents = this.#explainer.explain(findings, (needs) => this.#timeline.moment(needs, atMs));
    return this.#incidents;
  }
}
