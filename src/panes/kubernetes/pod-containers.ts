import type { Container } from '../../entities/containers/container.ts';
import { backOff, endText } from '../../entities/kubernetes/pod-trouble.ts';
import { plain } from '../../lib/plain.ts';
import { NONE, span } from '../../lib/units.ts';
import type { ContainerSpec, ContainerStatus, Pod } from '../../sources/kubernetes/objects.ts';
import { processKey } from '../../sources/processes/processes.ts';
import type { Role } from '../../theme.ts';
import { ownWords, stateWords } from '../../timeline/reading-state.ts';
import type { Column, ProcessRef, TableSection, Link } from '../pane.ts';
import { logDetail } from './pod-log.ts';
import type { PodRow } from './pod-rows.ts';
import { bytesColumn, countColumn, numberColumn, textColumn } from '../../ui/kit/columns.ts';

interface ContainerLine {
  readonly spec: ContainerSpec;
  readonly kind: 'init' | 'sidecar' | '';
  readonly status: ContainerStatus | undefined;
  readonly container: Container | undefined;
  readonly state: string;
  readonly role: Role;
  readonly lastState: string;
}

function stateOf(one: ContainerStatus | undefined): { readonly state: string; readonly role: Role } {
  if (!one) return { state: 'not started', role: 'dim' };
  if (one.waiting) {
    const reason = one.waiting.reason ?? 'waiting';
    const usual = reason === 'ContainerCreating' || reason === 'PodInitializing';
    return { state: plain(reason), role: usual ? 'text' : 'crit' };
  }
  if (one.terminated)
    return {
      state: plain(one.terminated.exitCode === 0 ? 'completed' : endText(one.terminated)),
      role: one.terminated.exitCode === 0 ? 'dim' : 'crit',
    };
  if (one.running) return { state: one.ready ? 'running' : 'running, not ready', role: one.ready ? 'good' : 'warn' };
  return { state: NONE, role: 'dim' };
}

const columns: readonly Column<ContainerLine>[] = [
  {
    id: 'container',
    title: 'CONTAINER',
    about: 'Container name.',
    width: 14,
    rank: 0,
    value: ({ spec }) => plain(spec.name),
  },
  textColumn({
    id: 'kind',
    title: 'KIND',
    about: 'init: runs before the others; sidecar: an init container that keeps running.',
    width: 7,
    rank: 2,
    value: ({ kind }) => kind,
    role: () => 'dim',
  }),
  {
    id: 'state',
    title: 'STATE',
    about: 'State, or reason and exit code of its end.',
    width: 22,
    rank: 0,
    value: ({ state }) => state,
    role: ({ role }) => role,
  },
  countColumn({
    id: 'restarts',
    title: 'RESTARTS',
    about: 'Number of restarts.',
    width: 8,
    rank: 0,
    value: ({ status }) => status?.restarts,
    zero: '·',
  }),
  textColumn({
    id: 'before',
    title: 'LAST STATE',
    about: 'End of its previous run, its age, and the restart back-off.',
    width: 26,
    grow: true,
    rank: 0,
    value: ({ lastState }) => lastState,
    role: () => 'warn',
  }),
  numberColumn({
    id: 'pid',
    title: 'PID',
    about: 'PID of its first process on the host.',
    width: 8,
    rank: 1,
    value: ({ container }) => container?.init?.pid,
    missing: '',
  }),
  bytesColumn({
    id: 'memory',
    title: 'MEM',
    about: 'Memory in use.',
    width: 6,
    rank: 2,
    value: ({ container }) => container?.group?.memoryBytes,
    missing: ({ container }) => (container?.group ? NONE : ''),
  }),
  bytesColumn({
    id: 'limit',
    title: 'LIMIT',
    about: 'Memory limit.',
    width: 6,
    rank: 2,
    value: ({ spec }) => spec.limits.memoryBytes,
    missing: 'none',
    role: ({ spec }) => (spec.limits.memoryBytes === undefined ? 'dim' : 'text'),
  }),
  {
    id: 'image',
    title: 'IMAGE',
    about: 'Image of the container spec.',
    width: 20,
    grow: true,
    rank: 4,
    value: ({ spec }) => spec.image && plain(spec.image),
    text: ({ spec }) => plain(spec.image ?? ''),
    role: () => 'dim',
  },
];

/** Containers of a pod with state, last state and process. */
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
        : ` ${span(Math.max(0, now - ended.finishedEpochSeconds))} ago`;
    const wait = status && backOff(status, now);
    return {
      spec,
      kind,
      status,
      container: row.here.containers.get(spec.name),
      ...stateOf(status),
      lastState: plain(
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
        state: 'running on the node',
        role: 'text',
        lastState: '',
      }));
  return {
    kind: 'table',
    id: 'containers',
    title: 'Containers',
    note: 'enter: log',
    sources: ['kube-pods', 'cgroups'],
    columns,
    rows,
    key: ({ spec }) => spec.name,
    sort: { column: '', descending: false },
    process: ({ container }) => processOf(container),
    links: ({ container }) => containerLinks(container),
    // Logs of a pod that the API server does not list are on the node too, by the name of the pod.
    detail: ({ spec, status }) =>
      row.here.namespace === '' ? undefined : logDetail(row.here, spec.name, (status?.restarts ?? 0) > 0),
    empty: pod?.printed === undefined ? ownWords('none') : stateWords({ state: 'not in this sosreport' }),
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
