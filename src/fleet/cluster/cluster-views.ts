import type { Severity } from '../../theme.ts';
import { isRead, type HostRow } from '../host-row.ts';
import type { ClusterKind, ClusterReading } from './clusters.ts';

/** Figure of a cluster on which its hosts do not agree. */
export interface Contradiction {
  readonly what: string;
  /** Values with the hosts that have them, the one of most hosts first. */
  readonly values: readonly { readonly value: string; readonly hosts: readonly string[] }[];
}

/** A cluster, once for the fleet. */
export interface ClusterView {
  readonly kind: ClusterKind;
  /** Undefined where no host has read it. */
  readonly id: string | undefined;
  readonly severity: Severity | undefined;
  readonly state: string | undefined;
  readonly summary: string;
  /** Hosts of the fleet that belong to it or read it. */
  readonly hosts: readonly string[];
  /** Host whose reading `state` and `summary` are. */
  readonly readFrom: string;
  readonly contradictions: readonly Contradiction[];
}

interface HostReading {
  readonly host: string;
  readonly reading: ClusterReading;
}

const RANK: Readonly<Record<Severity, number>> = { crit: 3, warn: 2, info: 1 };
const rank = ({ reading: { severity } }: HostReading): number => (severity === undefined ? 0 : RANK[severity]);

/** Clusters of the hosts that are read, each once: by kind and id; a reading without an id is of the only one of its kind. */
export function clusterViews(hosts: readonly HostRow[]): readonly ClusterView[] {
  const all = hosts
    .filter(isRead)
    .flatMap(({ name, clusters = [] }) => clusters.map((reading): HostReading => ({ host: name, reading })));
  const byKind = Map.groupBy(all, ({ reading }) => reading.kind);
  return [...byKind].flatMap(([kind, readings]) => {
    const idOf = ids(readings);
    const groups = Map.groupBy(readings, ({ reading }) => idOf(reading));
    return [...groups].flatMap(([id, group]) => viewOf(kind, id, group));
  });
}

/** Id of a reading: its own, or that of the only cluster of the kind in the fleet. */
function ids(readings: readonly HostReading[]): (reading: ClusterReading) => string | undefined {
  const known = new Set(readings.flatMap(({ reading: { id } }) => id ?? []));
  const [only] = known;
  return ({ id }) => id ?? (known.size === 1 ? only : undefined);
}

/** Ids of clusters by host and kind: objects of a cluster have the same names in another one. */
export function clusterIds(hosts: readonly HostRow[]): (host: string, kind: ClusterKind) => string | undefined {
  const found = new Map<string, string>();
  for (const { kind, id, hosts: names } of clusterViews(hosts))
    if (id !== undefined) for (const name of names) found.set(`${kind} ${name}`, id);
  return (host, kind) => found.get(`${kind} ${host}`);
}

function viewOf(kind: ClusterKind, id: string | undefined, readings: readonly HostReading[]): readonly ClusterView[] {
  // The worst state is shown: a host that is cut off has an old one, which the contradictions name.
  const chosen = readings
    .filter(({ reading: { state } }) => state !== undefined)
    .toSorted((a, b) => rank(b) - rank(a) || Object.keys(b.reading.facts).length - Object.keys(a.reading.facts).length)[0];
  const from = chosen ?? readings[0];
  if (!from) return [];
  return [{
    kind,
    id,
    severity: from.reading.severity,
    state: from.reading.state,
    summary: from.reading.summary,
    hosts: [...new Set(readings.map(({ host }) => host))],
    readFrom: from.host,
    contradictions: contradictionsOf(readings),
  }];
} // prettier-ignore

function contradictionsOf(readings: readonly HostReading[]): readonly Contradiction[] {
  const names = new Set(readings.flatMap(({ reading }) => Object.keys(reading.facts)));
  return [...names].flatMap((what): Contradiction[] => {
    const withFact = readings.filter(({ reading }) => reading.facts[what] !== undefined);
    const values = Map.groupBy(withFact, ({ reading }) => reading.facts[what] ?? '');
    if (values.size < 2) return [];
    return [
      {
        what,
        values: [...values]
          .map(([value, group]) => ({ value, hosts: group.map(({ host }) => host) }))
          .toSorted((a, b) => b.hosts.length - a.hosts.length),
      },
    ];
  });
}
