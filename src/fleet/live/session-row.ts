import type { Session, StandingFinding } from '../../collect/session.ts';
import type { LinkState } from '../../host/host.ts';
import type { Explainer } from '../../incidents/explainer.ts';
import { clock } from '../../sources/network/clock.ts';
import { identity } from '../../sources/machine/identity.ts';
import { clustersAt, clusterNeeds } from '../cluster/clusters.ts';
import type { HostSlice } from '../cluster/host-slice.ts';
import { tieNeeds, tiesAt } from '../cluster/host-ties.ts';
import { momentSinceStart } from '../../timeline/since-start.ts';
import { factNeeds, HostFacts, type Interner } from '../facts.ts';
import { figureNeeds, figuresAt } from '../figures.ts';
import type { Moment } from '../../timeline/moment.ts';
import type { Needs } from '../../timeline/moment.ts';
import { sliceOf } from './session-slice.ts';
import type { HostDepth, HostProblem, HostRow, HostState } from '../host-row.ts';

const ownNeeds = { identity, clock };

/** Rows of one host of its session, whatever that reads. */
export class SessionRow {
  readonly #session: Session;
  readonly #explainer: Explainer;
  readonly #facts: HostFacts;
  #problems: { readonly basis: readonly StandingFinding[]; readonly list: readonly HostProblem[]; readonly slice: HostSlice } | undefined; // prettier-ignore
  readonly #ties = new Remade(tiesAt);
  readonly #clusters = new Remade(clustersAt);

  constructor(session: Session, explainer: Explainer, intern: Interner) {
    this.#session = session;
    this.#explainer = explainer;
    this.#facts = new HostFacts(intern);
  }

  at(name: string, depth: HostDepth, sinceMs: number, presentMs: number): HostRow {
    const { timeline, replay } = this.#session;
    const nowMs = replay?.positionMs() ?? presentMs;
    const { identity: host, clock: time } = timeline.moment(ownNeeds, nowMs);
    const { aheadSeconds, roundTripSeconds } = time.now ?? {};
    const judged = timeline.startMs === undefined ? undefined : this.#judgedAt(nowMs);
    return {
      name,
      depth,
      ...this.#state(depth, sinceMs),
      problems: judged?.list,
      slice: judged?.slice,
      ties: this.#ties.of(timeline.moment(tieNeeds, nowMs)),
      clusters: this.#clusters.of(timeline.moment(clusterNeeds, nowMs)),
      figures: figuresAt(momentSinceStart(timeline.moment(figureNeeds, nowMs))),
      facts: this.#facts.at(timeline.moment(factNeeds, nowMs)),
      kernel: host.now?.kernel,
      os: host.now?.os?.replace(/ GNU\/Linux| Linux/, '').replace(/ \(.*\)$/, ''),
      uptimeSeconds: host.now?.uptimeSeconds,
      aheadSeconds,
      clockErrorSeconds: roundTripSeconds === undefined ? undefined : roundTripSeconds / 2,
      bootId: host.now?.bootId,
      machineId: host.now?.machineId,
    };
  }

  #state(depth: HostDepth, sinceMs: number): { state: HostState; why?: string; sinceMs: number } {
    return depth === 'record' ? { state: 'recorded', sinceMs } : stateOfLink(this.#session.status().link, sinceMs);
  }

  #judgedAt(nowMs: number): { readonly list: readonly HostProblem[]; readonly slice: HostSlice } {
    const findings = this.#session.findings();
    const known = this.#problems;
    if (known?.basis.length === findings.length && findings.every((one, i) => one === known.basis[i])) return known;
    const { timeline } = this.#session;
    const momentOf = <N extends Needs>(needs: N): Moment<N> => timeline.moment(needs, nowMs);
    const list = this.#explainer.rows(findings, momentOf, nowMs).flatMap(
      ({ incident: { severity }, root }): HostProblem[] =>
      severity === 'info'
        ? []
        : [{ severity, rule: root.rule, condition: root.condition, subject: root.subject, sentence: root.sentence, isPast: root.past !== undefined }], // prettier-ignore
    );
    const slice = sliceOf(findings, this.#explainer.graph(momentOf), nowMs);
    this.#problems = { basis: findings, list, slice };
    return this.#problems;
  }
}

/** Value of a moment, made again after a new sample of one of its sources. */
class Remade<N extends Needs, Value> {
  readonly #make: (moment: Moment<N>) => Value;
  #known: { readonly basis: readonly unknown[]; readonly value: Value } | undefined;

  constructor(make: (moment: Moment<N>) => Value) {
    this.#make = make;
  }

  of(moment: Moment<N>): Value {
    const basis = Object.values<{ readonly now: unknown }>(moment).map(({ now }) => now);
    const known = this.#known;
    if (known && basis.every((sample, i) => sample === known.basis[i])) return known.value;
    this.#known = { basis, value: this.#make(moment) };
    return this.#known.value;
  }
}

function stateOfLink(link: LinkState, sinceMs: number): { state: HostState; why?: string; sinceMs: number } {
  if (link.state === 'live') return { state: 'live', sinceMs };
  if (link.state === 'closed') return { state: 'failed', why: link.detail, sinceMs };
  return { state: link.state, why: link.detail, sinceMs: link.sinceMs };
}
