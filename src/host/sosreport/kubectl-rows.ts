import type { Fields } from '../../lib/json.ts';
import { toCount } from '../../lib/lines.ts';
import { timeOfAge, type Cells } from './kubectl-table.ts';

/** Place and clock of a row. */
export interface RowContext {
  /** Namespace of the command, for a table without that column. */
  readonly namespace: string;
  readonly nowEpochSeconds: number | undefined;
}

type RowParser = (cells: Cells, context: RowContext) => Fields | undefined;

/** `1/3` as two counts. */
function shareOf(text: string | undefined): readonly [number, number] | undefined {
  const [, part, whole] = /^(\d+)\/(\d+)/.exec(text ?? '') ?? [];
  return part === undefined || whole === undefined ? undefined : [Number(part), Number(whole)];
}

const metadataOf = (cells: Cells, { namespace, nowEpochSeconds }: RowContext) => ({
  name: cells.get('NAME'),
  namespace: cells.get('NAMESPACE') ?? namespace,
  creationTimestamp: timeOfAge(cells.get('AGE'), nowEpochSeconds),
});

/** Phases by the status that kubectl prints; of other statuses the phase is not known. */
const PHASES: Readonly<Record<string, string>> = {
  Running: 'Running',
  Pending: 'Pending',
  Completed: 'Succeeded',
  Succeeded: 'Succeeded',
  Evicted: 'Failed',
  Failed: 'Failed',
};

const pod: RowParser = (cells, context) => {
  const metadata = metadataOf(cells, context);
  const [status, share] = [cells.get('STATUS'), shareOf(cells.get('READY'))];
  const [, restarts, ago] = /^(\d+)(?: \((\S+) ago\))?$/.exec(cells.get('RESTARTS') ?? '') ?? [];
  if (metadata.name === undefined || status === undefined || share === undefined || restarts === undefined)
    return undefined;
  const [ready, containers] = share;
  return {
    // The table has no uid.
    metadata: { ...metadata, uid: `${metadata.namespace}/${metadata.name}` },
    spec: { nodeName: cells.get('NODE') },
    status: { phase: PHASES[status], podIP: cells.get('IP'), nominatedNodeName: cells.get('NOMINATED NODE') },
    printed: {
      status,
      ready,
      containers,
      restarts: Number(restarts),
      restartedAt: timeOfAge(ago, context.nowEpochSeconds),
      // `-o wide` alone has that column.
      isWide: cells.has('NODE'),
    },
  };
};

/** `Ready`, `NotReady,SchedulingDisabled`: a table has no other condition, and not whether Ready is False or Unknown. */
const node: RowParser = (cells, context) => {
  const name = cells.get('NAME');
  const [ready, ...more] = cells.get('STATUS')?.split(',') ?? [];
  if (name === undefined || ready === undefined) return undefined;
  return {
    printed: true,
    metadata: { name, creationTimestamp: timeOfAge(cells.get('AGE'), context.nowEpochSeconds) },
    spec: { unschedulable: more.includes('SchedulingDisabled') },
    status: {
      conditions: [{ type: 'Ready', status: ready === 'Ready' ? 'True' : ready }],
      nodeInfo: { kubeletVersion: cells.get('VERSION'), containerRuntimeVersion: cells.get('CONTAINER-RUNTIME') },
    },
  };
};

/** Kinds of objects of events, which a table has in lower case. */
const KINDS: ReadonlyMap<string, string> = new Map(
  `Pod Node Deployment ReplicaSet StatefulSet DaemonSet Job CronJob Service Endpoints Ingress Namespace PersistentVolume
  PersistentVolumeClaim HorizontalPodAutoscaler PodDisruptionBudget ReplicationController Certificate ConfigMap Secret`
    .split(/\s+/)
    .map((kind) => [kind.toLowerCase(), kind]),
);

/** Last time of an event, its first and its number: `5m`, `4m12s (x41 over 12m)`. */
export function eventTimes(text: string | undefined, nowEpochSeconds: number | undefined): Fields {
  const [, last, count, first] = /^(\S+)(?: \(x(\d+) over ([^)]+)\))?$/.exec(text ?? '') ?? [];
  return {
    lastTimestamp: timeOfAge(last, nowEpochSeconds),
    firstTimestamp: timeOfAge(first, nowEpochSeconds),
    count: toCount(count),
  };
}

const event: RowParser = (cells, { namespace, nowEpochSeconds }) => {
  // Before kubectl 1.14 KIND and NAME, the name of the event: that of the object and a time.
  const old = cells.get('KIND') && `${cells.get('KIND')}/${(cells.get('NAME') ?? '').replace(/\.[0-9a-f]{10,}$/, '')}`;
  const [, kind, name] = /^([^/]+)\/(\S+)$/.exec(cells.get('OBJECT') ?? old ?? '') ?? [];
  const reason = cells.get('REASON');
  if (kind === undefined || name === undefined || reason === undefined) return undefined;
  const times = eventTimes(cells.get('LAST SEEN'), nowEpochSeconds);
  const [component, host] = (cells.get('SOURCE') ?? '').split(', ');
  return {
    type: cells.get('TYPE'),
    reason,
    message: cells.get('MESSAGE'),
    count: times['count'] ?? toCount(cells.get('COUNT')),
    firstTimestamp: times['firstTimestamp'] ?? timeOfAge(cells.get('FIRST SEEN'), nowEpochSeconds),
    lastTimestamp: times['lastTimestamp'],
    source: { component, host },
    involvedObject: {
      kind: KINDS.get(kind.toLowerCase()) ?? kind,
      name,
      namespace: cells.get('NAMESPACE') ?? namespace,
      fieldPath: cells.get('SUBOBJECT'),
    },
  };
};

const deployment: RowParser = (cells, context) => {
  // Before kubectl 1.15 DESIRED and AVAILABLE: what is available is ready.
  const [ready, wanted] = shareOf(cells.get('READY')) ?? [toCount(cells.get('AVAILABLE')), toCount(cells.get('DESIRED'))]; // prettier-ignore
  if (ready === undefined || wanted === undefined) return undefined;
  return {
    metadata: metadataOf(cells, context),
    spec: { replicas: wanted },
    status: { readyReplicas: ready, updatedReplicas: toCount(cells.get('UP-TO-DATE')) },
  };
};

const statefulSet: RowParser = (cells, context) => {
  const share = shareOf(cells.get('READY'));
  return (
    share && {
      metadata: metadataOf(cells, context),
      spec: { replicas: share[1] },
      status: { readyReplicas: share[0] },
    }
  );
};

const daemonSet: RowParser = (cells, context) => {
  const [wanted, ready] = [toCount(cells.get('DESIRED')), toCount(cells.get('READY'))];
  if (wanted === undefined || ready === undefined) return undefined;
  return {
    metadata: metadataOf(cells, context),
    status: {
      desiredNumberScheduled: wanted,
      numberReady: ready,
      updatedNumberScheduled: toCount(cells.get('UP-TO-DATE')),
    },
  };
};

/** `0/1`, `2/1 of 3`; the status is in the table since kubectl 1.31. */
const job: RowParser = (cells, context) => {
  const share = shareOf(cells.get('COMPLETIONS'));
  const status = cells.get('STATUS');
  return (
    share && {
      metadata: metadataOf(cells, context),
      spec: { completions: share[1], suspend: status === 'Suspended' },
      status: {
        succeeded: share[0],
        conditions: status === 'Failed' || status === 'Complete' ? [{ type: status, status: 'True' }] : [],
      },
    }
  );
};

const budget: RowParser = (cells, context) => {
  const allowed = toCount(cells.get('ALLOWED DISRUPTIONS'));
  return allowed === undefined
    ? undefined
    : { metadata: metadataOf(cells, context), status: { disruptionsAllowed: allowed } };
};

/** Objects of the API from rows of tables, with the fields that a table has. */
export const ROW_PARSERS = {
  pods: pod,
  nodes: node,
  events: event,
  deployments: deployment,
  statefulsets: statefulSet,
  daemonsets: daemonSet,
  jobs: job,
  poddisruptionbudgets: budget,
} satisfies Readonly<Record<string, RowParser>>;

export type Resource = keyof typeof ROW_PARSERS;
