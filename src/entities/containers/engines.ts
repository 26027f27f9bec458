import type { Missing } from '../../host/host.ts';
import { dockerEvents } from '../../sources/containers/docker-events.ts';
import { dockerInfo } from '../../sources/containers/docker-info.ts';
import { dockerPing } from '../../sources/containers/docker-ping.ts';
import { lxdEvents } from '../../sources/containers/lxd-events.ts';
import { lxdPing } from '../../sources/containers/lxd-ping.ts';
import { lxdServer } from '../../sources/containers/lxd-server.ts';
import type { LxdPlace } from '../../sources/containers/lxd-sockets.ts';
import { isOlder, type Process } from '../../sources/processes/processes.ts';
import { lastValue, newestEntry } from '../../timeline/last-known.ts';
import { delta, type Moment, type Seen } from '../../timeline/moment.ts';
import type { Engine } from './container.ts';
import { hiddenNeeds, hiddenProcesses } from '../processes/hidden-processes.ts';

export const engineNeeds = {
  ...hiddenNeeds,
  dockerPing,
  dockerInfo,
  dockerEvents,
  lxdPing,
  lxdServer,
  lxdEvents,
};
type EngineMoment = Moment<typeof engineNeeds>;

/** A daemon that runs containers, and how it fares. */
export interface EngineState {
  /** `docker`, `lxd-snap`. */
  readonly key: string;
  readonly engine: Engine;
  readonly place: LxdPlace | undefined;
  readonly version: string | undefined;
  /** `answers`; `silent`: it takes our connection and says nothing; `stopped`; `denied`: not to us. */
  readonly state: 'answers' | 'silent' | 'stopped' | 'denied' | 'failed' | 'no daemon' | 'unread';
  /** Why not. */
  readonly detail: string | undefined;
  /** Of its last answer, the way to the host included. */
  readonly tookMs: number | undefined;
  /** Since its last answer, as far as we watched. */
  readonly silentSeconds: number | undefined;
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

/** Every engine of which there is a daemon, an answer or a container (`used`). */
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
    const heard = places.filter((place) => wasThere(moment.lxdPing, place, daemon !== undefined));
    const [first] = places;
    for (const place of heard.length === 0 && (daemon || used.has(engine)) ? [first] : heard)
      states.push(lxdAt(moment, engine, place, daemon));
  }
  for (const engine of ['containerd', 'cri-o', 'podman', 'k8s', 'lxc', 'nspawn'] as const) {
    const daemon = daemons.get(engine);
    if (daemon || used.has(engine)) states.push(withDaemon(engine, daemon, moment));
  }
  return states;
}

const isHere = ({ state, engine, process, silentSeconds }: EngineState, used: ReadonlySet<Engine>): boolean =>
  // No answer in time, and nobody there who could give one: then it was us who were slow.
  !['stopped', 'unread', 'silent', 'no daemon'].includes(state) ||
  silentSeconds !== undefined ||
  process !== undefined ||
  used.has(engine);

/** Whether anything listens there, or did lately. On a host that is very slow a socket that is not there may time out as well. */
const wasThere = (seen: EngineMoment['lxdPing'], place: LxdPlace, daemon: boolean): boolean => {
  const why = seen.missing[place]?.why;
  return (
    why === 'denied' ||
    why === 'failed' ||
    (why === 'timeout' && daemon) ||
    newestEntry(seen, ({ sample }) => sample.answered.has(place)) !== undefined
  );
};

/** Commands of daemons; a containerd that is started by dockerd counts as well. */
function daemonsOf({ now }: EngineMoment['processes']): ReadonlyMap<Engine, Process> {
  const found = new Map<Engine, Process>();
  for (const process of now?.processes.values() ?? []) {
    // What runs within a container is not this host's.
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
  return {
    key: 'docker',
    engine: 'docker',
    place: undefined,
    version: lastValue(info, ({ version }) => version)?.value,
    ...healthOf(ping, 'ping', answered, { process, processesSeen: seesProcesses(moment) }),
    listening: moment.dockerEvents.now?.listening,
    ...usage(process, moment),
    notes: info.now?.warnings ?? [],
  };
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
    ...healthOf(moment.lxdPing, place, answered, { process, processesSeen: seesProcesses(moment) }),
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
    state: process || !DAEMONS[engine] || !seesProcesses(moment) ? 'no daemon' : 'stopped',
    detail: undefined,
    tookMs: undefined,
    silentSeconds: undefined,
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
): Pick<EngineState, 'state' | 'detail' | 'tookMs' | 'silentSeconds'> {
  if (seen.ageMs === undefined)
    return { state: 'unread', detail: undefined, tookMs: undefined, silentSeconds: undefined };
  if (answered(seen.now)) return { state: 'answers', detail: undefined, tookMs: seen.tookMs, silentSeconds: undefined };
  const why = seen.missing[read];
  const now = seen.history.at(-1);
  const last = newestEntry(seen, ({ sample }) => answered(sample));
  // systemd may listen in its stead.
  const gone = why?.why === 'failed' && process === undefined && processesSeen;
  const state = gone ? 'stopped' : stateOf(why);
  return {
    // Without its processes and its socket it may still listen at another place.
    state: state === 'stopped' && !processesSeen && last === undefined ? 'no daemon' : state,
    detail: why?.detail,
    tookMs: undefined,
    silentSeconds: now && last ? (now.wallMs - last.wallMs + seen.ageMs) / 1000 : undefined,
  };
}

const seesProcesses = (moment: EngineMoment): boolean =>
  moment.processes.now !== undefined && hiddenProcesses(moment) === undefined;

function stateOf(why: Missing | undefined): EngineState['state'] {
  switch (why?.why) {
    case 'timeout':
      return 'silent';
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
