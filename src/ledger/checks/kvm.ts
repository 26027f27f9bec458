import type { Guest } from '../../entities/kvm/guest.ts';
import { stateText } from '../../entities/kvm/guest-state.ts';
import { guestNeeds } from '../../entities/kvm/guests.ts';
import { libvirtDaemon } from '../../entities/kvm/libvirt-daemon.ts';
import { recentGuests } from '../../entities/kvm/recent-guests.ts';
import { entityRef, hostResource } from '../../findings/entity-ref.ts';
import { plain } from '../../lib/plain.ts';
import { binaryKib, count, ms, percent, plural } from '../../lib/units.ts';
import { limits } from '../../thresholds.ts';
import { check, defineChecks, type Check } from '../check.ts';

/** Guests and libvirt. */
export const guestChecks = defineChecks({
  id: 'guests',
  needs: guestNeeds,
  rules: [
    'guest-down',
    'guest-paused',
    'guest-monitor-stuck',
    'guest-job-stuck',
    'guest-steal',
    'guest-throttled',
    'guest-memory-low',
    'guest-memory-remote',
    'guest-swapped',
    'guest-thread-blocked',
    'guest-disk-slow',
    'guest-nic-drops',
    'libvirt-unresponsive',
    'vcpu-overcommit',
  ],
  of: (moment): readonly Check[] => {
    const guests = recentGuests(moment).filter(
      ({ state, process }) => process !== undefined || state.verdict === 'bad' || state.verdict === 'odd',
    );
    const { state, why } = libvirtDaemon(moment.libvirtDomains, moment.processes);
    const running = guests.filter(({ process }) => process !== undefined);
    const cpus = moment.cpuTopology.now?.onlineCpus?.length;
    const vcpus = running.reduce<number | undefined>(
      (sum, { vcpuCount }) => (sum === undefined || vcpuCount === undefined ? undefined : sum + vcpuCount),
      0,
    );
    return [
      ...guests.flatMap((guest) => ofGuest(guest, moment)),
      ...guests.flatMap((guest) => ofDevices(guest, moment)),
      ...(state === 'absent' || (state === 'unread' && guests.length === 0)
        ? []
        : check(
            { entity: entityRef('daemon', 'libvirt'), name: 'libvirt', nameVocabulary: 'fixed', pane: 'kvm', aspect: 'errors', rules: ['libvirt-unresponsive'], what: 'domain list', limit: `${limits.libvirtMs.warn} ms` }, // prettier-ignore
            state === 'responsive' ? `replies in ${ms(moment.libvirtDomains.tookMs)}` : undefined,
            { libvirtDomains: moment.libvirtDomains },
            plain(why ?? state),
          )),
      ...(running.length === 0
        ? []
        : check(
            { entity: hostResource('cpu'), name: 'vCPUs', nameVocabulary: 'fixed', pane: 'kvm', aspect: 'utilisation', rules: ['vcpu-overcommit'], what: 'per CPU', limit: `${limits.vcpusPerCpu.warn}` }, // prettier-ignore
            vcpus === undefined || !cpus ? undefined : `${(vcpus / cpus).toFixed(1)}, ${vcpus} on ${plural(cpus, 'CPU')}`, // prettier-ignore
            { cpuTopology: moment.cpuTopology },
            'number of vCPUs not known',
          )),
    ];
  },
});

type GuestMoment = Parameters<typeof guestChecks.of>[0];

function ofGuest(guest: Guest, moment: GuestMoment): readonly Check[] {
  const { key, name, state, monitor, cpu, memory, place, process } = guest;
  const line = { entity: entityRef('guest', key), name: plain(name), family: 'guests', pane: 'kvm' } as const;
  const threads = { qemuThreads: moment.qemuThreads };
  const daemon = { libvirtMonitor: moment.libvirtMonitor };
  const stateKnown = state.verdict !== 'unknown' && state.ageSeconds === undefined;
  const { usableKiB, availableKiB } = memory.balloon ?? {};
  const usedPct = usableKiB === undefined || !availableKiB ? undefined : 100 - (100 * usableKiB) / availableKiB;
  const all = [...guest.vcpus, ...guest.others];
  const inD = all.filter((thread) => thread.state === 'D').length;
  const down = check(
    { ...line, aspect: 'errors', rules: ['guest-down', 'guest-paused'], what: 'state', limit: 'running, 8 s paused' },
    stateKnown ? stateText(state) : undefined,
    { libvirtDomains: moment.libvirtDomains },
    'libvirt does not reply',
  );
  if (process === undefined) return down;
  return [
    ...down,
    ...check(
      { ...line, aspect: 'errors', rules: ['guest-monitor-stuck', 'guest-job-stuck'], what: 'QEMU monitor', limit: `${limits.guestMonitorSeconds.warn} s`, because: monitor.why === undefined ? undefined : { state: 'not readable', why: plain(monitor.why) }, load: monitor.seconds ?? 0 }, // prettier-ignore
      monitor.state === 'responsive' ? 'responsive' : undefined,
      daemon,
      monitor.state ?? 'not polled',
    ),
    ...check(
      { ...line, aspect: 'saturation', rules: ['guest-steal'], what: 'steal', limit: `${limits.guestStealPct.warn}%`, load: cpu.stealPct ?? 0 }, // prettier-ignore
      cpu.stealPct === undefined ? undefined : percent(cpu.stealPct),
      threads,
    ),
    ...check(
      { ...line, aspect: 'saturation', rules: ['guest-throttled'], what: 'throttled', limit: `${limits.guestThrottledPct.warn}%`, load: cpu.throttledPct ?? 0 }, // prettier-ignore
      cpu.throttledPct === undefined ? undefined : percent(cpu.throttledPct),
      { cgroups: moment.cgroups },
    ),
    ...check(
      {
        ...line,
        aspect: 'errors',
        rules: ['guest-thread-blocked'],
        what: 'threads in D state',
        limit: '5 s',
        load: inD,
      },
      all.length === 0 ? undefined : `${inD} of ${all.length}`,
      threads,
      'threads not read',
    ),
    ...check(
      { ...line, aspect: 'utilisation', rules: ['guest-memory-low'], what: 'memory used inside', limit: `${limits.guestUsableLackPct.warn}%`, load: usedPct ?? 0 }, // prettier-ignore
      usedPct === undefined || memory.ageSeconds === undefined || memory.ageSeconds > 60 ? undefined : percent(usedPct),
      daemon,
      'no recent balloon statistics',
    ),
    ...check(
      { ...line, aspect: 'saturation', rules: ['guest-swapped'], what: 'swapped out', limit: `${limits.guestSwapMiB.warn} MiB`, load: memory.swapKiB ?? 0 }, // prettier-ignore
      memory.swapKiB === undefined ? undefined : binaryKib(memory.swapKiB),
      { cgroups: moment.cgroups },
      'swap of its cgroup not readable',
    ),
    ...check(
      { ...line, aspect: 'saturation', rules: ['guest-memory-remote'], what: 'remote memory', limit: `${limits.guestFarPct.warn}%`, load: place?.remotePct ?? 0 }, // prettier-ignore
      place?.remotePct === undefined ? (place?.bound === false ? 'not bound to nodes' : undefined) : percent(place.remotePct), // prettier-ignore
      { cgroups: moment.cgroups, cpuTopology: moment.cpuTopology },
      'memory by node not known',
    ),
  ];
}

function ofDevices({ key, name, disks, nics }: Guest, moment: GuestMoment): readonly Check[] {
  return [
    ...disks.flatMap((disk) => {
      const latencies = [disk.readMs, disk.writeMs, disk.flushMs].filter((one) => one !== undefined);
      const worst = latencies.length === 0 ? undefined : Math.max(...latencies);
      const known = disk.readsPerSec !== undefined || disk.writesPerSec !== undefined;
      return check(
        { entity: entityRef('guest-disk', `${key}/${disk.name}`), name: plain(`${name} ${disk.name}`), family: 'guest disks', pane: 'kvm', aspect: 'saturation', rules: ['guest-disk-slow'], what: 'latency', limit: `${limits.guestDiskMs.warn} ms`, load: worst ?? 0 }, // prettier-ignore
        worst === undefined ? (known ? 'idle' : undefined) : ms(worst),
        { libvirtMonitor: moment.libvirtMonitor },
      );
    }),
    ...nics.flatMap((nic) => {
      const tap = nic.tap ?? 'interface';
      return check(
        { entity: entityRef('guest-nic', `${key}/${nic.mac ?? tap}`), name: plain(`${name} ${tap}`), family: 'guest NICs', pane: 'kvm', aspect: 'errors', rules: ['guest-nic-drops'], what: 'RX drops', limit: `${limits.guestDropsPerSec.warn}/s`, load: nic.rxDroppedPerSec ?? 0 }, // prettier-ignore
        nic.rxDroppedPerSec === undefined ? undefined : `${count(nic.rxDroppedPerSec)}/s`,
        { netdev: moment.netdev },
        nic.tap === undefined ? 'its tap is not known' : undefined,
      );
    }),
  ];
}
