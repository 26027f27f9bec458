import type { Fields } from '../../lib/json.ts';
import { lines, toCount, toNumber } from '../../lib/lines.ts';
import { eventTimes } from './kubectl-rows.ts';
import { ageSeconds, rowsBelow, type Cells } from './kubectl-table.ts';

/** Field of `kubectl describe` with the fields that are indented below it. */
interface Entry {
  readonly indent: number;
  readonly value: string | undefined;
  readonly below: Map<string, Entry>;
}

const FIELD = /^( *)([^\s:][^:]*):(?: +(\S.*?))? *$/;

/** Fields by their indentation; lines without a colon are rows of tables or more values of a field. */
function entriesOf(text: string): Entry {
  const root: Entry = { indent: -1, value: undefined, below: new Map() };
  const open: Entry[] = [root];
  for (const line of lines(text)) {
    const [, blanks, key, value] = FIELD.exec(line) ?? [];
    if (blanks === undefined || key === undefined) continue;
    while ((open.at(-1)?.indent ?? -1) >= blanks.length) open.pop();
    const entry = { indent: blanks.length, value: value === '<none>' ? undefined : value, below: new Map<string, Entry>() }; // prettier-ignore
    const parent = open.at(-1) ?? root;
    if (!parent.below.has(key)) parent.below.set(key, entry);
    open.push(entry);
  }
  return root;
}

/** Rows of the table below a field. */
function tableOf(text: string, field: string): readonly Cells[] {
  const all = lines(text);
  const at = all.indexOf(`${field}:`);
  if (at < 0) return [];
  const rest = all.slice(at + 1);
  const end = rest.findIndex((line) => !line.startsWith(' '));
  return rowsBelow(rest.slice(0, end < 0 ? undefined : end));
}

const valueOf = ({ below }: Entry, key: string): string | undefined => below.get(key)?.value;

/** `Mon, 30 Nov 2026 09:00:00 +0000`, as the API writes it. */
function timeOf(text: string | undefined): string | undefined {
  const ms = Date.parse(text ?? '');
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

const conditionsOf = (text: string): readonly Fields[] =>
  tableOf(text, 'Conditions').map((cells) => ({
    type: cells.get('TYPE'),
    status: cells.get('STATUS'),
    lastHeartbeatTime: timeOf(cells.get('LASTHEARTBEATTIME')),
    lastTransitionTime: timeOf(cells.get('LASTTRANSITIONTIME')),
    reason: cells.get('REASON'),
    message: cells.get('MESSAGE'),
  }));

const amountsOf = (entry: Entry | undefined): Fields =>
  Object.fromEntries([...(entry?.below ?? [])].map(([name, { value }]) => [name, value]));

/** `Waiting` with its reason, as a field of the API. */
function stateOf(entry: Entry | undefined): Fields {
  if (entry?.value === undefined) return {};
  const state = {
    reason: valueOf(entry, 'Reason'),
    message: valueOf(entry, 'Message'),
    exitCode: toNumber(valueOf(entry, 'Exit Code')),
    signal: toNumber(valueOf(entry, 'Signal')),
    startedAt: timeOf(valueOf(entry, 'Started')),
    finishedAt: timeOf(valueOf(entry, 'Finished')),
  };
  return { [entry.value.toLowerCase()]: state };
}

const containersOf = (entry: Entry | undefined): readonly (readonly [string, Entry])[] => [...(entry?.below ?? [])];

const specOf = ([name, entry]: readonly [string, Entry]): Fields => ({
  name,
  image: valueOf(entry, 'Image'),
  resources: { limits: amountsOf(entry.below.get('Limits')), requests: amountsOf(entry.below.get('Requests')) },
});

/** Status of a container; undefined for one that the kubelet has not reported. */
function statusOf([name, entry]: readonly [string, Entry]): readonly Fields[] {
  const restarts = toCount(valueOf(entry, 'Restart Count'));
  if (restarts === undefined) return [];
  return [
    {
      name,
      ready: valueOf(entry, 'Ready') === 'True',
      restartCount: restarts,
      imageID: valueOf(entry, 'Image ID'),
      containerID: valueOf(entry, 'Container ID'),
      state: stateOf(entry.below.get('State')),
      lastState: stateOf(entry.below.get('Last State')),
    },
  ];
}

/** `ReplicaSet/web-5d4f` as an owner; the labels that lead to its Deployment are not read. */
function ownersOf(text: string | undefined): readonly Fields[] {
  const [kind, name] = text?.split('/') ?? [];
  return kind === undefined || name === undefined ? [] : [{ kind, name, controller: true }];
}

/**
 * Pod by `kubectl describe pod`, without a uid and a time of creation. Neither environment nor labels are taken.
 * kubectl/pkg/describe/describe.go
 */
export function describedPod(text: string, nowEpochSeconds: number | undefined): Fields | undefined {
  const root = entriesOf(text);
  const [name, namespace] = [valueOf(root, 'Name'), valueOf(root, 'Namespace')];
  if (name === undefined || namespace === undefined) return undefined;
  const [inits, containers] = [containersOf(root.below.get('Init Containers')), containersOf(root.below.get('Containers'))]; // prettier-ignore
  const [phase, , lasting] = /^(\w+)( \(lasts (\S+)\))?/.exec(valueOf(root, 'Status') ?? '')?.slice(1) ?? [];
  const deleting = phase === 'Terminating' ? (ageSeconds(lasting) ?? 0) : undefined;
  const deletedAt = deleting === undefined || nowEpochSeconds === undefined ? undefined : new Date((nowEpochSeconds - deleting) * 1000).toISOString(); // prettier-ignore
  return {
    metadata: {
      name,
      namespace,
      uid: `${namespace}/${name}`,
      deletionTimestamp: deletedAt,
      ownerReferences: ownersOf(valueOf(root, 'Controlled By')),
    },
    spec: {
      nodeName: valueOf(root, 'Node')?.split('/')[0],
      serviceAccountName: valueOf(root, 'Service Account'),
      priorityClassName: valueOf(root, 'Priority Class Name'),
      initContainers: inits.map(specOf),
      containers: containers.map(specOf),
    },
    status: {
      // The phase of a deleted pod is not printed.
      phase: deleting === undefined ? phase : undefined,
      reason: valueOf(root, 'Reason'),
      message: valueOf(root, 'Message'),
      qosClass: valueOf(root, 'QoS Class'),
      podIP: valueOf(root, 'IP'),
      conditions: conditionsOf(text),
      initContainerStatuses: inits.flatMap(statusOf),
      containerStatuses: containers.flatMap(statusOf),
    },
  };
}

/** Events at the end of a description, of its object. */
export function describedEvents(text: string, object: Fields, nowEpochSeconds: number | undefined): readonly Fields[] {
  return tableOf(text, 'Events').map((cells) => ({
    type: cells.get('TYPE'),
    reason: cells.get('REASON'),
    message: cells.get('MESSAGE'),
    source: { component: cells.get('FROM') },
    involvedObject: object,
    ...eventTimes(cells.get('AGE'), nowEpochSeconds),
  }));
}

/** `key=value:Effect` */
function taintOf(text: string): Fields {
  const [, key, value, effect] = /^([^=:]+)(?:=([^:]*))?:(\S+)$/.exec(text) ?? [];
  return { key, value, effect };
}

/** Node by `kubectl describe node`. */
export function describedNode(text: string): Fields | undefined {
  const root = entriesOf(text);
  const name = valueOf(root, 'Name');
  if (name === undefined) return undefined;
  const info = root.below.get('System Info');
  const taints = /^Taints: +([\s\S]*?)(?=^\S|$(?![\s\S]))/m.exec(text)?.[1]?.trim().split(/\s+/) ?? [];
  return {
    metadata: { name, creationTimestamp: timeOf(valueOf(root, 'CreationTimestamp')) },
    spec: { unschedulable: valueOf(root, 'Unschedulable') === 'true', taints: taints.map(taintOf) },
    status: {
      conditions: conditionsOf(text),
      capacity: amountsOf(root.below.get('Capacity')),
      allocatable: amountsOf(root.below.get('Allocatable')),
      nodeInfo: info && {
        systemUUID: valueOf(info, 'System UUID'),
        kubeletVersion: valueOf(info, 'Kubelet Version'),
        containerRuntimeVersion: valueOf(info, 'Container Runtime Version'),
      },
    },
  };
}
