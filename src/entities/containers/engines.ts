import type { Missing } from '../../host/host.ts';
import { dockerEvents } from '../../sources/containers/docker-events.ts';
import { dockerInfo } from '../../sources/containers/docker-info.ts';
import { dockerPing } from '../../sources/containers/docker-ping.ts';
import { lxdEvents } from '../../sources/containers/lxd-events.ts';
import { lxdPing } from '../../sources/containers/lxd-ping.ts';
import { lxdServer } from '../../sources/containers/lxd-server.ts';
import type { LxdPlace } from '../../sources/containers/lxd-sockets.ts';
import { isOlder, processes, type Process } from '../../sources/processes/processes.ts';
import { limits } from '../../thresholds.ts';
import { lastValue, newestEntry } from '../../timeline/last-known.ts';
import { delta, type Moment, type Seen } from '../../timeline/moment.ts';
import type { Engine } from './container.ts';
import { seesAll } from '../processes/hidden-processes.ts';

export const engineNeeds = {
  processes,
  dockerPing,
  dockerInfo,
  dockerEvents,
  lxdPing,
  lxdServer,
  lxdEvents,
};
type EngineMoment = Moment<typeof engineNeeds>;

/** An engine and the state of its daemon. */
export interface EngineState {
  /** `docker`, `lxd-snap`. */
  readonly key: string;
  readonly engine: Engine;
  readonly place: LxdPlace | undefined;
  readonly version: string | undefined;
  /** `unresponsive`: accepts connections, sends no reply. `denied`: no permission for its socket. `no daemon`: not queried. */
  readonly state: 'answers' | 'unresponsive' | 'stopped' | 'denied' | 'failed' | 'no daemon' | 'unread';
  /** Reason of any state but `answers`. */
  readonly detail: string | undefined;
  /** Time of its last reply, SSH round trip included. */
  readonly tookMs: number | undefined;
  /** Its last two replies were slow: one is, when this side or the connection is. */
  readonly slow: boolean;
  /** Containers that run while the daemon does not: it died, or was stopped with live-restore. */
  readonly orphans: number;
  /** Time since its last reply; undefined without one so far. */
  readonly unresponsiveSeconds: number | undefined;
  readonly listening: boolean | undefined;
  readonly process: Process | undefined;
  readonly cpuPct: number | undefined;
  readonly notes: readonly string[];
}

const DAEMONS: Readonly<Partial<Record<Engine, readonly string[]>>> = {
  docker: ['dockerd'],
  lxd: ['lxd'],
  incus: ['incusd'],
  containerd: ['containerd'],
  'cri-o': ['crio'],
};

/** Every engine with a daemon, a reply or a container (`used`). */
export function enginesAt(moment: EngineMoment, used: ReadonlySet<Engine>): readonly EngineState[] {
  const daemons = daemonsOf(moment.processes);
  const states: EngineState[] = [];
  const docker = dockerAt(moment, daemons.get('docker'));
  if (isHere(docker, used)) states.push(docker);
  for (const [engine, places] of [
    ['lxd', ['deb', 'snap']],
    ['incus', ['incus']],
  ] as const) {
    const daemon = daemons.get(engine);
    const present = places.filter((place) =>
      wasThere(moment.lxdPing, place, daemon !== undefined && late(places, moment) === 1),
    );
    const [first] = places;
    for (const place of present.length === 0 && (daemon || used.has(engine)) ? [first] : present)
      states.push(lxdAt(moment, engine, place, daemon));
  }
  for (const engine of ['containerd', 'cri-o', 'podman', 'k8s', 'lxc', 'nspawn'] as const) {
    const daemon = daemons.get(engine);
    if (daemon || used.has(engine)) states.push(withDaemon(engine, daemon, moment));
  }
  return states;
}

const isHere = (
  { state, engine, process, unresponsiveSeconds, orphans }: EngineState,
  used: ReadonlySet<Engine>,
): boolean =>
  // A timeout without a daemon process means that this side was slow.
  !['stopped', 'unread', 'unresponsive', 'no daemon'].includes(state) ||
  unresponsiveSeconds !== undefined ||
  orphans > 0 ||
  process !== undefined ||
  used.has(engine);

/** Sockets of an engine that timed out: of more than one this side was slow, since only one daemon runs. */
const late = (places: readonly LxdPlace[], { lxdPing: { missing } }: EngineMoment): number =>
  places.filter((place) => missing[place]?.why === 'timeout').length;

/** Whether a daemon listens or listened at a socket. On a very slow host an absent socket may time out too. */
const wasThere = (seen: EngineMoment['lxdPing'], place: LxdPlace, daemon: boolean): boolean => {
  const why = seen.missing[place]?.why;
  return (
    why === 'denied' ||
    why === 'failed' ||
    (why === 'timeout' && daemon) ||
    newestEntry(seen, ({ sample }) => sample.answered.has(place)) !== undefined
  );
};

/** Process of each daemon; a containerd started by dockerd counts. */
function daemonsOf({ now }: EngineMoment['processes']): ReadonlyMap<Engine, Process> {
  const found = new Map<Engine, Process>();
  for (const process of now?.processes.values() ?? []) {
    // A daemon inside a container does not belong to this host.
    if (process.owner !== undefined && process.owner.kind !== 'service' && process.owner.kind !== 'user') continue;
    for (const [engine, commands] of Object.entries(DAEMONS) as [Engine, readonly string[]][]) {
      const known = found.get(engine);
      if (commands.includes(process.command) && (!known || isOlder(process, known))) found.set(engine, process);
    }
  }
  return found;
}

function dockerAt(moment: EngineMoment, process: Process | undefined): EngineState {
  const { dockerPing: ping, dockerInfo: info } = moment;
  const answered = (sample: { readonly answered: boolean } | undefined) => sample?.answered === true;
  const health = healthOf(ping, 'ping', answered, { process, processesSeen: seesAll(moment.processes) });
  return {
    key: 'docker',
    engine: 'docker',
    place: undefined,
    version: lastValue(info, ({ version }) => version)?.value,
    ...health,
    orphans: health.state === 'stopped' && isGone(ping) ? dockerContainers(moment.processes) : 0,
    listening: moment.dockerEvents.now?.listening,
    ...usage(process, moment),
    notes: info.now?.warnings ?? [],
  };
}

/** A restart with live-restore is over by then: the process of the new daemon is there before it listens. */
const RESTART_MS = 3000;

/** Nothing listens, in two readings in a row or for longer than a restart takes. */
const isGone = ({ history, ageMs = 0 }: EngineMoment['dockerPing']): boolean => {
  const isRefused = (reading: (typeof history)[number] | undefined) =>
    ['failed', 'absent'].includes(reading?.missing['ping']?.why ?? '');
  return isRefused(history.at(-1)) && (ageMs >= RESTART_MS || isRefused(history.at(-2)));
};

/** Docker containers with a process; none where a dockerd runs, be it in a container. */
function dockerContainers({ now }: EngineMoment['processes']): number {
  const all = [...(now?.processes.values() ?? [])];
  if (all.some(({ command }) => command === 'dockerd')) return 0;
  return new Set(all.flatMap(({ owner }) => (owner?.kind === 'docker' ? owner.name : []))).size;
}

function lxdAt(
  moment: EngineMoment,
  engine: 'lxd' | 'incus',
  place: LxdPlace,
  process: Process | undefined,
): EngineState {
  const answered = (sample: { readonly answered: ReadonlySet<LxdPlace> } | undefined) =>
    sample?.answered.has(place) === true;
  return {
    key: `lxd-${place}`,
    engine,
    place,
    version: lastValue(moment.lxdServer, ({ servers }) => servers.get(place)?.version)?.value,
    ...healthOf(moment.lxdPing, place, answered, { process, processesSeen: seesAll(moment.processes) }),
    orphans: 0,
    listening: moment.lxdEvents.now?.servers.get(place)?.listening,
    ...usage(process, moment),
    notes: [],
  };
}

function withDaemon(engine: Engine, process: Process | undefined, moment: EngineMoment): EngineState {
  return {
    key: engine,
    engine,
    place: undefined,
    version: undefined,
    state: process || !DAEMONS[engine] || !seesAll(moment.processes) ? 'no daemon' : 'stopped',
    detail: undefined,
    tookMs: undefined,
    slow: false,
    orphans: 0,
    unresponsiveSeconds: undefined,
    listening: undefined,
    ...usage(process, moment),
    notes: [],
  };
}

function healthOf<Sample>(
  seen: Seen<Sample>,
  read: string,
  answered: (sample: Sample | undefined) => boolean,
  { process, processesSeen }: { readonly process: Process | undefined; readonly processesSeen: boolean },
): Pick<EngineState, 'state' | 'detail' | 'tookMs' | 'slow' | 'unresponsiveSeconds'> {
  if (seen.ageMs === undefined)
    return { state: 'unread', detail: undefined, tookMs: undefined, slow: false, unresponsiveSeconds: undefined };
  if (answered(seen.now))
    return {
      state: 'answers',
      detail: undefined,
      tookMs: seen.tookMs,
      slow: isSlow(seen),
      unresponsiveSeconds: undefined,
    };
  const why = seen.missing[read];
  const now = seen.history.at(-1);
  const last = newestEntry(seen, ({ sample }) => answered(sample));
  // A socket of systemd may accept connections without the daemon.
  const gone = why?.why === 'failed' && process === undefined && processesSeen;
  const state = gone ? 'stopped' : stateOf(why);
  return {
    // With processes hidden and no socket it may still listen elsewhere.
    state: state === 'stopped' && !processesSeen && last === undefined ? 'no daemon' : state,
    detail: why?.detail,
    tookMs: undefined,
    slow: false,
    unresponsiveSeconds: now && last ? (now.wallMs - last.wallMs + seen.ageMs) / 1000 : undefined,
  };
}

const isSlow = ({ history }: Pick<Seen<unknown>, 'history'>): boolean =>
  history.length > 1 && history.slice(-2).every(({ tookMs }) => tookMs >= limits.daemonAnswerMs.warn);

function stateOf(why: Missing | undefined): EngineState['state'] {
  switch (why?.why) {
    case 'timeout':
      return 'unresponsive';
    case 'denied':
      return 'denied';
    case 'failed':
      return 'failed';
    case 'absent':
    case undefined:
      return 'stopped';
  }
}

function usage(
  process: Process | undefined,
  { processes: seen }: EngineMoment,
): Pick<EngineState, 'process' | 'cpuPct'> {
  const known = process && seen.before?.processes.get(process.pid);
  const before = known?.startTicks === process?.startTicks ? known : undefined;
  const perSecond = delta(process?.cpuSeconds, before?.cpuSeconds, seen.seconds);
  return { process, cpuPct: perSecond === undefined ? undefined : perSecond * 100 };
}
