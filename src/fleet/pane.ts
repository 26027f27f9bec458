import { entityRef } from '../findings/entity-ref.ts';
import { label, plain } from '../lib/plain.ts';
import { count, duration, NONE, plural } from '../lib/units.ts';
import { definePane, type Column, type Detail, type Section, type TableSection, type Tile } from '../panes/pane.ts';
import type { Role, Severity } from '../theme.ts';
import type { Moment } from '../timeline/moment.ts';
import { nothingWords, ownWords, stateOf, type NothingWords } from '../timeline/reading-state.ts';
import { figureColumn, textColumn, totalColumn } from '../ui/kit/columns.ts';
import { limits } from '../thresholds.ts';
import { certainOffset, clockOffsets, type ClockOffset } from './cluster/clock-offsets.ts';
import { offsetText, type ClusterIncident } from './cluster/cluster-incidents.ts';
import { clusterTable, incidentTable } from './cluster/sections.ts';
import type { ClusterView } from './cluster/cluster-views.ts';
import { figureIds, figureOf } from './figures.ts';
import { fleet } from './fleet-source.ts';
import { foldNames } from '../lib/fold-names.ts';
import { isUnreachable, worstOf, type FleetNote, type HostRow } from './host-row.ts';
import { differencesOf, type Difference } from './differences.ts';
import { differenceTable } from './difference-section.ts';
import { judgementOf, outlierText, reasonOf, type FleetJudgement, type FleetProblem } from './judgement.ts';
import { noteTable } from './note-section.ts';
import type { SharedFact } from './shared-facts.ts';

const needs = { fleet };

/** Row of the matrix: hosts that are alike but for their figures. */
export interface MatrixRow {
  readonly hosts: readonly [HostRow, ...HostRow[]];
  readonly names: string;
  readonly severity: Severity | undefined;
  /** Worst incident or outlier, or the reason of the state. */
  readonly text: string;
  readonly outliers: ReadonlySet<string>;
  /** It is the culprit of an incident that spans hosts. */
  readonly isCulprit: boolean;
  /** Offset of its clock from the median of all hosts, the largest of a folded row. */
  readonly clock: ClockOffset | undefined;
}

interface SharedRow {
  readonly problem: FleetProblem;
  readonly fact: SharedFact;
}

export interface FleetModel {
  readonly rows: readonly MatrixRow[];
  readonly incidents: readonly ClusterIncident[];
  readonly clusters: readonly ClusterView[];
  readonly shared: readonly SharedRow[];
  readonly differences: readonly Difference[];
  readonly hosts: readonly HostRow[];
  readonly notes: readonly FleetNote[];
  readonly empty: NothingWords;
}

/** Matrix of hosts by incidents, use, saturation, errors and versions. */
export const hostsPane = definePane({
  id: 'hosts',
  title: 'Hosts',
  aliases: ['fleet', 'matrix', 'nodes', 'cluster'],
  needs,
  model: fleetModel,
  presence: () => 'present',
  sections: (model): readonly Section[] => [
    ...(model.incidents.length > 0 ? [incidentTable(model.incidents)] : []),
    matrix(model),
    ...(model.clusters.length > 0 ? [clusterTable(model.clusters)] : []),
    ...(model.shared.length > 0 ? [sharedTable(model)] : []),
    ...(model.differences.length > 0 ? [differenceTable(model.differences)] : []),
    ...(model.notes.length > 0 ? [noteTable(model.notes)] : []),
  ],
  tile,
});

export function fleetModel({ fleet: seen }: Moment<typeof needs>): FleetModel {
  const hosts = seen.now?.hosts ?? [];
  const judgement = seen.now && judgementOf(seen.now);
  return {
    hosts,
    notes: seen.now?.notes ?? [],
    differences: differencesOf(hosts),
    incidents: judgement?.incidents ?? [],
    clusters: judgement?.clusters ?? [],
    rows: judgement ? foldedRows(hosts, judgement) : [],
    shared: judgement?.problems.flatMap((problem) => problem.shared.map((fact) => ({ problem, fact }))) ?? [],
    empty: nothingWords('none', stateOf(seen)),
  };
}

/** Hosts with the same state, incidents, outliers and versions are one row. */
function foldedRows(hosts: readonly HostRow[], { outliers, incidents }: FleetJudgement): readonly MatrixRow[] {
  const culprits = new Map(incidents.toReversed().map((one) => [one.host, one]));
  const clocks = new Map(clockOffsets(hosts).map((one) => [one.host, one]));
  const groups = Map.groupBy(hosts, (host) => {
    const problems = host.problems?.map(({ rule, condition }) => `${rule}/${condition}`) ?? ['unread'];
    const figures = outliers.get(host.name)?.map(({ figure }) => figure) ?? [];
    const reason = host.state === 'recorded' || host.why === undefined ? '' : reasonOf(host.why);
    return JSON.stringify([
      host.state,
      host.depth,
      reason,
      host.kernel,
      host.os,
      problems,
      figures,
      culprits.get(host.name)?.key,
    ]);
  });
  return [...groups.values()].flatMap(([first, ...rest]) =>
    first ? [rowOf([first, ...rest], outliers, culprits.get(first.name), clocks)] : [],
  );
}

function rowOf(
  hosts: MatrixRow['hosts'],
  outliers: FleetJudgement['outliers'],
  culprit: ClusterIncident | undefined,
  clocks: ReadonlyMap<string, ClockOffset>,
): MatrixRow {
  const [first] = hosts;
  const own = hosts.flatMap(({ name }) => outliers.get(name) ?? []);
  const worst = culprit?.severity ?? (isUnreachable(first) ? 'crit' : worstOf(first));
  return {
    hosts,
    names: foldNames(hosts.map(({ name }) => name)),
    severity: worst ?? (own.length > 0 ? 'warn' : undefined),
    text: culprit ? culpritText(culprit) : textOf(first, own.map(outlierText)),
    isCulprit: culprit !== undefined,
    clock: hosts
      .flatMap(({ name }) => clocks.get(name) ?? [])
      .toSorted((a, b) => Math.abs(b.offsetSeconds) - Math.abs(a.offsetSeconds))[0],
    outliers: new Set(own.map(({ figure }) => figure)),
  };
}

/** `culprit, 3 findings on ceph[1-2]: sdb: 812ms await`. */
const culpritText = ({ host, subject, sentence, victims }: ClusterIncident): string =>
  `culprit, ${plural(victims.length, 'finding')} on ${foldNames(victims.map((one) => one.host))}: ${subject === host ? '' : `${subject}: `}${sentence}`;

function textOf(host: HostRow, outliers: readonly string[]): string {
  if (host.state !== 'live' && host.state !== 'recorded') return host.why ?? '';
  if (host.problems === undefined) return 'not read yet';
  const problems = host.problems.map(({ subject, sentence }) => `${subject}: ${sentence}`);
  // Figures of a host with an incident are marked in their columns.
  const lines = problems.length > 0 ? problems : outliers;
  return lines.length > 1 ? `${lines[0]} and ${lines.length - 1} more` : (lines[0] ?? '');
}

/** Names as drawn: redacted one by one, since a node set of them is not known as a name. */
const shownNames = ({ hosts }: MatrixRow): string => foldNames(hosts.map(({ name }) => plain(name)));

const SEVERITY_RANK: Readonly<Record<Severity, number>> = { crit: 3, warn: 2, info: 1 };

/** Worst value of a folded row. */
const most = (row: MatrixRow, of: (host: HostRow) => number | undefined): number | undefined => {
  const known = row.hosts.map(of).filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
};

const leastUptime = ({ hosts }: MatrixRow): number | undefined => {
  const known = hosts.map(({ uptimeSeconds }) => uptimeSeconds).filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
};

const columns: readonly Column<MatrixRow>[] = [
  { id: 'severity', title: 'SEV', about: 'Severity of the worst incident of the host, or of its state.', vocabulary: 'fixed', width: 4, rank: 0, value: ({ severity, isCulprit }) => (severity === undefined ? 0 : SEVERITY_RANK[severity]) + (isCulprit ? 0.5 : 0), text: ({ severity }) => severity ?? '·', role: ({ severity }) => severity ?? 'dim' },
  { id: 'hosts', title: 'HOST', about: 'Hosts, those that are alike folded to a node set.', width: 14, widest: 40, rank: 0, value: shownNames },
  totalColumn({ id: 'count', title: 'N', about: 'Hosts in the row; figures are the worst of them.', width: 3, rank: 1, value: ({ hosts }) => hosts.length }),
  { id: 'state', title: 'STATE', about: 'State of the connection: waiting, connecting, live, stalled, lost, failed, recorded.', vocabulary: 'fixed', width: 10, rank: 2, value: ({ hosts: [first] }) => first.state, role: ({ hosts: [first] }) => stateRole(first) },
  textColumn({ id: 'incident', title: 'INCIDENT', about: 'Worst incident or outlier of the host, or why there are no readings.', vocabulary: 'fixed', width: 20, wants: 60, grow: true, rank: 0, role: ({ severity }) => severity ?? 'text', value: ({ text }) => label(text) }),
  ...figureIds.map((id): Column<MatrixRow> => {
    const { title, about, format, rank, width } = figureOf(id);
    const role = ({ outliers, hosts: [first] }: MatrixRow): Role => (isUnreachable(first) ? 'dim' : outliers.has(id) ? 'warn' : 'text');
    return figureColumn(format)({ id, title, about, rank, width, role, value: (row) => most(row, ({ figures }) => figures[id]) });
  }),
  figureColumn(duration)({ id: 'uptime', title: 'UP', about: 'Shortest time since boot.', width: 6, rank: 6, value: leastUptime }),
  { id: 'clock', title: 'CLOCK', about: 'Offset of the clock from the median of all hosts, with the error by the round trips; blank within it.', width: 12, rank: 8, value: ({ clock }) => (clock === undefined ? undefined : Math.abs(clock.offsetSeconds)), text: ({ clock }) => (clock === undefined ? NONE : certainOffset(clock) === 0 ? '·' : offsetText(clock.offsetSeconds, clock.errorSeconds)), role: ({ clock }) => (clock && certainOffset(clock) > limits.clockOffsetSeconds.warn ? 'warn' : 'text') },
  { id: 'kernel', title: 'KERNEL', about: 'Release of the kernel.', width: 12, widest: 24, rank: 6, value: ({ hosts: [first] }) => plain(first.kernel ?? NONE) },
  { id: 'os', title: 'OS', about: 'Distribution.', width: 12, widest: 24, rank: 9, value: ({ hosts: [first] }) => plain(first.os ?? NONE) },
  { id: 'depth', title: 'DEPTH', about: 'What is read: glance (few figures), watch (all, its console was opened), record.', vocabulary: 'fixed', width: 6, rank: 8, value: ({ hosts: [first] }) => first.depth },
]; // prettier-ignore

const stateRole = (host: HostRow): Role => (isUnreachable(host) ? 'crit' : host.state === 'waiting' || host.state === 'connecting' ? 'dim' : 'text'); // prettier-ignore

/** `40 hosts: 38 live, 1 stalled, 1 failed`. */
export function stateCounts(hosts: readonly HostRow[]): string {
  const counts = Map.groupBy(hosts, ({ state }) => state);
  return `${plural(hosts.length, 'host')}: ${[...counts].map(([state, all]) => `${all.length} ${state}`).join(', ')}`;
}

const matrix = ({ rows, hosts, empty }: FleetModel, id = 'hosts'): TableSection<MatrixRow> => ({
  kind: 'table',
  id,
  title: 'Hosts',
  note: stateCounts(hosts),
  sources: ['fleet'],
  columns,
  rows,
  key: ({ names }) => names,
  sort: { column: 'severity', descending: true },
  searchText: ({ hosts: all }) => all.map(({ name, os = '', kernel = '' }) => `${name} ${os} ${kernel}`).join(' '),
  rowRole: ({ hosts: [first] }) => (isUnreachable(first) ? 'dim' : undefined),
  entity: ({ hosts: all }) => (all.length === 1 ? entityRef('host', all[0].name) : undefined),
  members: ({ hosts: all }) => all.map(({ name }) => entityRef('host', name)),
  name: shownNames,
  host: ({ hosts: all }) => (all.length === 1 ? all[0].name : undefined),
  detail: (row) => (row.hosts.length === 1 ? undefined : unfolded(row)),
  minRows: 8,
  empty,
});

/** Page of the hosts of a folded row, one by one, as they were when it was opened. */
const unfolded = (row: MatrixRow): Detail => ({
  id: 'folded-hosts',
  title: shownNames(row),
  sources: {},
  everySeconds: 0,
  sections: () => [
    matrix({ rows: row.hosts.map((host) => ({ ...row, hosts: [host], names: host.name })), hosts: row.hosts, incidents: [], clusters: [], shared: [], differences: [], notes: [], empty: ownWords('none') }, 'folded-hosts'),
  ], // prettier-ignore
});

const sharedTable = ({ shared }: FleetModel): TableSection<SharedRow> => ({
  kind: 'table',
  id: 'shared',
  title: 'Shared by hosts with a problem',
  note: 'Fisher’s exact test, p ≤ 0.05',
  sources: ['fleet'],
  columns: [
    { id: 'hosts', title: 'HOST', about: 'Hosts with the problem.', width: 14, widest: 30, rank: 0, value: ({ problem }) => foldNames(problem.hosts.map(plain)) },
    { id: 'fact', title: 'FACT', about: 'Fact that they share: kernel, package version, mount, driver, hour of the boot.', width: 24, wants: 40, grow: true, rank: 0, value: ({ fact }) => plain(fact.facts.join(', ')) },
    { id: 'bad', title: 'BAD', about: 'Hosts with the problem that have the fact, of all of them.', width: 8, rank: 0, value: ({ fact }) => fact.bad, text: ({ fact }) => `${fact.bad} of ${fact.allBad}` },
    { id: 'others', title: 'OTHERS', about: 'Hosts without the problem that have the fact, of all of them.', width: 9, rank: 0, value: ({ fact }) => fact.others, text: ({ fact }) => `${fact.others} of ${fact.allOthers}` },
    figureColumn((value) => value.toFixed(1))({ id: 'lift', title: 'LIFT', about: 'How much more often hosts with the problem have the fact than all hosts.', width: 5, rank: 2, value: ({ fact }) => fact.lift }),
    textColumn({ id: 'problem', title: 'PROBLEM', about: 'The problem, of the host where it is worst.', vocabulary: 'fixed', width: 20, grow: true, rank: 3, role: ({ problem }) => problem.severity, value: ({ problem }) => label(problem.text) }),
  ],
  rows: shared,
  key: ({ problem, fact }) => `${problem.id} ${fact.facts.join(' ')}`,
  sort: { column: 'lift', descending: true },
  empty: ownWords('none'),
  minRows: 3,
}); // prettier-ignore

function tile({ hosts, rows }: FleetModel): Tile {
  const unreachable = hosts.filter(isUnreachable).length;
  const bad = rows
    .filter(({ severity }) => severity === 'crit' || severity === 'warn')
    .reduce((sum, row) => sum + row.hosts.length, 0);
  return {
    figures: [
      { label: 'hosts', value: count(hosts.length) },
      { label: 'live', value: count(hosts.filter(({ state }) => state === 'live' || state === 'recorded').length) },
      { label: 'unreachable', value: count(unreachable), role: unreachable > 0 ? 'crit' : 'text' },
      { label: 'with a problem', value: count(bad), role: bad > 0 ? 'warn' : 'text' },
    ],
  };
}
