import { fields, items, json, textOf, type Fields } from '../../lib/json.ts';
import { KubernetesTable } from '../protocols/kubernetes/table.ts';
import { jsonText } from './commands.ts';
import type { Report } from './report.ts';

/**
 * Output of `kubectl get -o json`, with a kubeconfig and a namespace in its name: sos/report/plugins/kubernetes.py.
 *
 *     kubectl_--kubeconfig_.etc.kubernetes.admin.conf_get_-o_json_--namespace_default_pods
 */
const outputOf = (resource: string): RegExp =>
  new RegExp(`^(?:kubectl|oc)_(?=.*_-o_json(?:_|$))(?:.*_)?get_(?:.*_)?${resource}(?:_-.*)?$`);

/** Fields with the environment, arguments and labels of a workload, which no source reads. */
const DROPPED: ReadonlySet<string> = new Set(['env', 'envFrom', 'command', 'args', 'managedFields', 'labels', 'data']);
const ANNOTATIONS: ReadonlySet<string> = new Set(['kubernetes.io/config.hash', 'kubernetes.io/config.mirror']);
const WORKLOADS = { Deployment: 'deployments', StatefulSet: 'statefulsets', DaemonSet: 'daemonsets', Job: 'jobs' };

/** Reply of the cluster as crashcart's program on a host gives it; undefined for what kubectl did not print. */
export async function kubernetesReply(request: string, report: Report): Promise<string | undefined> {
  const now = report.times.takenMs === undefined ? undefined : report.times.takenMs / 1000;
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
      const node = nodes?.find((one) => fields(one['metadata'])['name'] === name) ?? (nodes?.length === 1 ? nodes[0] : undefined); // prettier-ignore
      return node && JSON.stringify({ now, node });
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

const nodeName = async ({ files }: Report): Promise<string | undefined> =>
  (await files.text('/proc/sys/kernel/hostname'))?.trim();

/** Objects of one kind of all namespaces, each once. */
async function objects(resource: string, { commands }: Report): Promise<readonly Fields[] | undefined> {
  const outputs = await commands.matching(outputOf(resource));
  const found = new Map<string, Fields>();
  let isRead = false;
  for (const { text } of outputs) {
    const value = fields(json(jsonText(text)));
    if (!Array.isArray(value['items'])) continue;
    isRead = true;
    for (const item of items(value['items'])) {
      const one = fields(trimmed(item));
      const { uid } = fields(one['metadata']);
      found.set(textOf(uid) ?? pathOf(fields(one['metadata'])), one);
    }
  }
  return isRead ? [...found.values()] : undefined;
}

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
