import { shortHost } from '../../findings/entity-ref.ts';
import { identity } from '../../sources/machine/identity.ts';
import { processes, type Process, isOlder } from '../../sources/processes/processes.ts';
import { units, type Unit } from '../../sources/systemd/units.ts';
import { delta, type Moment } from '../../timeline/moment.ts';
import type { Container } from '../containers/container.ts';
import { containerNeeds, containersAt, onlyContainers } from '../containers/containers.ts';
import { seesAll } from '../processes/hidden-processes.ts';
import { layoutOf, type Layout } from './layout.ts';
import { serviceOfCommand, serviceOfName } from './service-name.ts';

export const serviceNeeds = { ...containerNeeds, processes, units, identity };
export type ServiceMoment = Moment<typeof serviceNeeds>;

/** Service or agent of OpenStack on this host: its processes, its unit, its container. Texts are raw. */
export interface HostService {
  /** `nova-compute`. */
  readonly name: string;
  readonly host: string;
  readonly layout: Layout;
  /** `running`; without a process the state of its unit or container. */
  readonly state: string;
  /** Whether its processes, its unit or its container run. */
  readonly isRunning: boolean;
  /** Oldest first: the parent of its workers. */
  readonly processes: readonly Process[];
  readonly unit: string | undefined;
  readonly container: Container | undefined;
  readonly cpuPct: number | undefined;
  readonly rssKiB: number | undefined;
}

/** A process is the same object until it changes: its command line is matched once. */
const names = new WeakMap<Process, { readonly name: string | undefined }>();

function nameOf(process: Process): string | undefined {
  let known = names.get(process);
  if (!known) {
    const isService = !process.kernelThread && process.state !== 'Z';
    names.set(process, (known = { name: isService ? serviceOfCommand(process.commandLine) : undefined }));
  }
  return known.name;
}

interface Parts {
  readonly processes: Process[];
  unit: Unit | undefined;
  container: Container | undefined;
}

/** Services by name, from the processes, units and containers that were read anyway. */
export function servicesOf(moment: ServiceMoment): readonly HostService[] {
  const found = new Map<string, Parts>();
  const partsOf = (name: string): Parts => {
    const known = found.get(name) ?? { processes: [], unit: undefined, container: undefined };
    found.set(name, known);
    return known;
  };
  const all = moment.processes.now?.processes;
  for (const process of all?.values() ?? []) {
    const name = nameOf(process);
    if (name !== undefined) partsOf(name).processes.push(process);
  }
  for (const unit of moment.units.now?.units.values() ?? []) {
    const name = unit.name.endsWith('.service') && unit.load === 'loaded' ? serviceOfName(unit.name) : undefined;
    if (name !== undefined) partsOf(name).unit ??= unit;
  }
  const containers = containersAt(onlyContainers(moment));
  const byPid = new Map(containers.flatMap((one) => one.processes.map(({ pid }) => [pid, one] as const)));
  for (const container of containers) {
    const name = container.engine === 'docker' || container.engine === 'podman' ? serviceOfName(container.name) : undefined;
    if (name !== undefined) partsOf(name).container ??= container;
  }
  const isJuju = [...(all?.values() ?? [])].some(({ command }) => command === 'jujud');
  const host = moment.identity.now?.hostname ?? 'localhost';
  return [...found]
    .map(([name, parts]) => serviceOf(name, parts, { moment, byPid, isJuju, host }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
} // prettier-ignore

interface Context {
  readonly moment: ServiceMoment;
  readonly byPid: ReadonlyMap<number, Container>;
  readonly isJuju: boolean;
  readonly host: string;
}

function serviceOf(name: string, parts: Parts, { moment, byPid, isJuju, host }: Context): HostService {
  const own = parts.processes.toSorted((a, b) => (isOlder(a, b) ? -1 : 1));
  const [main] = own;
  const container = (main && byPid.get(main.pid)) ?? parts.container;
  const state = main ? (main.state === 'T' ? 'stopped (SIGSTOP)' : 'running') : stateWithout(parts);
  const unit = parts.unit?.name ?? (main?.owner?.kind === 'service' ? `${main.owner.name}.service` : undefined);
  return {
    name,
    host,
    layout: layoutOf(
      {
        commandLine: main?.commandLine,
        unit,
        containerName: container?.engine === 'docker' || container?.engine === 'podman' ? container.name : undefined,
        image: container?.image,
        isPod: main?.owner?.kind === 'pod',
      },
      isJuju,
    ),
    state,
    isRunning: /^(?:running|active)/.test(state),
    processes: own,
    unit,
    container,
    cpuPct: cpuOf(own, moment),
    rssKiB: own.length === 0 ? undefined : own.reduce((sum, { rssKiB }) => sum + (rssKiB ?? 0), 0),
  };
}

/** State of a service without a process. */
const stateWithout = ({ unit, container }: Parts): string =>
  container?.state ?? [unit?.active, unit?.sub === unit?.active ? undefined : unit?.sub].filter(Boolean).join(', ');

/** CPU of its processes between two samples, percent of one CPU. */
function cpuOf(own: readonly Process[], { processes: seen }: ServiceMoment): number | undefined {
  const rates = own.flatMap((process) => {
    const before = seen.before?.processes.get(process.pid);
    return delta(process.cpuSeconds, before?.startTicks === process.startTicks ? before?.cpuSeconds : undefined, seen.seconds) ?? []; // prettier-ignore
  });
  return rates.length === 0 ? undefined : 100 * rates.reduce((sum, rate) => sum + rate, 0);
}

/** Whether a service of the cloud should run on this host and has no process; false where processes are hidden, or none are known of it. */
export function isGone(moment: ServiceMoment, { binary, host }: { readonly binary: string; readonly host: string }): boolean {
  const local = moment.identity.now?.hostname;
  if (local === undefined || shortHost(local) !== shortHost(host)) return false;
  if (!seesAll(moment.processes) || serviceOfName(binary) !== binary) return false;
  return !servicesOf(moment).some(({ name, processes: own }) => name === binary && own.length > 0);
} // prettier-ignore
