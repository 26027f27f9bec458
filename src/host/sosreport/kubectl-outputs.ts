import { fields, items, json, textOf, type Fields } from '../../lib/json.ts';
import { KubernetesTable } from '../protocols/kubernetes/table.ts';
import { jsonText, type MatchedOutput } from './commands.ts';
import { describedEvents, describedNode, describedPod } from './kubectl-describe.ts';
import { ROW_PARSERS, type Resource } from './kubectl-rows.ts';
import { tableRows } from './kubectl-table.ts';
import type { Report } from './report.ts';

/** Names of a resource on a command line. */
const NAMES: Readonly<Record<Resource, string>> = {
  pods: 'pods?|po',
  nodes: 'nodes?|no',
  events: 'events?|ev',
  deployments: 'deployments?|deploy',
  statefulsets: 'statefulsets?|sts',
  daemonsets: 'daemonsets?|ds',
  jobs: 'jobs?',
  poddisruptionbudgets: 'poddisruptionbudgets?|pdb',
};

/**
 * Output of `kubectl get`, with a kubeconfig and a namespace in its name: sos/report/plugins/kubernetes.py, which asks for JSON
 * with `-k kubernetes.all` only.
 *
 *     kubectl_--kubeconfig_.etc.kubernetes.admin.conf_get_-o_json_--namespace_default_pods
 *     kubectl_--kubeconfig_.etc.kubernetes.admin.conf_get_--all-namespaces_true_pods
 */
const outputOf = (resource: Resource): RegExp =>
  new RegExp(`^(?:kubectl|oc)_(?:.*_)?get_(?:.*_)?(?:${NAMES[resource]})(?:_-.*)?$`);
/** Output of `kubectl describe`, of one object or of all. */
const describeOf = (resource: Resource): RegExp =>
  new RegExp(`^(?:kubectl|oc)_(?:.*_)?describe_(?:.*_)?(?:${NAMES[resource]})(?:_.*)?$`);

/** Fields with the environment, arguments and labels of a workload, which no source reads. */
const DROPPED: ReadonlySet<string> = new Set(['env', 'envFrom', 'command', 'args', 'managedFields', 'labels', 'data']);
const ANNOTATIONS: ReadonlySet<string> = new Set(['kubernetes.io/config.hash', 'kubernetes.io/config.mirror']);
const WORKLOADS = {
  Deployment: 'deployments',
  StatefulSet: 'statefulsets',
  DaemonSet: 'daemonsets',
  Job: 'jobs',
} as const;

/** Reply of the cluster as crashcart's program on a host gives it; undefined for what kubectl did not print. */
export async function kubernetesReply(request: string, report: Report): Promise<string | undefined> {
  const now = nowOf(report.times);
  const [kind = '', of] = request.split(' ');
  switch (kind) {
    case 'pods':
      // kubectl has all pods of the cluster: those of other nodes are in no other report.
      return table(await objects('pods', report), report, now);
    case 'events': {
      const events = await objects('events', report);
      if (of === undefined)
        return table(
          events?.filter((event) => event['type'] === 'Warning'),
          report,
          now,
        );
      return events && JSON.stringify(events.filter((event) => pathOf(fields(event['involvedObject'])) === of));
    }
    case 'pod': {
      const pod = (await objects('pods', report))?.find((one) => pathOf(fields(one['metadata'])) === of);
      return pod && JSON.stringify(pod);
    }
    case 'nodes': {
      const nodes = await objects('nodes', report);
      return nodes && JSON.stringify({ now, nodes });
    }
    case 'node': {
      const nodes = await objects('nodes', report);
      const name = await nodeName(report);
      const called = (is: (node: string) => boolean) =>
        nodes?.find((one) => is(textOf(fields(one['metadata'])['name']) ?? ''));
      // A node may have the name of its host with or without the domain.
      const node = called((one) => one === name) ?? called((one) => shortOf(one) === shortOf(name)) ?? (nodes?.length === 1 ? nodes[0] : undefined); // prettier-ignore
      // Only a report has the other nodes here: a live host reads them while their list is open.
      return nodes && JSON.stringify({ now, node, others: nodes.filter((one) => one !== node) });
    }
    case 'owners': {
      const all = await Promise.all(
        Object.entries(WORKLOADS).map(async ([name, resource]) => [name, await objects(resource, report)] as const),
      );
      return all.some(([, found]) => found !== undefined)
        ? JSON.stringify({ now, ...Object.fromEntries(all) })
        : undefined;
    }
    case 'pdbs': {
      const budgets = await objects('poddisruptionbudgets', report);
      return budgets && JSON.stringify(budgets);
    }
    default:
      return undefined;
  }
}

const pathOf = ({ namespace, name }: Fields): string => `${textOf(namespace) ?? 'default'}/${textOf(name) ?? ''}`;

const shortOf = (host: string | undefined): string | undefined => host?.split('.')[0];

const nodeName = async ({ files }: Report): Promise<string | undefined> =>
  (await files.text('/proc/sys/kernel/hostname'))?.trim();

/** Objects of one kind of all namespaces, each once: whole ones of JSON, else described ones, else rows of tables. */
async function objects(resource: Resource, report: Report): Promise<readonly Fields[] | undefined> {
  const outputs = await report.commands.matching(outputOf(resource));
  const lists = outputs.map(listOf).filter((list) => list !== undefined);
  const tables = outputs.map((output) => printedOf(resource, output, report)).filter((rows) => rows !== undefined);
  const described = await describedOf(resource, report);
  if (lists.length + tables.length + described.length === 0) return undefined;
  const listed = lists.flat();
  if (resource === 'events') return lists.length > 0 ? listed : [...tables.flat(), ...described];
  const found = new Map<string, Fields>();
  for (const one of [...listed, ...described, ...tables.flat()]) {
    const key = pathOf(fields(one['metadata']));
    const known = found.get(key);
    found.set(key, known === undefined ? one : withAge(known, one));
  }
  return [...found.values()];
}

/** Object with the time of its creation by a table, which a description does not have. */
function withAge(one: Fields, row: Fields): Fields {
  const { creationTimestamp } = fields(row['metadata']);
  const metadata = fields(one['metadata']);
  return metadata['creationTimestamp'] === undefined && creationTimestamp !== undefined
    ? { ...one, metadata: { ...metadata, creationTimestamp } }
    : one;
}

/** Objects of a list in JSON; undefined for other texts. */
function listOf({ text }: MatchedOutput): readonly Fields[] | undefined {
  const { items: all } = fields(json(jsonText(text)));
  return Array.isArray(all) ? items(all).map((item) => fields(trimmed(item))) : undefined;
}

/** Objects of a table; undefined for other texts. */
function printedOf(
  resource: Resource,
  { match, text }: MatchedOutput,
  { times }: Report,
): readonly Fields[] | undefined {
  const [, namespace = 'default'] = /_(?:--namespace|-n)_([a-z\d-]+)/.exec(match[0]) ?? [];
  const context = { namespace, nowEpochSeconds: nowOf(times) };
  return tableRows(text)
    ?.map((cells) => ROW_PARSERS[resource](cells, context))
    .filter((row) => row !== undefined);
}

/** Objects of `kubectl describe`, which prints several with empty lines between; of events those of described pods. */
async function describedOf(resource: Resource, { commands, times }: Report): Promise<readonly Fields[]> {
  if (resource !== 'pods' && resource !== 'nodes' && resource !== 'events') return [];
  const now = nowOf(times);
  const outputs = await commands.matching(describeOf(resource === 'events' ? 'pods' : resource));
  return outputs
    .flatMap(({ text }) => text.split(/^(?=Name:)/m))
    .flatMap((text): readonly Fields[] => {
      if (resource === 'nodes') return [describedNode(text) ?? []].flat();
      const pod = describedPod(text, now);
      if (pod === undefined) return [];
      const { name, namespace } = fields(pod['metadata']);
      return resource === 'pods' ? [pod] : describedEvents(text, { kind: 'Pod', name, namespace }, now);
    });
}

const nowOf = ({ takenMs }: Report['times']): number | undefined =>
  takenMs === undefined ? undefined : takenMs / 1000;

function trimmed(value: unknown, within = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => trimmed(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !DROPPED.has(key) && (within !== 'annotations' || ANNOTATIONS.has(key)))
      .map(([key, inner]) => [key, trimmed(inner, key)]),
  );
}

/** List as the protocol gives it: a line about the list, and one for each object. */
async function table(
  rows: readonly Fields[] | undefined,
  report: Report,
  now: number | undefined,
): Promise<string | undefined> {
  if (rows === undefined) return undefined;
  const list = new KubernetesTable({ node: await nodeName(report), whole: true });
  list.state({ state: 'live', atEpochSeconds: now, error: undefined, why: 'failed', cut: false });
  for (const [index, row] of rows.entries()) list.row(String(index), JSON.stringify(row));
  return list.text('');
}
