import type { Session, StandingFinding } from '../../collect/session.ts';
import type { LinkState } from '../../host/host.ts';
import type { Explainer } from '../../incidents/explainer.ts';
import { clock } from '../../sources/network/clock.ts';
import { identity } from '../../sources/machine/identity.ts';
import { momentSinceStart } from '../../timeline/since-start.ts';
import { factNeeds, HostFacts, type Interner } from '../facts.ts';
import { figureNeeds, figuresAt } from '../figures.ts';
import type { HostDepth, HostProblem, HostRow, HostState } from '../host-row.ts';

const ownNeeds = { identity, clock };

/** Rows of one host of its session, whatever that reads. */
export class SessionRow {
  readonly #session: Session;
  readonly #explainer: Explainer;
  readonly #facts: HostFacts;
  #problems: { readonly basis: readonly StandingFinding[]; readonly list: readonly HostProblem[] } | undefined;

  constructor(session: Session, explainer: Explainer, intern: Interner) {
    this.#session = session;
    this.#explainer = explainer;
    this.#facts = new HostFacts(intern);
  }

  at(name: string, depth: HostDepth, sinceMs: number, presentMs: number): HostRow {
    const { timeline, replay } = this.#session;
    const nowMs = replay?.positionMs() ?? presentMs;
    const { identity: host, clock: time } = timeline.moment(ownNeeds, nowMs);
    return {
      name,
      depth,
      ...this.#state(depth, sinceMs),
      problems: timeline.startMs === undefined ? undefined : this.#problemsAt(nowMs),
      figures: figuresAt(momentSinceStart(timeline.moment(figureNeeds, nowMs))),
      facts: this.#facts.at(timeline.moment(factNeeds, nowMs)),
      kernel: host.now?.kernel,
      os: host.now?.os?.replace(/ GNU\/Linux| Linux/, '').replace(/ \(.*\)$/, ''),
      uptimeSeconds: host.now?.uptimeSeconds,
      aheadSeconds: time.now?.aheadSeconds,
      bootId: host.now?.bootId,
      machineId: host.now?.machineId,
    };
  }

  #state(depth: HostDepth, sinceMs: number): { state: HostState; why?: string; sinceMs: number } {
    return depth === 'record' ? { state: 'recorded', sinceMs } : stateOfLink(this.#session.status().link, sinceMs);
  }

  #problemsAt(nowMs: number): readonly HostProblem[] {
    const findings = this.#session.findings();
    const known = this.#problems;
    if (known?.basis.length === findings.length && findings.every((one, i) => one === known.basis[i]))
      return known.list;
    const { timeline } = this.#session;
    const rows = this.#explainer.rows(findings, (needs) => timeline.moment(needs, nowMs), nowMs);
    const list = rows.flatMap(
      ({ incident: { severity }, root }): HostProblem[] =>
      severity === 'info'
        ? []
        : [{ severity, rule: root.rule, condition: root.condition, subject: root.subject, sentence: root.sentence, isPast: root.past !== undefined }], // prettier-ignore
    );
    this.#problems = { basis: findings, list };
    return list;
  }
}

function stateOfLink(link: LinkState, sinceMs: number): { state: HostState; why?: string; sinceMs: number } {
  if (link.state === 'live') return { state: 'live', sinceMs };
  if (link.state === 'closed') return { state: 'failed', why: link.detail, sinceMs };
  return { state: link.state, why: link.detail, sinceMs: link.sinceMs };
}
