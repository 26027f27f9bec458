import { count, duration } from '../../lib/units.ts';
import { plain } from '../../lib/plain.ts';
import { kubeCluster, kubeNodes } from '../../sources/kubernetes/cluster.ts';
import type { KubeNode } from '../../sources/kubernetes/node.ts';
import type { Pod } from '../../sources/kubernetes/objects.ts';
import type { KubeTable } from '../../sources/kubernetes/table.ts';
import { bindDetail, type SampleOf } from '../../sources/source.ts';
import { bytes } from '../../lib/units.ts';
import type { Column, Detail, TableSection } from '../pane.ts';
import { farColumns } from './pod-columns.ts';
import { podDetail } from './pod-detail.ts';
import { clusterGroups, isGroup } from './pod-groups.ts';
import { guestLinks, type Links } from './pod-links.ts';
import { farRow, isTroubled, rankOf, type PodRow } from './pod-rows.ts';
import { whyNot } from './text-lines.ts';

/** What is known of this node, for what is beyond it. */
export interface Around {
  readonly links: Links;
  readonly rows: readonly PodRow[];
}

/** What can be asked for beyond this node. */
interface Scope {
  readonly id: 'all' | 'nodes';
  readonly what: string;
  readonly about: string;
}

const SCOPES: readonly Scope[] = [
  {
    id: 'all',
    what: 'Pods of the whole cluster',
    about: 'enter: listed once and then watched for as long as it is open',
  },
  { id: 'nodes', what: 'Nodes of the cluster', about: 'enter: conditions and room of each' },
];

/** The whole cluster is read on request only: with 10 000 pods it is tens of megabytes for the API server to write. */
export const scopeSection = (around: Around): TableSection<Scope> => ({
  kind: 'table',
  id: 'scope',
  title: 'Beyond this node',
  sources: [],
  columns: [
    {
      id: 'what',
      title: 'WHAT',
      about: 'What is shown.',
      vocabulary: 'fixed',
      width: 26,
      rank: 0,
      value: ({ what }) => what,
    },
    {
      id: 'about',
      title: 'HOW',
      about: 'What it costs.',
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
  empty: '',
  minRows: 2,
});

/** Rows of a table that did not change stay the same, but for their ages, which are made anew every ten seconds. */
export function clusterRows(): (table: KubeTable<Pod> | undefined) => readonly PodRow[] {
  let made = new Map<Pod, PodRow>();
  let from: KubeTable<Pod> | undefined;
  let rows: readonly PodRow[] = [];
  let tick = -1;
  return (table) => {
    if (table === undefined || table === from) return rows;
    const now = table.heardEpochSeconds;
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
    title: 'Pods of the whole cluster',
    sources: { cluster: bindDetail(kubeCluster, {}) },
    everySeconds: 2,
    sections: (samples, missing) => {
      // bindDetail gave it the sample of kubeCluster, or there is none yet.
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
            isGroup(row) ? undefined : podDetail(row, { links, nowEpochSeconds: table?.heardEpochSeconds }, undefined),
          links: (row) => {
            const key = onThisNode.get(row.here.uid);
            return [
              ...(key === undefined ? [] : [{ label: 'the pod on this node', pane: 'kubernetes', row: key }]),
              ...guestLinks(links, row.here.pod?.node),
            ];
          },
          empty: cluster === undefined ? 'not read yet' : (whyNot(missing, 'cluster', 'pods') ?? 'no pod'),
        } satisfies TableSection<PodRow>,
      ];
    },
  };
}

const noteOf = (rows: readonly PodRow[], table: KubeTable<Pod> | undefined): string =>
  [
    count(rows.length),
    `${count(rows.filter(isTroubled).length)} in trouble`,
    ...(table?.state === 'listing' ? ['still listing'] : []),
    ...(table?.state === 'lost' ? [`NOT HEARD OF: ${plain(table.said ?? '')}`] : []),
    ...(table?.cut ? ['more are not shown'] : []),
  ].join(' · ');

interface NodeRow {
  readonly node: KubeNode;
  readonly says: string;
  readonly bad: boolean;
  readonly ageSeconds: number | undefined;
}

function nodeRow(node: KubeNode, now: number | undefined): NodeRow {
  const ready = node.conditions.find(({ type }) => type === 'Ready');
  const others = node.conditions.filter(({ type, status }) => type !== 'Ready' && status === 'True');
  const isReady = ready?.status === 'True';
  return {
    node,
    // As kubectl get nodes says, with what else is the matter.
    says: plain(
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
  { id: 'node', title: 'NODE', about: 'Its name.', width: 20, rank: 0, value: ({ node }) => plain(node.name) },
  {
    id: 'status',
    title: 'STATUS',
    about: 'As kubectl get nodes says, and what else is the matter.',
    width: 30,
    grow: true,
    rank: 0,
    value: ({ bad }) => Number(bad),
    text: ({ says }) => says,
    role: ({ bad }) => (bad ? 'crit' : 'good'),
  },
  {
    id: 'cpus',
    title: 'CPUS',
    about: 'CPUs that it has to give.',
    width: 5,
    align: 'right',
    rank: 1,
    value: ({ node }) => node.allocatable.cpus,
    text: ({ node }) => count(node.allocatable.cpus),
  },
  {
    id: 'memory',
    title: 'MEM',
    about: 'Memory that it has to give.',
    width: 6,
    align: 'right',
    rank: 1,
    value: ({ node }) => node.allocatable.memoryBytes,
    text: ({ node }) => bytes(node.allocatable.memoryBytes),
  },
  {
    id: 'pods',
    title: 'PODS',
    about: 'Pods that it takes at most.',
    width: 5,
    align: 'right',
    rank: 2,
    value: ({ node }) => node.podsMax,
  },
  {
    id: 'kubelet',
    title: 'KUBELET',
    about: 'Its version.',
    width: 12,
    rank: 2,
    value: ({ node }) => node.kubelet && plain(node.kubelet),
  },
  {
    id: 'taints',
    title: 'TAINTS',
    about: 'What keeps pods away.',
    width: 20,
    grow: true,
    rank: 3,
    value: ({ node }) => node.taints.length || undefined,
    text: ({ node }) => node.taints.map(({ key, effect }) => plain(`${key}:${effect}`)).join(' '),
    role: () => 'dim',
  },
  {
    id: 'age',
    title: 'AGE',
    about: 'Since it joined.',
    width: 6,
    align: 'right',
    rank: 3,
    value: ({ ageSeconds }) => ageSeconds,
    text: ({ ageSeconds }) => duration(ageSeconds),
    role: () => 'dim',
  },
];

function nodesDetail({ links }: Around): Detail {
  return {
    id: 'kube-nodes',
    title: 'Nodes of the cluster',
    sources: { nodes: bindDetail(kubeNodes, {}) },
    everySeconds: 15,
    sections: (samples, missing) => {
      // bindDetail gave it the sample of kubeNodes, or there is none yet.
      const { nodes: sample } = samples as { readonly nodes?: SampleOf<typeof kubeNodes> };
      const rows = (sample?.nodes ?? []).map((node) => nodeRow(node, sample?.nowEpochSeconds));
      return [
        {
          kind: 'table',
          id: 'nodes',
          title: 'Nodes',
          note: `${rows.length} · ${rows.filter(({ bad }) => bad).length} in trouble`,
          sources: ['kube-nodes'],
          columns: nodeColumns,
          rows,
          key: ({ node }) => node.name,
          links: ({ node }) => guestLinks(links, node.name, node.systemUuid),
          sort: { column: 'status', descending: true },
          empty: sample === undefined ? 'not read yet' : (whyNot(missing, 'nodes', 'nodes') ?? 'none'),
        } satisfies TableSection<NodeRow>,
      ];
    },
  };
}
