import { cgroups, type Cgroup, type CgroupsSample } from '../../sources/containers/cgroups.ts';
import { cpuStat } from '../../sources/machine/cpu-stat.ts';
import { cpuTopology } from '../../sources/machine/cpu-topology.ts';
import { libvirtDomains, type Domain } from '../../sources/kvm/libvirt-domains.ts';
import { libvirtMonitor } from '../../sources/kvm/libvirt-monitor.ts';
import { libvirtXml } from '../../sources/kvm/libvirt-xml.ts';
import { netdev, nicRates, type NicRate } from '../../sources/machine/netdev.ts';
import { processes, upSeconds, type Process } from '../../sources/processes/processes.ts';
import { qemuThreads } from '../../sources/kvm/qemu-threads.ts';
import { delta, type Moment } from '../../timeline/moment.ts';
import { lastKnown } from '../../timeline/last-known.ts';
import { isWhole, stateOf } from '../../timeline/reading-state.ts';
import { guestCommand, type GuestCommand } from './guest-command.ts';
import { disksOf, monitorDelta, type MonitorDelta } from './guest-disks.ts';
import { freshnessOf, type Freshness, type Validity } from './guest-freshness.ts';
import { placeOf } from './guest-place.ts';
import { guestState, type GuestState } from './guest-state.ts';
import { cpuOf, isVcpu, threadRates, vcpusOf, type GroupsDelta } from './guest-threads.ts';
import type { Guest, GuestCpu, GuestMemory, GuestNic, MonitorHealth } from './guest.ts';
import { nodeOfCpus } from '../machine/numa-place.ts';

export const guestNeeds = {
  processes,
  qemuThreads,
  cgroups,
  netdev,
  cpuStat,
  cpuTopology,
  libvirtDomains,
  libvirtMonitor,
  libvirtXml,
};
export type GuestNeeds = typeof guestNeeds;

/** Sources of one guest: its domain in libvirt, its QEMU process, or both. */
interface GuestParts {
  readonly domain: Domain | undefined;
  readonly process: Process | undefined;
  readonly command: GuestCommand | undefined;
}

/**
 * Guests of the host: the domains of libvirt, and every QEMU that libvirt does not manage. While libvirt does not respond,
 * its last list holds, with the age of that.
 */
export function guestsOf(given: Moment<GuestNeeds>): readonly Guest[] {
  const moment = { ...given, libvirtMonitor: lastKnown(given.libvirtMonitor), libvirtXml: lastKnown(given.libvirtXml) };
  const freshness = freshnessOf(given.libvirtDomains, given.processes);
  const nodeOf = nodeOfCpus(moment.cpuTopology.now?.nodes);
  const rates = new Map(nicRates(moment.netdev).map((rate) => [rate.name, rate]));
  const [groups, groupsBefore] = [byGuest(moment.cgroups.now), byGuest(moment.cgroups.before)];
  const monitorsStale = given.libvirtMonitor.now === undefined && given.libvirtMonitor.ageMs !== undefined;
  const context = { moment, freshness, monitorsStale, nodeOf, rates, groups, groupsBefore };
  return partsOf(moment, freshness).map((parts) => guestOf(parts, context));
}

function partsOf(moment: Moment<GuestNeeds>, { domains }: Freshness): readonly GuestParts[] {
  const byName = new Map([...(domains?.values() ?? [])].map((domain) => [domain.name, domain]));
  const ofProcess: GuestParts[] = [];
  for (const process of moment.processes.now?.processes.values() ?? []) {
    const command = process.kernelThread || process.state === 'Z' ? undefined : guestCommand(process.commandLine);
    if (!command) continue;
    const domain = (command.uuid && domains?.get(command.uuid)) || byName.get(command.name ?? '');
    ofProcess.push({ domain, process, command });
  }
  const matched = new Set(ofProcess.map(({ domain }) => domain));
  const rest = [...(domains?.values() ?? [])].filter((domain) => !matched.has(domain));
  return [...ofProcess, ...rest.map((domain) => ({ domain, process: undefined, command: undefined }))];
}

/** Cgroups by guest name: the scope (''), and those of its threads. */
function byGuest(sample: CgroupsSample | undefined): ReadonlyMap<string, Map<string, Cgroup>> {
  const all = new Map<string, Map<string, Cgroup>>();
  for (const group of sample?.cgroups.values() ?? []) {
    if (group.owner.kind !== 'guest') continue;
    const parts = all.get(group.owner.name) ?? new Map<string, Cgroup>();
    all.set(group.owner.name, parts.set(group.owner.part ?? '', group));
  }
  return all;
}

/** Samples that guests are joined from. */
interface GuestContext {
  readonly moment: Moment<GuestNeeds>;
  readonly freshness: Freshness;
  /** The last sweep over the monitors got no reply from libvirt. */
  readonly monitorsStale: boolean;
  readonly nodeOf: ReadonlyMap<number, number>;
  readonly rates: ReadonlyMap<string, NicRate>;
  readonly groups: ReadonlyMap<string, ReadonlyMap<string, Cgroup>>;
  readonly groupsBefore: ReadonlyMap<string, ReadonlyMap<string, Cgroup>>;
}

const NO_GROUPS: ReadonlyMap<string, Cgroup> = new Map();

function guestOf({ domain, process, command }: GuestParts, context: GuestContext): Guest {
  const { moment, freshness, nodeOf } = context;
  const validity = domain && freshness.validity(domain, process);
  const id = validity === 'current' || validity === 'stale' ? domain?.id : undefined;
  const uuid = domain?.uuid ?? command?.uuid;
  const name = domain?.name ?? command?.name ?? process?.owner?.name ?? `pid ${process?.pid ?? '?'}`;
  const definition = uuid === undefined ? undefined : moment.libvirtXml.now?.get(uuid);
  const monitor = monitorDelta(moment.libvirtMonitor, validity === 'restarted' ? '' : (uuid ?? ''));
  // Systemd drops special characters from unit names, so names of guests are compared without them.
  const groupName = context.groups.has(name) ? name : name.replaceAll(/[^\w.-]/g, '');
  const groups: GroupsDelta = {
    now: context.groups.get(groupName) ?? NO_GROUPS,
    before: context.groupsBefore.get(groupName) ?? NO_GROUPS,
    seconds: moment.cgroups.seconds,
    isRead: isWhole(stateOf(moment.cgroups)),
  };
  const threads = threadRates({
    now: process && moment.qemuThreads.now?.processes.get(process.pid),
    before: process && moment.qemuThreads.before?.processes.get(process.pid),
    seconds: moment.qemuThreads.seconds,
    nodeOf,
  });
  const vcpus = vcpusOf(threads, groups, exitsPerSec(monitor));
  const group = groups.now.get('');
  const memory = memoryOf(context, monitor, { process, group, given: definition?.memoryKiB ?? command?.memoryKiB });
  const at = moment.processes.history.at(-1)?.at;
  return {
    key: uuid ?? name,
    name,
    uuid,
    id,
    state: stateOfGuest(domain, process, validity, freshness.ageSeconds),
    process,
    command,
    definition,
    group,
    vcpuCount: vcpus.length || (definition?.vcpus ?? command?.vcpus),
    vcpus,
    others: threads.filter((thread) => !isVcpu(thread)),
    cpu: vcpus.length > 0 ? cpuOf(vcpus) : wholeCpu(context, process),
    memory,
    disks: process || id !== undefined ? disksOf(monitor, definition?.disks ?? []) : [],
    nics: nicsOf(definition?.nics, command, context.rates),
    monitor: validity === 'current' && id !== undefined ? healthOf(monitor, context) : NOT_POLLED,
    // A job hangs together with its QEMU; one from before a restart of the daemon is unknown.
    job:
      validity === 'current' && (monitor.fresh || monitor.now?.stuckSeconds !== undefined)
        ? monitor.now?.job
        : undefined,
    place: placeOf(vcpus, group, nodeOf, memory.rssKiB),
    upSeconds: process && upSeconds(process, at),
  };
}

/** State of a guest: a QEMU stopped by a signal wins over the state in libvirt; without libvirt only /proc is left. */
function stateOfGuest(
  domain: Domain | undefined,
  process: Process | undefined,
  validity: Validity | undefined,
  ageSeconds: number | undefined,
): GuestState {
  if (process?.state === 'T') return { word: 'stopped', reason: 'SIGSTOP', verdict: 'bad' };
  // A shutdown on purpose looks the same.
  if (validity === 'gone') return { word: 'process gone', reason: undefined, verdict: 'odd' };
  if (domain && validity !== 'restarted') return { ...guestState(domain.state, domain.reason), ageSeconds };
  return { word: 'QEMU up', reason: undefined, verdict: 'unknown' };
}

/** CPU use of the whole process, where thread names do not identify vCPUs. */
function wholeCpu({ moment }: GuestContext, process: Process | undefined): GuestCpu {
  const before = process && moment.processes.before?.processes.get(process.pid);
  const same = before?.startTicks === process?.startTicks ? before : undefined;
  const perSecond = delta(process?.cpuSeconds, same?.cpuSeconds, moment.processes.seconds);
  return {
    runPct: perSecond === undefined ? undefined : perSecond * 100,
    hotPct: undefined,
    stealPct: undefined,
    throttledPct: undefined,
    exitsPerSec: undefined,
  };
}

function exitsPerSec({ now, before, seconds, fresh }: MonitorDelta): ReadonlyMap<number, number | undefined> {
  return new Map(
    fresh ? [...(now?.exits ?? [])].map(([vcpu, exits]) => [vcpu, delta(exits, before?.exits.get(vcpu), seconds)]) : [],
  );
}

function memoryOf(
  { moment }: GuestContext,
  { now, fresh }: MonitorDelta,
  of: { readonly process: Process | undefined; readonly group: Cgroup | undefined; readonly given: number | undefined },
): GuestMemory {
  const balloon = fresh ? now?.balloon : undefined;
  const boot = moment.cpuStat.now?.bootEpochSeconds;
  const at = moment.libvirtMonitor.history.at(-1)?.at;
  const updated = balloon?.updatedEpochSeconds;
  return {
    // Valid at any age: it changes only through the monitor.
    currentKiB: now?.balloon.currentKiB ?? of.given,
    maximumKiB: now?.balloon.maximumKiB ?? of.given,
    balloon,
    ageSeconds:
      updated === undefined || boot === undefined || at === undefined ? undefined : ageOf(boot + at - updated),
    rssKiB: of.process?.rssKiB,
    swapKiB: of.group?.swapBytes === undefined ? undefined : of.group.swapBytes / 1024,
  };
}

/** Age without a sign: clocks are read at slightly different times; undefined further in the future. */
const ageOf = (seconds: number): number | undefined => (seconds < -5 ? undefined : Math.max(0, seconds));

function nicsOf(
  defined:
    | readonly Omit<GuestNic, 'rxBytesPerSec' | 'txBytesPerSec' | 'rxDroppedPerSec' | 'txDroppedPerSec'>[]
    | undefined,
  command: GuestCommand | undefined,
  rates: ReadonlyMap<string, NicRate>,
): readonly GuestNic[] {
  const NONE = { mac: undefined, source: undefined, model: undefined, interfaceId: undefined };
  return (defined ?? command?.taps.map((tap) => ({ tap, ...NONE })) ?? []).map((nic) => {
    const rate = rates.get(nic.tap ?? '');
    return {
      tap: nic.tap,
      mac: nic.mac,
      source: nic.source,
      model: nic.model,
      interfaceId: nic.interfaceId,
      rxBytesPerSec: rate?.txBytesPerSec,
      txBytesPerSec: rate?.rxBytesPerSec,
      rxDroppedPerSec: rate?.txDroppedPerSec,
      txDroppedPerSec: rate?.rxDroppedPerSec,
    };
  });
}

const NOT_POLLED: MonitorHealth = { state: undefined, seconds: undefined, why: undefined };

function healthOf({ now, fresh }: MonitorDelta, { moment, monitorsStale }: GuestContext): MonitorHealth {
  const why = monitorsStale ? 'libvirt unresponsive' : now?.why;
  if (!now) return monitorsStale ? { state: 'stale', seconds: undefined, why } : NOT_POLLED;
  const sample = (moment.libvirtMonitor.ageMs ?? 0) / 1000;
  // Started since the last sweep: not polled yet.
  if (!monitorsStale && now.atSeconds === undefined && now.stuckSeconds === undefined && why === undefined)
    return NOT_POLLED;
  if (now.stuckSeconds !== undefined) return { state: 'timeout', seconds: now.stuckSeconds + sample, why: now.why };
  if (now.occupiedSeconds !== undefined)
    return { state: 'occupied', seconds: now.occupiedSeconds + sample, why: now.why };
  return fresh && !monitorsStale
    ? { state: 'responsive', seconds: undefined, why: undefined }
    : { state: 'stale', seconds: now.ageSeconds === undefined ? undefined : now.ageSeconds + sample, why };
}
