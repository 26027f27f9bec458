import type { Severity } from '../theme.ts';
import type { ClusterReading } from './cluster/clusters.ts';
import type { HostSlice } from './cluster/host-slice.ts';
import type { HostTies } from './cluster/host-ties.ts';
import type { FigureId } from './figures.ts';

/** State of the connection to a host; `recorded` for a recording or a sosreport. */
export type HostState = 'waiting' | 'connecting' | 'live' | 'stalled' | 'lost' | 'failed' | 'recorded';

/** How much of a host is read: few figures, all of a console in the background, a recording. */
export type HostDepth = 'glance' | 'watch' | 'record';

/** Incident of a host: the root with its rule. */
export interface HostProblem {
  readonly severity: Severity;
  readonly rule: string;
  readonly condition: string | undefined;
  readonly subject: string;
  readonly sentence: string;
  readonly isPast: boolean;
}

/** Host of a fleet at one time: plain data, so that it can be kept, recorded and compared. */
export interface HostRow {
  readonly name: string;
  readonly state: HostState;
  /** Reason of a state without readings. */
  readonly why?: string | undefined;
  /** Start of that state. */
  readonly sinceMs: number;
  readonly depth: HostDepth;
  /** Incidents that are not `info`, worst first; undefined before the first reading. */
  readonly problems: readonly HostProblem[] | undefined;
  readonly figures: Readonly<Partial<Record<FigureId, number>>>;
  /** Facts that hosts may share: `kernel 6.1.0-18-amd64`, `package openssl 3.0.17-1`. */
  readonly facts: readonly string[];
  readonly kernel?: string | undefined;
  readonly os?: string | undefined;
  readonly uptimeSeconds?: number | undefined;
  /** Clock of the host minus that of this program. */
  readonly aheadSeconds?: number | undefined;
  /** Largest error of that: half of the round trip. */
  readonly clockErrorSeconds?: number | undefined;
  readonly bootId?: string | undefined;
  readonly machineId?: string | undefined;
  readonly ties?: HostTies | undefined;
  readonly clusters?: readonly ClusterReading[] | undefined;
  readonly slice?: HostSlice | undefined;
}

/** Marker, or note with a text, of the engineer. */
export interface FleetNote {
  readonly atMs: number;
  /** Host that it is about; undefined: all of them. */
  readonly host: string | undefined;
  /** Empty for a marker. */
  readonly text: string;
}

/** All hosts of a fleet at one time. */
export interface FleetSample {
  readonly hosts: readonly HostRow[];
  /** Markers and notes of the fleet and of its hosts, by time. */
  readonly notes?: readonly FleetNote[] | undefined;
  /** Time of the rows, ms since 1970. */
  readonly atMs: number;
}

/** Whether the newest readings of a host are present ones. */
export const isRead = ({ state }: HostRow): boolean => state === 'live' || state === 'recorded';

/** Whether a host gives no readings, for a reason. */
export const isUnreachable = ({ state }: Pick<HostRow, 'state'>): boolean =>
  state === 'stalled' || state === 'lost' || state === 'failed';

const RANK: Readonly<Record<Severity, number>> = { crit: 3, warn: 2, info: 1 };

/** Worst severity of incidents that are not over. */
export const worstOf = ({ problems = [] }: HostRow): Severity | undefined =>
  problems
    .filter(({ isPast }) => !isPast)
    .map(({ severity }) => severity)
    .toSorted((a, b) => RANK[b] - RANK[a])[0];
