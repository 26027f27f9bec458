import { cgroups, type Cgroup } from '../../sources/containers/cgroups.ts';
import { containerLogs } from '../../sources/containers/logs.ts';
import { cpuStat } from '../../sources/machine/cpu-stat.ts';
import { dockerEvents } from '../../sources/containers/docker-events.ts';
import { docker } from '../../sources/containers/docker.ts';
import { lxc } from '../../sources/containers/lxc.ts';
import { lxdEvents } from '../../sources/containers/lxd-events.ts';
import { lxdServer } from '../../sources/containers/lxd-server.ts';
import { lxd, type LxdInstance } from '../../sources/containers/lxd.ts';
import { podman } from '../../sources/containers/podman.ts';
import { lxdPlaces } from '../../sources/containers/lxd-sockets.ts';
import { lastValue, newestEntry } from '../../timeline/last-known.ts';
import type { Moment } from '../../timeline/moment.ts';
import { containerProcesses, initOf, type ContainerProcesses } from './processes.ts';
import { currentLxcGroups, lxcNameOf } from './lxc-groups.ts';
import { lxdGroupName, type Container, type ContainerState } from './container.ts';
import { containerKey, idKey, lxcKey } from '../../sources/containers/container-key.ts';
import { processes } from '../../sources/processes/processes.ts';
import { seesAll } from '../processes/hidden-processes.ts';
import {
  dockerRecentEvents,
  dockerState,
  RECENT_SECONDS,
  stateOfEvent,
  type RecentEvents,
} from './docker-recent-events.ts';

export const containerNeeds = {
  processes,
  cgroups,
  docker,
  dockerEvents,
  lxd,
  lxdEvents,
  lxdServer,
  lxc,
  podman,
  containerLogs,
  cpuStat,
};
export type ContainerMoment = Moment<typeof containerNeeds>;

/** Moment with the needs of containers only: containersAt caches by its samples, so further ones would defeat the cache. */
export const onlyContainers = (moment: ContainerMoment): ContainerMoment => {
  const { cgroups, processes, docker, dockerEvents, lxd, lxdEvents, lxdServer, lxc, podman, containerLogs, cpuStat } =
    moment;
  return {
    cgroups,
    processes,
    docker,
    dockerEvents,
    lxd,
    lxdEvents,
    lxdServer,
    lxc,
    podman,
    containerLogs,
    cpuStat,
  };
};

interface Known {
  readonly inputs: readonly unknown[];
  readonly containers: readonly Container[];
}
const known = new WeakMap<object, Known>();

/**
 * Every container of a host, from cgroups (running ones and their use), the process table, and the daemons (names, and
 * stopped ones). While a daemon is unresponsive only names of new containers are missing. The pane and all rules need the
 * same moment: it is joined once.
 */
export function containersAt(moment: ContainerMoment): readonly Container[] {
  const inputs = Object.values(moment).map(({ now }) => now);
  const cacheKey = moment.processes.now ?? moment.cgroups.now ?? moment.docker.now;
  if (cacheKey === undefined) return joinContainers(moment);
  const made = known.get(cacheKey);
  if (made && made.inputs.every((input, i) => input === inputs[i])) return made.containers;
  const containers = joinContainers(moment);
  known.set(cacheKey, { inputs, containers });
  return containers;
}

/** The host's wall clock at the newest reading, the clock of all times from daemons. */
export function hostEpochSeconds(moment: Pick<ContainerMoment, 'cpuStat'>): number | undefined {
  const entry = moment.cpuStat.history.at(-1);
  const boot = entry?.sample?.bootEpochSeconds;
  return boot === undefined || entry === undefined ? undefined : boot + entry.at;
}

function joinContainers(moment: ContainerMoment): readonly Container[] {
  const byContainer = containerProcesses(moment.processes.now?.processes.values() ?? []);
  const from = { ...byContainer, lxcNames: lxcNames(moment, byContainer) };
  const hidden = !seesAll(moment.processes);
  const all = new Map<string, Container>();
  for (const group of moment.cgroups.now?.cgroups.values() ?? []) {
    const key = containerKey(group.owner);
    // With docker in docker a group may be nested in another with its key: the outer one includes it.
    if (key !== undefined && !all.has(key)) all.set(key, fromGroup(key, group, from, hidden));
  }
  // Without cgroups (no root, hidden) containers are found by their processes.
  for (const [key, list] of from.of)
    if (!all.has(key)) {
      const owner = list[0]?.owner;
      if (owner) all.set(key, fromGroup(key, { owner }, from, hidden));
    }
  const lxcKeys = currentLxcGroups(all, from.lxcNames);
  nameDocker(all, moment, from);
  nameConmon(all, from);
  nameStored(all, moment);
  nameLxd(all, moment, from, lxcKeys);
  nameLxc(all, moment, lxcKeys);
  namePods(all, moment);
  return [...all.values()];
}

interface JoinedFrom extends ContainerProcesses {
  /** Names of LXC, LXD and Incus containers, which their groups may only begin with. */
  readonly lxcNames: ReadonlySet<string>;
}

const lxcNames = (moment: ContainerMoment, { lxcEngines }: ContainerProcesses): ReadonlySet<string> =>
  new Set([
    ...lxcEngines.keys(),
    ...(moment.lxc.now?.containers.map(({ name }) => name) ?? []),
    ...lxdPlaces.flatMap(
      (place) => lastValue(moment.lxd, ({ instances }) => instances.get(place))?.value.map(lxdGroupName) ?? [],
    ),
  ]);

function fromGroup(
  key: string,
  group: Cgroup | Pick<Cgroup, 'owner'>,
  { of, lxcEngines, lxcNames: names, namespaces }: JoinedFrom,
  hidden = false,
): Container {
  const { owner } = group;
  const name = owner.kind === 'lxc' ? lxcNameOf(owner.name, names) : owner.name;
  const own = of.get(key) ?? [];
  const id = owner.kind === 'pod' ? owner.container : owner.id;
  const engine =
    owner.kind === 'pod'
      ? 'k8s'
      : owner.kind === 'lxc'
        ? (lxcEngines.get(name) ?? 'lxc')
        : owner.kind === 'guest' || owner.kind === 'service' || owner.kind === 'user'
          ? 'containerd'
          : owner.kind;
  return {
    key,
    engine,
    name: owner.kind === 'pod' ? (owner.container ?? owner.name).slice(0, 12) : name,
    project:
      owner.kind === 'pod'
        ? owner.name
        : owner.kind === 'containerd' && id !== undefined
          ? namespaces.get(id)
          : undefined,
    image: undefined,
    id,
    state: 'path' in group ? groupState(group, own.length, hidden) : 'running',
    exitCode: undefined,
    health: undefined,
    recentRestarts: undefined,
    oomEvents: 0,
    restartAgeSeconds: undefined,
    oomAgeSeconds: undefined,
    since: {},
    group: 'path' in group ? group : undefined,
    init: initOf(own),
    processes: own,
    instance: undefined,
    staleSeconds: undefined,
  };
}

/** State by the cgroup: one without processes is stopped or starting; where processes are hidden only pids.current counts. */
const groupState = (group: Cgroup, processes: number, hidden: boolean): ContainerState => {
  if (group.frozen === true) return group.owner.kind === 'lxc' ? 'frozen' : 'paused';
  return (group.pids ?? (hidden ? undefined : processes)) === 0 && processes === 0 ? 'stopped' : 'running';
};

const isThere = (container: Container | undefined): boolean => container !== undefined && container.state !== 'stopped';

function nameDocker(all: Map<string, Container>, moment: ContainerMoment, from: JoinedFrom): void {
  const now = hostEpochSeconds(moment);
  const recent = dockerRecentEvents(moment.dockerEvents.now?.events ?? [], now);
  const list = lastValue(moment.docker, ({ containers }) => containers);
  const listed = new Map(list?.value.map((one) => [one.id, one]));
  const listEvent = list === undefined ? 0 : eventsAt(moment.dockerEvents, list.wallMs);
  for (const id of new Set([...listed.keys(), ...recent.keys()])) {
    const one = listed.get(id);
    const events = recent.get(id);
    const isNewer = events !== undefined && events.last.epochSeconds > listEvent;
    const reported = dockerState(one, events, isNewer, now);
    const key = idKey(id);
    const there = all.get(key);
    // Removed: only its events are left.
    if (reported === 'removing' && !isThere(there)) {
      if (events?.last.action === 'destroy') all.delete(key);
      continue;
    }
    if (!one && !isThere(there) && list !== undefined && !isNewer) continue;
    all.set(key, {
      ...(there ?? fromGroup(key, { owner: { kind: 'docker', name: id.slice(0, 12), id } }, from)),
      engine: there?.engine ?? 'docker',
      name: nameNow(events, isNewer) ?? one?.name ?? events?.last.name ?? id.slice(0, 12),
      project: one?.project,
      image: one?.image,
      state: dockerStateWith(reported, there),
      exitCode: reported === 'running' || reported === 'paused' ? undefined : exitNow(events, isNewer, one?.exitCode),
      health:
        isThere(there) || reported === 'running' ? ((isNewer ? events.health : undefined) ?? one?.health) : undefined,
      recentRestarts: events?.restarts ?? (moment.dockerEvents.now?.listening === true ? 0 : undefined),
      oomEvents: events?.oomEvents ?? 0,
      restartAgeSeconds: ageOf(events?.restartEpochSeconds, now),
      oomAgeSeconds: ageOf(events?.oomEpochSeconds, now),
      since: {
        stateSeconds:
          isNewer || one?.state === stateOfEvent(events) ? ageOf(events?.last.epochSeconds, now) : undefined,
        healthSeconds: ageOf(events?.healthEpochSeconds, now),
        restartsSeconds: ageOf(events?.firstRestartEpochSeconds, now),
        oomSeconds: ageOf(events?.firstOomEpochSeconds, now),
      },
      staleSeconds: one && list?.ageSeconds,
    });
  }
}

/** Slack of the host's clock (boot time in whole seconds, may be stepped): an event further ahead has no age. */
const CLOCK_SLACK_SECONDS = 5;

function ageOf(epochSeconds: number | undefined, now: number | undefined): number | undefined {
  if (epochSeconds === undefined || now === undefined || epochSeconds > now + CLOCK_SLACK_SECONDS) return undefined;
  return Math.max(0, now - epochSeconds);
}

const nameNow = (events: RecentEvents | undefined, isNewer: boolean): string | undefined =>
  isNewer ? events?.last.name : undefined;

const exitNow = (events: RecentEvents | undefined, isNewer: boolean, listed: number | undefined): number | undefined =>
  isNewer ? (events?.lastDied?.exitCode ?? listed) : (listed ?? events?.lastDied?.exitCode);

/** State by cgroup and daemon: a running cgroup outweighs a list up to 30 s old, except in a restart loop. */
function dockerStateWith(reported: ContainerState, there: Container | undefined): ContainerState {
  if (!there || there.state === 'stopped')
    return reported === 'running' || reported === 'paused' ? 'unknown' : reported;
  return reported === 'restarting' && there.state === 'running' ? 'restarting' : there.state;
}

/** Time of the newest event at the time of the list: later events supersede the list. */
function eventsAt(events: ContainerMoment['dockerEvents'], listedMs: number): number {
  const then = newestEntry(events, ({ wallMs }) => wallMs <= listedMs) ?? events.history[0];
  return then?.sample?.events.at(-1)?.epochSeconds ?? 0;
}

/** Names from conmon: podman's containers of any user. Those of CRI-O get their names as pods. */
function nameConmon(all: Map<string, Container>, from: JoinedFrom): void {
  for (const [id, name] of from.conmonNames) {
    const key = idKey(id);
    const there = all.get(key);
    if (there ? there.engine === 'podman' : !name.startsWith('k8s_'))
      all.set(key, { ...(there ?? fromGroup(key, { owner: { kind: 'podman', name, id } }, from)), name });
  }
}

function nameStored(all: Map<string, Container>, moment: ContainerMoment): void {
  for (const { id, name, image, user } of moment.podman.now?.containers ?? []) {
    const key = idKey(id);
    const there = all.get(key);
    // Of CRI-O, named by the logs of its pods.
    if (there ? there.engine === 'k8s' : name?.startsWith('k8s_')) continue;
    all.set(key, {
      ...(there ?? absent(key, 'podman', id.slice(0, 12))),
      id,
      name: name ?? there?.name ?? id.slice(0, 12),
      image,
      project: user ?? there?.project,
    });
  }
}

function nameLxd(
  all: Map<string, Container>,
  moment: ContainerMoment,
  from: JoinedFrom,
  keys: ReadonlyMap<string, string>,
): void {
  const now = hostEpochSeconds(moment);
  for (const place of lxdPlaces) {
    const list = lastValue(moment.lxd, (sample) => sample.instances.get(place));
    const here = lastValue(moment.lxdServer, ({ servers }) => servers.get(place)?.name)?.value;
    const events = moment.lxdEvents.now?.servers.get(place);
    const starts = new Map<string, { readonly times: number; readonly epochSeconds: number }>();
    for (const { action, instance, project, epochSeconds } of events?.events ?? []) {
      if (
        (action !== 'instance-started' && action !== 'instance-restarted') ||
        (now ?? epochSeconds) - epochSeconds > RECENT_SECONDS
      )
        continue;
      const name = lxdGroupName({ name: instance, project });
      starts.set(name, { times: (starts.get(name)?.times ?? 0) + 1, epochSeconds });
    }
    for (const instance of list?.value ?? []) {
      const name = lxdGroupName(instance);
      const key = keys.get(name) ?? lxcKey(name);
      const there = instance.type === 'virtual-machine' ? undefined : all.get(key);
      // On another member of the cluster.
      if (!there && instance.location !== undefined && instance.location !== here) continue;
      if (there?.engine === 'lxc' && from.lxcEngines.get(name) === 'lxc') continue;
      const started = starts.get(name);
      const restarts = Math.max(0, (started?.times ?? 0) - 1);
      all.set(there ? key : `${place}:${name}`, {
        ...(there ?? absent(`${place}:${name}`, 'lxd', instance.name)),
        engine: place === 'incus' ? 'incus' : 'lxd',
        name: instance.name,
        project: instance.project === 'default' ? undefined : instance.project,
        image: instance.image,
        state: there?.state ?? lxdState(instance, moment.cgroups.now !== undefined),
        recentRestarts: events?.listening === true ? restarts : undefined,
        restartAgeSeconds: restarts > 0 ? ageOf(started?.epochSeconds, now) : undefined,
        instance,
        staleSeconds: list?.ageSeconds,
      });
    }
  }
}

/** State by LXD. Its list may be a minute old: an instance without a cgroup is stopped. */
function lxdState({ status, type }: LxdInstance, groupsSeen: boolean): ContainerState {
  switch (status) {
    case 'Running':
      return type === 'virtual-machine' ? 'running' : groupsSeen ? 'stopped' : 'running';
    case 'Frozen':
      return groupsSeen && type !== 'virtual-machine' ? 'stopped' : 'frozen';
    case 'Stopped':
      return 'stopped';
    case 'Error':
      return 'error';
    case undefined:
    default:
      return 'unknown';
  }
}

function nameLxc(all: Map<string, Container>, moment: ContainerMoment, keys: ReadonlyMap<string, string>): void {
  for (const { name } of moment.lxc.now?.containers ?? [])
    if (!keys.has(name) && !all.has(lxcKey(name))) all.set(lxcKey(name), absent(lxcKey(name), 'lxc', name));
}

function namePods(all: Map<string, Container>, moment: ContainerMoment): void {
  const names = moment.containerLogs.now?.containers;
  for (const [key, container] of all) {
    if (container.engine !== 'k8s' && container.engine !== 'containerd' && container.engine !== 'cri-o') continue;
    const name = container.id === undefined ? undefined : names?.get(container.id);
    if (name)
      all.set(key, { ...container, engine: 'k8s', name: `${name.pod}/${name.container}`, project: name.namespace });
    // The pause container, which only holds the namespaces of a pod.
    else if (container.engine === 'k8s' && container.init?.command === 'pause') all.delete(key);
  }
}

const absent = (key: string, engine: Container['engine'], name: string): Container => ({
  key,
  engine,
  name,
  project: undefined,
  image: undefined,
  id: undefined,
  state: 'stopped',
  exitCode: undefined,
  health: undefined,
  recentRestarts: undefined,
  oomEvents: 0,
  restartAgeSeconds: undefined,
  oomAgeSeconds: undefined,
  since: {},
  group: undefined,
  init: undefined,
  processes: [],
  instance: undefined,
  staleSeconds: undefined,
});
