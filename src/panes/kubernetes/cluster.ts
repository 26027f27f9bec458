import { count, NONE } from '../../lib/units.ts';
import { plain } from '../../lib/plain.ts';
import { kubeCluster, kubeNodes } from '../../sources/kubernetes/cluster.ts';
import type { KubeNode } from '../../sources/kubernetes/node.ts';
import type { Pod } from '../../sources/kubernetes/objects.ts';
import type { KubeTable } from '../../sources/kubernetes/table.ts';
import { bindDetail, type SampleOf } from '../../sources/source.ts';
import { ownWords } from '../../timeline/reading-state.ts';
import type { Column, Detail, TableSection } from '../pane.ts';
import { farColumns } from './pod-columns.ts';
import { podDetail } from './pod-detail.ts';
import { clusterGroups, isGroup } from './pod-groups.ts';
import { guestLinks, type Links } from './pod-links.ts';
import { farRow, isTroubled, rankOf, type PodRow } from './pod-rows.ts';
import { noneOf } from './text-lines.ts';
import { ageColumn, bytesColumn, countColumn, numberColumn } from '../../ui/kit/columns.ts';

/** Links and rows of this node, for lists of the cluster. */
export interface Around {
  readonly links: Links;
  readonly rows: readonly PodRow[];
}

/** Scope is a list of the cluster that is read on request. */
interface Scope {
  readonly id: 'all' | 'nodes';
  readonly list: string;
  readonly about: string;
}

const SCOPES: readonly Scope[] = [
  {
    id: 'all',
    list: 'All pods',
    about: 'enter: list once, watch while open',
  },
  { id: 'nodes', list: 'All nodes', about: 'enter: status, allocatable, taints' },
];

/** Lists of the cluster, read on request only: 10 000 pods are tens of megabytes for the API server to write. */
export const scopeSection = (around: Around): TableSection<Scope> => ({
  kind: 'table',
  id: 'scope',
  title: 'Cluster',
  sources: [],
  columns: [
    {
      id: 'what',
      title: 'LIST',
      about: 'Objects of the whole cluster.',
      vocabulary: 'fixed',
      width: 12,
      rank: 0,
      value: ({ list }) => list,
    },
    {
      id: 'about',
      title: 'READ',
      about: 'How it is read from the API server.',
      vocabulary: 'fixed',
      width: 40,
      grow: true,
      rank: 0,
      value: ({ about }) => about,
      role: () => 'dim',
    },
  ],
  rows: SCOPES,
  key: ({ id }) => id,
  sort: { column: '', descending: false },
  detail: ({ id }) => (id === 'all' ? clusterDetail(around) : nodesDetail(around)),
  empty: ownWords(''),
  minRows: 2,
});

/** Rows of the cluster: a pod that did not change keeps its row, whose ages are updated every ten seconds. */
export function clusterRows(): (table: KubeTable<Pod> | undefined) => readonly PodRow[] {
  let made = new Map<Pod, PodRow>();
  let from: KubeTable<Pod> | undefined;
  let rows: readonly PodRow[] = [];
  let tick = -1;
  return (table) => {
    if (table === undefined || table === from) return rows;
    const now = table.readEpochSeconds;
    const nextTick = Math.floor((now ?? 0) / 10);
    const known = nextTick === tick ? made : new Map<Pod, PodRow>();
    made = new Map(table.rows.map((pod) => [pod, known.get(pod) ?? farRow(pod, now)]));
    rows = [...made.values()].toSorted((a, b) => (rankOf(b) ?? 0) - (rankOf(a) ?? 0));
    [from, tick] = [table, nextTick];
    return rows;
  };
}

export function clusterDetail({ links, rows: here }: Around): Detail {
  const onThisNode = new Map(here.map((row) => [row.here.uid, row.here.pod?.configHash ?? row.here.uid]));
  const rowsOf = clusterRows();
  return {
    id: 'kube-cluster',
    title: 'All pods of the cluster',
    sources: { cluster: bindDetail(kubeCluster, {}) },
    everySeconds: 2,
    sections: (samples, missing) => {
      // Sample of kubeCluster by bindDetail, or undefined before the first read.
      const { cluster } = samples as { readonly cluster?: SampleOf<typeof kubeCluster> };
      const table = cluster?.table;
      const rows = rowsOf(table);
      return [
        {
          kind: 'table',
          id: 'pods',
          title: 'Pods',
          note: noteOf(rows, table),
          sources: ['kube-cluster'],
          columns: farColumns,
          rows,
          key: ({ here }) => here.uid,
          sort: { column: 'why', descending: true },
          searchText: ({ owner, qos }) => `${owner} ${qos}`,
          rowRole: (row) => (row.here.pod?.phase === 'Succeeded' ? 'dim' : undefined),
          groups: clusterGroups,
          detail: (row) =>
            isGroup(row) ? undefined : podDetail(row, { links, nowEpochSeconds: table?.readEpochSeconds }, undefined),
          links: (row) => {
            const key = onThisNode.get(row.here.uid);
            return [
              ...(key === undefined ? [] : [{ label: 'pod on this node', pane: 'kubernetes', row: key }]),
              ...guestLinks(links, row.here.pod?.node),
            ];
          },
          empty: noneOf(cluster, missing, 'cluster', 'pods'),
        } satisfies TableSection<PodRow>,
      ];
    },
  };
}

const noteOf = (rows: readonly PodRow[], table: KubeTable<Pod> | undefined): string =>
  [
    count(rows.length),
    `${count(rows.filter(isTroubled).length)} with problems`,
    ...(table?.state === 'listing' ? ['listing'] : []),
    ...(table?.state === 'lost' ? [`STALE, watch lost: ${plain(table.error ?? '')}`] : []),
    ...(table?.cut ? ['truncated'] : []),
  ].join(' · ');

interface NodeRow {
  readonly node: KubeNode;
  readonly status: string;
  readonly bad: boolean;
  readonly ageSeconds: number | undefined;
}

function nodeRow(node: KubeNode, now: number | undefined): NodeRow {
  const ready = node.conditions.find(({ type }) => type === 'Ready');
  const others = node.conditions.filter(({ type, status }) => type !== 'Ready' && status === 'True');
  const isReady = ready?.status === 'True';
  return {
    node,
    // As kubectl get nodes prints it, with other bad conditions.
    status: plain(
      [
        isReady ? 'Ready' : 'NotReady',
        ...(node.unschedulable ? ['SchedulingDisabled'] : []),
        ...others.map(({ type }) => type),
        ...(isReady ? [] : [ready?.message ?? '']),
      ].join(', '),
    ),
    bad: !isReady || others.length > 0,
    ageSeconds:
      node.createdEpochSeconds === undefined || now === undefined ? undefined : now - node.createdEpochSeconds,
  };
}

const nodeColumns: readonly Column<NodeRow>[] = [
  { id: 'node', title: 'NODE', about: 'Node name.', width: 20, rank: 0, value: ({ node }) => plain(node.name) },
  {
    id: 'status',
    title: 'STATUS',
    about: 'As kubectl get nodes prints it, with other bad conditions.',
    width: 30,
    grow: true,
    rank: 0,
    value: ({ bad }) => Number(bad),
    text: ({ status }) => status,
    role: ({ bad }) => (bad ? 'crit' : 'good'),
  },
  countColumn({
    id: 'cpus',
    title: 'CPUS',
    about: 'Allocatable CPUs.',
    width: 5,
    rank: 1,
    value: ({ node }) => node.allocatable.cpus,
  }),
  bytesColumn({
    id: 'memory',
    title: 'MEM',
    about: 'Allocatable memory.',
    width: 6,
    rank: 1,
    value: ({ node }) => node.allocatable.memoryBytes,
  }),
  numberColumn({
    id: 'pods',
    title: 'PODS',
    about: 'Allocatable pods.',
    width: 5,
    rank: 2,
    value: ({ node }) => node.podsMax,
  }),
  {
    id: 'kubelet',
    title: 'VERSION',
    about: 'Version of the kubelet.',
    width: 12,
    rank: 2,
    value: ({ node }) => node.kubelet && plain(node.kubelet),
  },
  {
    id: 'taints',
    title: 'TAINTS',
    about: 'Taints as KEY:EFFECT.',
    width: 20,
    grow: true,
    rank: 3,
    value: ({ node }) => node.taints?.length || undefined,
    text: ({ node }) => node.taints?.map(({ key, effect }) => plain(`${key}:${effect}`)).join(' ') ?? NONE,
    role: () => 'dim',
  },
  ageColumn({
    id: 'age',
    title: 'AGE',
    about: 'Time since it joined the cluster.',
    width: 6,
    rank: 3,
    value: ({ ageSeconds }) => ageSeconds,
    role: () => 'dim',
  }),
];

function nodesDetail({ links }: Around): Detail {
  return {
    id: 'kube-nodes',
    title: 'All nodes of the cluster',
    sources: { nodes: bindDetail(kubeNodes, {}) },
    everySeconds: 15,
    sections: (samples, missing) => {
      // Sample of kubeNodes by bindDetail, or undefined before the first read.
      const { nodes: sample } = samples as { readonly nodes?: SampleOf<typeof kubeNodes> };
      const rows = (sample?.nodes ?? []).map((node) => nodeRow(node, sample?.nowEpochSeconds));
      return [
        {
          kind: 'table',
          id: 'nodes',
          title: 'Nodes',
          note: `${rows.length} · ${rows.filter(({ bad }) => bad).length} with problems`,
          sources: ['kube-nodes'],
          columns: nodeColumns,
          rows,
          key: ({ node }) => node.name,
          links: ({ node }) => guestLinks(links, node.name, node.systemUuid),
          sort: { column: 'status', descending: true },
          empty: noneOf(sample, missing, 'nodes', 'nodes'),
        } satisfies TableSection<NodeRow>,
      ];
    },
  };
}
