import { outlierAbove } from '../lib/outlier.ts';
import type { Severity } from '../theme.ts';
import { clusterIncidents, type ClusterIncident } from './cluster/cluster-incidents.ts';
import { clusterViews, type ClusterView } from './cluster/cluster-views.ts';
import { UNREACHABLE } from './cluster/fleet-influences.ts';
import { figureIds, figureOf, type FigureId } from './figures.ts';
import { isRead, isUnreachable, worstOf, type FleetSample, type HostRow } from './host-row.ts';
import { sharedFacts, type SharedFact } from './shared-facts.ts';

/** Least number of hosts with a value of a figure: fewer are no cohort to compare with. */
const LEAST_COHORT = 5;

/** Figure of a host far above that of the others. */
export interface Outlier {
  readonly figure: FigureId;
  readonly value: number;
  /** Of all hosts with a value. */
  readonly median: number;
  readonly cohort: number;
}

/** Problem of one or several hosts: an incident by its rule, or a figure. */
export interface FleetProblem {
  /** Rule and condition, or figure. */
  readonly id: string;
  readonly severity: Severity;
  readonly hosts: readonly string[];
  /** Statement of the host where it is worst. */
  readonly text: string;
  /** What the hosts share and others have not, the least likely by chance first. */
  readonly shared: readonly SharedFact[];
}

/** Names whose hosts are the same kernel or have the same machine id. */
export interface SameIdentity {
  readonly by: 'boot' | 'machine-id';
  readonly hosts: readonly string[];
}

/** Hosts without readings for the same reason, those whose login takes long among them. */
export interface Unreachable {
  readonly state: HostRow['state'];
  readonly why: string;
  readonly hosts: readonly string[];
  readonly sinceMs: number;
}

export interface FleetJudgement {
  /** Incidents that span hosts. */
  readonly incidents: readonly ClusterIncident[];
  readonly clusters: readonly ClusterView[];
  readonly outliers: ReadonlyMap<string, readonly Outlier[]>;
  readonly problems: readonly FleetProblem[];
  readonly unreachable: readonly Unreachable[];
  readonly same: readonly SameIdentity[];
}

/** Part of an incident that spans hosts: it is in no other problem. */
const partOf = ({ host, rule, condition = '' }: Pick<ClusterIncident, 'host' | 'rule' | 'condition'>): string =>
  `${host} ${rule} ${condition}`;

const made = new WeakMap<FleetSample, FleetJudgement>();

/** Comparison of the hosts of a sample, made once. */
export function judgementOf(sample: FleetSample): FleetJudgement {
  const known = made.get(sample);
  if (known) return known;
  const outliers = outliersOf(sample.hosts);
  const incidents = clusterIncidents(sample.hosts);
  const explained = new Set(incidents.flatMap((one) => [one, ...one.victims]).map(partOf));
  const judgement = {
    incidents,
    clusters: clusterViews(sample.hosts),
    outliers,
    problems: problemsOf(sample.hosts, outliers, explained),
    unreachable: unreachableOf(sample, explained),
    same: sameIdentities(sample.hosts),
  };
  made.set(sample, judgement);
  return judgement;
}

/** Figures above the robust limit of the cohort: median + 3.5 robust standard deviations, and a distance that matters. */
function outliersOf(hosts: readonly HostRow[]): ReadonlyMap<string, readonly Outlier[]> {
  const found = new Map<string, Outlier[]>();
  for (const id of figureIds) {
    const known = hosts
      .filter(isRead)
      .flatMap(({ name, figures }) => (figures[id] === undefined ? [] : [{ name, value: figures[id] }]));
    const limits = known.length < LEAST_COHORT ? undefined : outlierAbove(known.map(({ value }) => value));
    if (!limits) continue;
    const { least } = figureOf(id);
    for (const { name, value } of known)
      if (value > limits.limit && value - limits.median >= least)
        found.set(name, [
          ...(found.get(name) ?? []),
          { figure: id, value, median: limits.median, cohort: known.length },
        ]);
  }
  return found;
}

const RANK: Readonly<Record<Severity, number>> = { crit: 0, warn: 1, info: 2 };

function problemsOf(
  hosts: readonly HostRow[],
  outliers: ReadonlyMap<string, readonly Outlier[]>,
  explained: ReadonlySet<string>,
): readonly FleetProblem[] {
  const byId = new Map<string, { severity: Severity; text: string; readonly hosts: Set<string> }>();
  const add = (id: string, host: string, severity: Severity, text: string): void => {
    const known = byId.get(id) ?? { severity, text, hosts: new Set() };
    if (RANK[severity] < RANK[known.severity]) [known.severity, known.text] = [severity, text];
    known.hosts.add(host);
    byId.set(id, known);
  };
  for (const { name, problems = [] } of hosts.filter(isRead))
    for (const { rule, condition, severity, subject, sentence, isPast } of problems)
      if (!isPast && !explained.has(partOf({ host: name, rule, condition })))
        add(condition === undefined ? rule : `${rule}/${condition}`, name, severity, `${subject}: ${sentence}`);
  // An incident of the host explains more than its figure, which the matrix marks anyway.
  const hasIncident = new Set(hosts.filter((host) => worstOf(host) !== undefined).map(({ name }) => name));
  for (const [name, list] of outliers)
    if (!hasIncident.has(name)) for (const one of list) add(`figure/${one.figure}`, name, 'warn', outlierText(one));
  return [...byId]
    .map(([id, one]) => ({ id, ...one, hosts: [...one.hosts], shared: sharedFacts(hosts, one.hosts) }))
    .toSorted((a, b) => RANK[a.severity] - RANK[b.severity] || b.hosts.length - a.hosts.length);
}

/** `AWAIT 412ms, median of 39 hosts 3.0ms`. */
export function outlierText({ figure, value, median, cohort }: Outlier): string {
  const { title, format } = figureOf(figure);
  return `${title} ${format(value)}, median of ${cohort} hosts ${format(median)}`;
}

/** Time that a login may take before it is worth a line. */
const SLOW_LOGIN_MS = 8000;

function unreachableOf({ hosts, atMs }: FleetSample, explained: ReadonlySet<string>): readonly Unreachable[] {
  const silent = hosts.flatMap(({ name, state, sinceMs, why = 'no reason known' }) => {
    if (explained.has(partOf({ host: name, rule: UNREACHABLE, condition: undefined }))) return [];
    if (isUnreachable({ state })) return [{ name, state, sinceMs, why }];
    return state === 'connecting' && atMs - sinceMs > SLOW_LOGIN_MS
      ? [{ name, state, sinceMs, why: 'no login yet' }]
      : [];
  });
  const groups = Map.groupBy(silent, ({ state, why }) => `${state} ${reasonOf(why)}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const { state, why } = first;
    return [
      {
        state,
        why: group.length === 1 ? why : reasonOf(why),
        hosts: group.map(({ name }) => name),
        sinceMs: Math.min(...group.map(({ sinceMs }) => sinceMs)),
      },
    ];
  });
}

/** Reason without the host in it: `ssh: connect to host n7 port 22: Connection refused` → `Connection refused`. */
export const reasonOf = (why: string): string => /^(?:ssh: )?connect to host \S+ port \d+: (.+)$/.exec(why)?.[1] ?? why.replaceAll(/\b(?:host|of|to) \S+ port \d+|(?<=: )\S+ port \d+$/g, 'the host'); // prettier-ignore

function sameIdentities(hosts: readonly HostRow[]): readonly SameIdentity[] {
  const twins = (by: SameIdentity['by'], idOf: (host: HostRow) => string | undefined): SameIdentity[] => {
    const groups = Map.groupBy(hosts, (host) => idOf(host) ?? '');
    groups.delete('');
    return [...groups.values()]
      .filter(({ length }) => length > 1)
      .map((group) => ({ by, hosts: group.map(({ name }) => name) }));
  };
  const sameBoot = twins('boot', ({ bootId }) => bootId);
  const bootOf = new Map(hosts.map(({ name, bootId }) => [name, bootId]));
  // Two names of one host have one machine id anyway.
  const cloned = twins('machine-id', ({ machineId }) => machineId).filter(
    ({ hosts: names }) => new Set(names.map((name) => bootOf.get(name))).size > 1,
  );
  return [...sameBoot, ...cloned];
}
