import type { Container } from '../../entities/containers/container.ts';
import { backOff, endText } from '../../entities/kubernetes/pod-trouble.ts';
import { plain } from '../../lib/plain.ts';
import { bytes, count, duration, NONE } from '../../lib/units.ts';
import type { ContainerSpec, ContainerStatus, Pod } from '../../sources/kubernetes/objects.ts';
import { processKey } from '../../sources/processes/processes.ts';
import type { Role } from '../../theme.ts';
import type { Column, ProcessRef, TableSection, Link } from '../pane.ts';
import { logDetail } from './pod-log.ts';
import type { PodRow } from './pod-rows.ts';

interface ContainerLine {
  readonly spec: ContainerSpec;
  readonly kind: 'init' | 'sidecar' | '';
  readonly status: ContainerStatus | undefined;
  readonly container: Container | undefined;
  readonly says: string;
  readonly role: Role;
  readonly before: string;
}

function stateOf(one: ContainerStatus | undefined): { readonly says: string; readonly role: Role } {
  if (!one) return { says: 'not begun', role: 'dim' };
  if (one.waiting) {
    const reason = one.waiting.reason ?? 'waits';
    const usual = reason === 'ContainerCreating' || reason === 'PodInitializing';
    return { says: plain(reason), role: usual ? 'text' : 'crit' };
  }
  if (one.terminated)
    return {
      says: plain(one.terminated.exitCode === 0 ? 'completed' : endText(one.terminated)),
      role: one.terminated.exitCode === 0 ? 'dim' : 'crit',
    };
  if (one.running) return { says: one.ready ? 'running' : 'running, not ready', role: one.ready ? 'good' : 'warn' };
  return { says: NONE, role: 'dim' };
}

const columns: readonly Column<ContainerLine>[] = [
  {
    id: 'container',
    title: 'CONTAINER',
    about: 'Its name.',
    width: 14,
    rank: 0,
    value: ({ spec }) => plain(spec.name),
  },
  {
    id: 'kind',
    title: 'KIND',
    about: 'init: runs before the others; sidecar: an init container that goes on.',
    width: 7,
    rank: 2,
    value: ({ kind }) => kind || undefined,
    text: ({ kind }) => kind,
    role: () => 'dim',
  },
  {
    id: 'state',
    title: 'STATE',
    about: 'What it does, or how it ended.',
    width: 22,
    rank: 0,
    value: ({ says }) => says,
    role: ({ role }) => role,
  },
  {
    id: 'restarts',
    title: 'RST',
    about: 'How often it was started again.',
    width: 4,
    align: 'right',
    rank: 0,
    value: ({ status }) => status?.restarts,
    text: ({ status }) => (status?.restarts === 0 ? '·' : count(status?.restarts)),
  },
  {
    id: 'before',
    title: 'BEFORE',
    about: 'How it ended the time before, how long ago, and where in the back-off it is.',
    width: 26,
    grow: true,
    rank: 0,
    value: ({ before }) => before || undefined,
    text: ({ before }) => before,
    role: () => 'warn',
  },
  {
    id: 'pid',
    title: 'PID',
    about: 'Its first process on the host.',
    width: 8,
    align: 'right',
    rank: 1,
    value: ({ container }) => container?.init?.pid,
    text: ({ container }) => (container?.init === undefined ? '' : String(container.init.pid)),
  },
  {
    id: 'memory',
    title: 'MEM',
    about: 'Memory that it uses.',
    width: 6,
    align: 'right',
    rank: 2,
    value: ({ container }) => container?.group?.memoryBytes,
    text: ({ container }) => (container?.group === undefined ? '' : bytes(container.group.memoryBytes)),
  },
  {
    id: 'limit',
    title: 'LIMIT',
    about: 'Memory that it may use at most.',
    width: 6,
    align: 'right',
    rank: 2,
    value: ({ spec }) => spec.limits.memoryBytes,
    text: ({ spec }) => (spec.limits.memoryBytes === undefined ? 'none' : bytes(spec.limits.memoryBytes)),
    role: ({ spec }) => (spec.limits.memoryBytes === undefined ? 'dim' : 'text'),
  },
  {
    id: 'image',
    title: 'IMAGE',
    about: 'What it is made from.',
    width: 20,
    grow: true,
    rank: 4,
    value: ({ spec }) => spec.image && plain(spec.image),
    text: ({ spec }) => plain(spec.image ?? ''),
    role: () => 'dim',
  },
];

/** What each container of a pod does, how it ended before, and its process. */
export function containersSection(
  row: PodRow,
  pod: Pod | undefined,
  now: number | undefined,
): TableSection<ContainerLine> {
  const line = (
    spec: ContainerSpec,
    kind: ContainerLine['kind'],
    statuses: readonly ContainerStatus[],
  ): ContainerLine => {
    const status = statuses.find(({ name }) => name === spec.name);
    const ended = status?.last;
    const ago =
      ended?.finishedEpochSeconds === undefined || now === undefined
        ? ''
        : ` ${duration(Math.max(0, now - ended.finishedEpochSeconds))} ago`;
    const wait = status && backOff(status, now);
    return {
      spec,
      kind,
      status,
      container: row.here.containers.get(spec.name),
      ...stateOf(status),
      before: plain(
        ended ? `${endText(ended)}${ago}${wait === undefined ? '' : `, ${wait}`}` : (status?.waiting?.message ?? ''),
      ),
    };
  };
  const rows = pod
    ? [
        ...pod.initContainers.map((spec) => line(spec, spec.sidecar ? 'sidecar' : 'init', pod.initStatuses)),
        ...pod.containers.map((spec) => line(spec, '', pod.statuses)),
      ]
    : [...row.here.containers].map(([name, container]): ContainerLine => ({
        spec: { name, image: container.image, sidecar: false, requests: NOTHING, limits: NOTHING },
        kind: '',
        status: undefined,
        container,
        says: 'runs on the node',
        role: 'text',
        before: '',
      }));
  return {
    kind: 'table',
    id: 'containers',
    title: 'Containers of it',
    note: 'enter: its log',
    sources: ['kube-pods', 'cgroups'],
    columns,
    rows,
    key: ({ spec }) => spec.name,
    sort: { column: '', descending: false },
    process: ({ container }) => processOf(container),
    links: ({ container }) => containerLinks(container),
    // Of what only the node tells of the log lies on the node as well; without its name nobody finds it.
    detail: ({ spec, status }) =>
      row.here.namespace === '' ? undefined : logDetail(row.here, spec.name, (status?.restarts ?? 0) > 0),
    empty: 'none is known',
    minRows: 3,
  };
}

const NOTHING = { cpus: undefined, memoryBytes: undefined };

const processOf = (container: Container | undefined): ProcessRef | undefined =>
  container?.init && {
    pid: container.init.pid,
    startTicks: container.init.startTicks,
    name: plain(container.init.command),
  };

export const containerLinks = (container: Container | undefined): readonly Link[] =>
  container === undefined
    ? []
    : [
        { label: `container ${plain(container.name)}`, pane: 'containers', row: container.key },
        ...(container.init
          ? [
              {
                label: `process ${container.init.pid} ${plain(container.init.command)}`,
                pane: 'processes',
                row: processKey(container.init),
              },
            ]
          : []),
      ];
