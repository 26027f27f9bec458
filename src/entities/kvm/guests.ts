import { cgroups, type Cgroup, type CgroupsSample } from '../../sources/containers/cgroups.ts';
import { cpuStat } from '../../sources/machine/cpu-stat.ts';
import { cpuTopology } from '../../sources/machine/cpu-topology.ts';
import { libvirtDomains, type Domain } from '../../sources/kvm/libvirt-domains.ts';
import { libvirtMonitor } from '../../sources/kvm/libvirt-monitor.ts';
import { libvirtXml } from '../../sources/kvm/libvirt-xml.ts';
import { netdev, nicRates, type NicRate } from '../../sources/machine/netdev.ts';
import { upSeconds, type Process } from '../../sources/processes/processes.ts';
import { qemuThreads } from '../../sources/kvm/qemu-threads.ts';
import { delta, type Moment } from '../../timeline/moment.ts';
import { lastKnown } from '../../timeline/last-known.ts';
import { guestCommand, type GuestCommand } from './guest-command.ts';
import { disksOf, monitorSeen, type MonitorSeen } from './guest-disks.ts';
import { freshnessOf, type Freshness, type Validity } from './guest-freshness.ts';
import { placeOf } from './guest-place.ts';
import { hiddenNeeds } from '../processes/hidden-processes.ts';
import { guestState, type GuestState } from './guest-state.ts';
import { cpuOf, isVcpu, threadRates, vcpusOf, type GroupsSeen } from './guest-threads.ts';
import type { Guest, GuestCpu, GuestMemory, GuestNic, MonitorHealth } from './guest.ts';
import { nodeOfCpus } from '../machine/numa-place.ts';

export const guestNeeds = {
  ...hiddenNeeds,
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

interface Found {
  readonly domain: Domain | undefined;
  readonly process: Process | undefined;
  readonly command: GuestCommand | undefined;
}

/**
 * Every guest of the host: those that libvirt lists, and every QEMU beside, whether libvirt knows it or not. While libvirt
 * is silent, what it told last holds, with its age.
 */
export function guestsOf(given: Moment<GuestNeeds>): readonly Guest[] {
  const moment = { ...given, libvirtMonitor: lastKnown(given.libvirtMonitor), libvirtXml: lastKnown(given.libvirtXml) };
  const heard = freshnessOf(given.libvirtDomains, given);
  const nodeOf = nodeOfCpus(moment.cpuTopology.now?.nodes);
  const rates = new Map(nicRates(moment.netdev).map((rate) => [rate.name, rate]));
  const [groups, groupsBefore] = [byGuest(moment.cgroups.now), byGuest(moment.cgroups.before)];
  const unheard = given.libvirtMonitor.now === undefined && given.libvirtMonitor.ageMs !== undefined;
  const around = { moment, heard, unheard, nodeOf, rates, groups, groupsBefore };
  return found(moment, heard).map((one) => guestOf(one, around));
}

function found(moment: Moment<GuestNeeds>, { domains }: Freshness): readonly Found[] {
  const byName = new Map([...(domains?.values() ?? [])].map((domain) => [domain.name, domain]));
  const ofProcess: Found[] = [];
  for (const process of moment.processes.now?.processes.values() ?? []) {
    const command = process.kernelThread || process.state === 'Z' ? undefined : guestCommand(process.commandLine);
    if (!command) continue;
    const domain = (command.uuid && domains?.get(command.uuid)) || byName.get(command.name ?? '');
    ofProcess.push({ domain, process, command });
  }
  const taken = new Set(ofProcess.map(({ domain }) => domain));
  const rest = [...(domains?.values() ?? [])].filter((domain) => !taken.has(domain));
  return [...ofProcess, ...rest.map((domain) => ({ domain, process: undefined, command: undefined }))];
}

/** Of each guest, by its name: its scope ('') and the groups of its threads. */
function byGuest(sample: CgroupsSample | undefined): ReadonlyMap<string, Map<string, Cgroup>> {
  const all = new Map<string, Map<string, Cgroup>>();
  for (const group of sample?.cgroups.values() ?? []) {
    if (group.owner.kind !== 'guest') continue;
    const parts = all.get(group.owner.name) ?? new Map<string, Cgroup>();
    all.set(group.owner.name, parts.set(group.owner.part ?? '', group));
  }
  return all;
}

interface Around {
  readonly moment: Moment<GuestNeeds>;
  readonly heard: Freshness;
  /** Libvirt told nothing of the monitors in the last round. */
  readonly unheard: boolean;
  readonly nodeOf: ReadonlyMap<number, number>;
  readonly rates: ReadonlyMap<string, NicRate>;
  readonly groups: ReadonlyMap<string, ReadonlyMap<string, Cgroup>>;
  readonly groupsBefore: ReadonlyMap<string, ReadonlyMap<string, Cgroup>>;
}

const NO_GROUPS: ReadonlyMap<string, Cgroup> = new Map();

function guestOf({ domain, process, command }: Found, around: Around): Guest {
  const { moment, heard, nodeOf } = around;
  const worth = domain && heard.worth(domain, process);
  const id = worth === 'now' || worth === 'old' ? domain?.id : undefined;
  const uuid = domain?.uuid ?? command?.uuid;
  const name = domain?.name ?? command?.name ?? process?.owner?.name ?? `pid ${process?.pid ?? '?'}`;
  const definition = uuid === undefined ? undefined : moment.libvirtXml.now?.get(uuid);
  const monitor = monitorSeen(moment.libvirtMonitor, worth === 'renewed' ? '' : (uuid ?? ''));
  // Systemd takes what it does not like out of a unit's name, so a guest's is compared in the same way.
  const groupName = around.groups.has(name) ? name : name.replaceAll(/[^\w.-]/g, '');
  const groups: GroupsSeen = {
    now: around.groups.get(groupName) ?? NO_GROUPS,
    before: around.groupsBefore.get(groupName) ?? NO_GROUPS,
    seconds: moment.cgroups.seconds,
  };
  const threads = threadRates({
    now: process && moment.qemuThreads.now?.processes.get(process.pid),
    before: process && moment.qemuThreads.before?.processes.get(process.pid),
    seconds: moment.qemuThreads.seconds,
    nodeOf,
  });
  const vcpus = vcpusOf(threads, groups, exitsPerSec(monitor));
  const group = groups.now.get('');
  const memory = memoryOf(around, monitor, { process, group, given: definition?.memoryKiB ?? command?.memoryKiB });
  const at = moment.processes.history.at(-1)?.at;
  return {
    key: uuid ?? name,
    name,
    uuid,
    id,
    state: stateOf(domain, process, worth, heard.ageSeconds),
    process,
    command,
    definition,
    group,
    vcpuCount: vcpus.length || (definition?.vcpus ?? command?.vcpus),
    vcpus,
    others: threads.filter((thread) => !isVcpu(thread)),
    cpu: vcpus.length > 0 ? cpuOf(vcpus) : wholeCpu(around, process),
    memory,
    disks: process || id !== undefined ? disksOf(monitor, definition?.disks ?? []) : [],
    nics: nicsOf(definition?.nics, command, around.rates),
    monitor: worth === 'now' && id !== undefined ? healthOf(monitor, around) : NOT_ASKED,
    // While its QEMU hangs a job hangs with it; of one that was told before the daemon was started anew nobody knows.
    job: worth === 'now' && (monitor.fresh || monitor.now?.stuckSeconds !== undefined) ? monitor.now?.job : undefined,
    place: placeOf(vcpus, group, nodeOf, memory.rssKiB),
    upSeconds: process && upSeconds(process, at),
  };
}

/** A QEMU that somebody stopped runs no guest, whatever libvirt believes; without libvirt that is all there is to see. */
function stateOf(
  domain: Domain | undefined,
  process: Process | undefined,
  worth: Validity | undefined,
  ageSeconds: number | undefined,
): GuestState {
  if (process?.state === 'T') return { word: 'stopped', reason: 'its QEMU', verdict: 'bad' };
  // It may have been shut down as somebody wished.
  if (worth === 'gone') return { word: 'gone', reason: 'its QEMU', verdict: 'odd' };
  if (domain && worth !== 'renewed') return { ...guestState(domain.state, domain.reason), ageSeconds };
  return { word: 'QEMU is up', reason: undefined, verdict: 'unknown' };
}

/** Threads without names: only the process as a whole is known. */
function wholeCpu({ moment }: Around, process: Process | undefined): GuestCpu {
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

function exitsPerSec({ now, before, seconds, fresh }: MonitorSeen): ReadonlyMap<number, number | undefined> {
  return new Map(
    fresh ? [...(now?.exits ?? [])].map(([vcpu, exits]) => [vcpu, delta(exits, before?.exits.get(vcpu), seconds)]) : [],
  );
}

function memoryOf(
  { moment }: Around,
  { now, fresh }: MonitorSeen,
  of: { readonly process: Process | undefined; readonly group: Cgroup | undefined; readonly given: number | undefined },
): GuestMemory {
  const balloon = fresh ? now?.balloon : undefined;
  const boot = moment.cpuStat.now?.bootEpochSeconds;
  const at = moment.libvirtMonitor.history.at(-1)?.at;
  const updated = balloon?.updatedEpochSeconds;
  return {
    // Old, but nobody changes it without its monitor.
    currentKiB: now?.balloon.currentKiB ?? of.given,
    maximumKiB: now?.balloon.maximumKiB ?? of.given,
    balloon,
    ageSeconds:
      updated === undefined || boot === undefined || at === undefined ? undefined : ageOf(boot + at - updated),
    rssKiB: of.process?.rssKiB,
    swapKiB: of.group?.swapBytes === undefined ? undefined : of.group.swapBytes / 1024,
  };
}

/** Clocks are read at slightly different times; a figure from further in the future has no age that could be told. */
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

const NOT_ASKED: MonitorHealth = { state: undefined, seconds: undefined, why: undefined };

function healthOf({ now, fresh }: MonitorSeen, { moment, unheard }: Around): MonitorHealth {
  const why = unheard ? 'libvirt does not answer' : now?.why;
  if (!now) return unheard ? { state: 'silent', seconds: undefined, why } : NOT_ASKED;
  const sample = (moment.libvirtMonitor.ageMs ?? 0) / 1000;
  // It came since the last round: it had no turn yet.
  if (!unheard && now.atSeconds === undefined && now.stuckSeconds === undefined && why === undefined) return NOT_ASKED;
  if (now.stuckSeconds !== undefined) return { state: 'stuck', seconds: now.stuckSeconds + sample, why: now.why };
  if (now.occupiedSeconds !== undefined)
    return { state: 'occupied', seconds: now.occupiedSeconds + sample, why: now.why };
  return fresh && !unheard
    ? { state: 'answers', seconds: undefined, why: undefined }
    : { state: 'silent', seconds: now.ageSeconds === undefined ? undefined : now.ageSeconds + sample, why };
}
