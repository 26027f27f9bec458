import { entityOf, entityText } from '../../findings/entity-ref.ts';
import { EntityGraph, type EntityKey } from '../../incidents/entity-graph.ts';
import { explain, type Confidence, type Incident } from '../../incidents/explain.ts';
import { span } from '../../lib/units.ts';
import { limits } from '../../thresholds.ts';
import type { Severity } from '../../theme.ts';
import { isRead, isUnreachable, type HostRow } from '../host-row.ts';
import { certainOffset, clockOffsets } from './clock-offsets.ts';
import { fleetDependencies, fleetNames, hostRef, type FleetNames } from './fleet-graph.ts';
import { CLOCK_OFFSET, fleetInfluences, UNREACHABLE } from './fleet-influences.ts';
import type { SliceFinding } from './host-slice.ts';

/** Finding that follows from the culprit, on the host that has it. */
export interface ClusterVictim {
  readonly host: string;
  readonly rule: string;
  readonly condition: string | undefined;
  readonly severity: Severity;
  readonly subject: string;
  readonly sentence: string;
  readonly because: string;
}

/** Incident that spans hosts: one culprit, and what follows from it on others. */
export interface ClusterIncident {
  readonly key: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly host: string;
  readonly rule: string;
  readonly condition: string | undefined;
  readonly subject: string;
  readonly sentence: string;
  /** Worst first. */
  readonly victims: readonly ClusterVictim[];
}

/** Finding with its host. */
interface HostFinding extends SliceFinding {
  readonly host: string;
}

/** Incidents that span hosts, worst first. A finding that its own host explains is in none. */
export function clusterIncidents(hosts: readonly HostRow[]): readonly ClusterIncident[] {
  const names = fleetNames(hosts);
  const findings = [...unreachableHosts(hosts), ...wrongClocks(hosts), ...hosts.filter(isRead).flatMap((host) => inFleet(host, names))]; // prettier-ignore
  if (findings.length < 2) return [];
  const byKey = new Map(findings.map((one) => [one.key, one]));
  const graph = new EntityGraph(fleetDependencies(hosts, names));
  return explain(findings, graph, fleetInfluences).flatMap((incident) => spanning(incident, byKey));
}

/** Findings of a host in the names of the fleet. */
function inFleet({ name, slice }: HostRow, names: FleetNames): readonly HostFinding[] {
  const renamed = (key: EntityKey): EntityKey => {
    const entity = entityOf(key);
    return entity ? entityText(names(name, entity)) : key;
  };
  return (slice?.findings ?? []).map((finding) => ({
    ...finding,
    host: name,
    key: `${name} ${finding.key}`,
    entity: renamed(finding.entity),
    members: finding.members.map(renamed),
  }));
}

/** What the fleet itself measured of a host. */
const ofHost = (host: string, rule: string, severity: Severity, sentence: string): HostFinding => ({
  key: `${host} ${rule}`,
  host,
  rule,
  entity: entityText(hostRef(host)),
  condition: undefined,
  members: [],
  severity,
  role: 'cause',
  past: false,
  onsetMs: undefined,
  subject: host,
  sentence,
});

const unreachableHosts = (hosts: readonly HostRow[]): readonly HostFinding[] =>
  hosts
    .filter(isUnreachable)
    .map(({ name, state, why = 'no reason known' }) => ofHost(name, UNREACHABLE, 'crit', `${state}: ${why}`));

function wrongClocks(hosts: readonly HostRow[]): readonly HostFinding[] {
  return clockOffsets(hosts)
    .filter((one) => certainOffset(one) > limits.clockOffsetSeconds.warn)
    .map(({ host, offsetSeconds, errorSeconds }) =>
      ofHost(host, CLOCK_OFFSET, 'warn', `clock ${offsetText(offsetSeconds, errorSeconds)} against the other hosts`),
    );
}

/** `+1.2s ±4ms` */
export const offsetText = (offsetSeconds: number, errorSeconds: number): string =>
  `${offsetSeconds < 0 ? '−' : '+'}${secondsText(Math.abs(offsetSeconds))} ±${secondsText(errorSeconds)}`;
const secondsText = (seconds: number): string => (seconds < 1 ? `${Math.round(seconds * 1000)}ms` : span(seconds));

/** An incident whose root and victims are on more than one host. */
function spanning({ root, explained, severity, confidence }: Incident, byKey: ReadonlyMap<string, HostFinding>): readonly ClusterIncident[] {
  const culprit = byKey.get(root.key);
  if (!culprit || culprit.past) return [];
  const victims = explained.flatMap(({ observation, because }): ClusterVictim[] => {
    const finding = byKey.get(observation.key);
    if (!finding) return [];
    const { host, rule, condition, severity: of, subject, sentence } = finding;
    return [{ host, rule, condition, severity: of, subject, sentence, because }];
  });
  if (!victims.some(({ host }) => host !== culprit.host)) return [];
  const { key, host, rule, condition, subject, sentence } = culprit;
  return [{ key, severity, confidence, host, rule, condition, subject, sentence, victims }];
} // prettier-ignore
