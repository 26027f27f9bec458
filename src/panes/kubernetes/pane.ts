import { podRef } from '../../findings/entity-ref.ts';
import { hostEpochSeconds } from '../../entities/containers/containers.ts';
import { hiddenProcesses } from '../../entities/processes/hidden-processes.ts';
import { kubeStateAt, type KubeState } from '../../entities/kubernetes/state.ts';
import { portNeeds, portsAt, type PortsOf } from '../../entities/ovs/ports.ts';
import { podNeeds, podsAt } from '../../entities/kubernetes/pods.ts';
import { plain } from '../../lib/plain.ts';
import { count, percent, span } from '../../lib/units.ts';
import { kubeEvents } from '../../sources/kubernetes/events.ts';
import { kubeOwners } from '../../sources/kubernetes/owners.ts';
import type { Moment } from '../../timeline/moment.ts';
import { whyNothing } from '../../ui/kit/missing-reason.ts';
import { scopeSection } from './cluster.ts';
import { eventsSection, reasonRows, type EventRow } from './events.ts';
import { apiFigure, nodeNeeds, nodeSection } from './node-lines.ts';
import { podColumns } from './pod-columns.ts';
import { podDetail } from './pod-detail.ts';
import { isGroup, podGroups } from './pod-groups.ts';
import { linkNeeds, linksOf, podRowLinks, type Links } from './pod-links.ts';
import { isOver, isTroubled, podRow, type PodRow } from './pod-rows.ts';
import { matterRows, mattersSection, type MatterRow } from './workloads.ts';
import { portLinks } from '../../ui/kit/links.ts';
import {
  definePane,
  type LinesSection,
  type Presence,
  type ProcessRef,
  type TableSection,
  type Tile,
} from '../pane.ts';
import { notFound, notTakenReason } from '../../ui/kit/not-found.ts';

const needs = { ...podNeeds, ...nodeNeeds, ...linkNeeds, ...portNeeds, kubeEvents, kubeOwners };

export interface KubernetesModel {
  /** Whether the rows are of all nodes. */
  readonly isWhole: boolean;
  readonly rows: readonly PodRow[];
  /** Ports of pods in a virtual switch. */
  readonly ports: PortsOf;
  readonly state: KubeState;
  /** Reason why a running kubelet may not be listed. */
  readonly hidden: string | undefined;
  /** Reason without any row in a recording or sosreport. */
  readonly notTaken: string | undefined;
  readonly node: LinesSection;
  readonly events: readonly EventRow[];
  readonly eventsWhy: string | undefined;
  readonly matters: readonly MatterRow[];
  readonly mattersWhy: string | undefined;
  readonly mattersSecondsAgo: number | undefined;
  readonly links: Links;
  readonly nowEpochSeconds: number | undefined;
}

const EVENTS_SECONDS = 900;

/** Pane of pods with their problems and of this node, also while the API server is unresponsive. */
export const kubernetesPane = definePane({
  id: 'kubernetes',
  title: 'Kubernetes',
  aliases: ['k8s', 'kube', 'kubelet', 'pod', 'pods', 'po', 'node', 'workloads'],
  needs,
  model: kubernetesModel,
  presence,
  sections: (model) => [
    podTable(model),
    model.node,
    eventsSection(model.events, {
      title: 'Warning events of 15 min, by reason',
      note: `${model.events.length}`,
      source: 'kube-events',
      empty: model.eventsWhy ?? 'none',
    }),
    mattersSection(model.matters, model.mattersSecondsAgo, model.mattersWhy ?? 'none'),
    ...(model.state.api === 'responsive' ? [scopeSection(model)] : []),
  ],
  tile,
});

export function kubernetesModel(moment: Moment<typeof needs>): KubernetesModel {
  const now = hostEpochSeconds(moment);
  const state = kubeStateAt(moment);
  const mattersAt = moment.kubeOwners.now?.nowEpochSeconds;
  const rows = podsAt(moment)
    .map((here) => podRow(here, now))
    .toSorted(byUse);
  return {
    isWhole: moment.kubePods.now?.table?.isWhole ?? false,
    rows,
    ports: portsAt(moment),
    state,
    hidden: hiddenProcesses(moment),
    notTaken: notTakenReason(moment.kubePods, moment.kubeNode),
    node: nodeSection(moment, state, rows),
    events: reasonRows(moment.kubeEvents.now?.table?.rows ?? [], now, EVENTS_SECONDS),
    eventsWhy: whyNothing(moment.kubeEvents, 'events'),
    matters: matterRows(moment.kubeOwners.now),
    mattersWhy: whyNothing(moment.kubeOwners, 'owners'),
    mattersSecondsAgo: mattersAt === undefined || now === undefined ? undefined : now - mattersAt,
    links: linksOf(moment),
    nowEpochSeconds: now,
  };
}

function presence({ rows, state, hidden, notTaken }: KubernetesModel): Presence {
  if (rows.length > 0) return 'present';
  if (notTaken !== undefined) return { hidden: notTaken };
  if (state.api === 'none') return notFound('no Kubernetes', hidden);
  return state.api === 'unread' ? 'unknown' : 'present';
}

/** Order among pods with equal problems: the busiest first, completed pods last. */
const byUse = (a: PodRow, b: PodRow): number =>
  Number(isOver(a)) - Number(isOver(b)) ||
  shown(b) - shown(a) ||
  (a.namespace < b.namespace ? -1 : a.namespace > b.namespace ? 1 : a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** CPU to the digit that is shown, so that rows with equal figures keep their places. */
const shown = ({ here: { use } }: PodRow): number => Math.round((use?.cpuPct ?? 0) * 10);

const refOf = ({ here: { process } }: PodRow): ProcessRef | undefined =>
  process && { pid: process.pid, startTicks: process.startTicks, name: plain(process.command) };

function noteOf({ rows, state }: KubernetesModel): string {
  const troubled = rows.filter(isTroubled).length;
  const { staleSinceEpochSeconds: stale, nowEpochSeconds: now } = state;
  return [
    count(rows.length),
    ...(troubled > 0 ? [`${count(troubled)} with problems`] : []),
    ...(stale !== undefined
      ? [`API UNRESPONSIVE${now === undefined ? '' : `, stale ${span(Math.max(0, now - stale))}`}`]
      : []),
    ...(rows.some(({ here }) => here.pod === undefined) ? ['"on node": not listed by the API'] : []),
  ].join(' · ');
}

/** Row key as in the cgroup name, so that links from containers find the row. */
const keyOf = ({ here }: PodRow): string => here.pod?.configHash ?? here.uid;

const podTable = (model: KubernetesModel): TableSection<PodRow> => ({
  kind: 'table',
  id: 'pods',
  title: model.isWhole ? 'Pods of the cluster' : 'Pods of this node',
  note: noteOf(model),
  sources: ['kube-pods', 'cgroups', 'container-logs', 'kube-local', 'kube-runtime', 'kube-volumes'],
  columns: podColumns,
  rows: model.rows,
  key: keyOf,
  sort: { column: 'why', descending: true },
  searchText: ({ owner, qos, here }) => `${owner} ${qos} ${here.uid}`,
  rowRole: (row) => (isOver(row) && !isTroubled(row) ? 'dim' : undefined),
  process: refOf,
  entity: (row) => (isGroup(row) ? undefined : podRef(row.here)),
  name: ({ name }) => name,
  links: (row) => [
    ...podRowLinks(row, model.links),
    ...(isGroup(row) ? [] : portLinks(model.ports('kubernetes', keyOf(row)))),
  ],
  groups: podGroups,
  detail: (row) => (isGroup(row) ? undefined : podDetail(row, model, refOf(row))),
  empty: model.state.api === 'responsive' ? 'no pods on this node' : plain(apiFigure(model.state).text),
  minRows: 12,
});

function tile({ rows, state }: KubernetesModel): Tile {
  const troubled = rows.filter(isTroubled);
  const worst = troubled.find(({ troubles: [first] }) => first?.severity === 'crit') ?? troubled[0];
  const top = rows.reduce<PodRow | undefined>(
    (best, row) => ((row.here.use?.cpuPct ?? -1) > (best?.here.use?.cpuPct ?? -1) ? row : best),
    undefined,
  );
  const api = apiFigure(state);
  return {
    figures: [
      { label: 'pods', value: `${count(rows.length)} on this node` },
      {
        label: 'problems',
        value: worst ? `${troubled.length}: ${worst.name} ${worst.status}` : '0',
        role: worst ? (worst.troubles[0]?.severity ?? 'warn') : 'text',
      },
      { label: 'api', value: api.text, role: api.role },
      {
        label: 'top CPU',
        value: top?.here.use?.cpuPct === undefined ? '—' : `${percent(top.here.use.cpuPct)} ${top.name}`,
      },
    ],
  };
}
