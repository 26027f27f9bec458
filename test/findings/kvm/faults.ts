import { guestDiskSlow } from '../../../src/findings/kvm/guest-disk-slow.ts';
import { guestJobStuck } from '../../../src/findings/kvm/guest-job-stuck.ts';
import { guestMemoryLow } from '../../../src/findings/kvm/guest-memory-low.ts';
import { guestMemoryRemote } from '../../../src/findings/kvm/guest-memory-remote.ts';
import { guestMonitorStuck } from '../../../src/findings/kvm/guest-monitor-stuck.ts';
import { guestPaused } from '../../../src/findings/kvm/guest-paused.ts';
import { guestNicDrops } from '../../../src/findings/kvm/guest-nic-drops.ts';
import { guestSwapped } from '../../../src/findings/kvm/guest-swapped.ts';
import { guestThreadBlocked } from '../../../src/findings/kvm/guest-thread-blocked.ts';
import { libvirtUnresponsive } from '../../../src/findings/kvm/libvirt-unresponsive.ts';
import { missing } from '../../../src/host/host.ts';
import { eachThread, withCgroup } from '../../helpers/answers.ts';
import { faultOn, type Fault } from '../../helpers/found-on.ts';
import { changedDomain, DOMAINS, libvirtReply, MONITOR } from '../../helpers/guest-host.ts';

type Domain = Readonly<Record<string, unknown>>;

/** The two moments of the recording, with the figures of lab-db in its monitor changed. */
export const monitorOf = (change: (domain: Domain, index: number) => Domain) =>
  ['t0', 't1'].map((moment, index) => ({
    [MONITOR]: changedDomain(libvirtReply('monitor', moment), 'lab-db', (domain) => change(domain, index)),
  }));

const stats = (domain: Domain, changed: object) => ({ stats: { ...(domain['stats'] as object), ...changed } });

/** So many reads of 80 ms each. */
export const slowReads = (reads: number) =>
  monitorOf((domain, index) =>
    stats(domain, { 'block.0.rd.reqs': 1000 + index * reads, 'block.0.rd.times': index * reads * 80e6 }),
  );

/** A dump whose first reply, of the same progress, was `seconds` before the recording. */
const stalled = (seconds: number) =>
  monitorOf(({ atMs }, index) => ({
    ...(index === 0 && { atMs: Number(atMs) - seconds * 1000 }),
    job: { type: 1, operation: 8, time_elapsed: 100_000, data_total: 1 << 28, data_processed: 1 << 20 },
  }));

const timedOut = missing('timeout', 'no answer in 5000 ms');
const unresponsive = { [DOMAINS]: timedOut, '/run/libvirt/virtqemud-sock-ro < domains': timedOut };

export const tapDrops = (drops: number) => ({
  '/proc/net/dev': `Inter-|   Receive |  Transmit\n face |bytes\nlabtap1: 1000 10 0 0 0 0 0 0 2000 20 0 ${drops} 0 0 0 0\n`,
});

/** In state D with the same CPU time and timeslices at each moment. */
const blockedStat = (stat: string) => {
  const end = stat.lastIndexOf(')') + 2;
  const fields = stat.slice(end).split(' ');
  return stat.slice(0, end) + fields.map((field, i) => (i === 0 ? 'D' : i === 11 || i === 12 ? '7' : field)).join(' ');
};
const blockedThread = {
  '/proc/[0-9]*/task/*/schedstat of qemu-system-, qemu-kvm, kvm': eachThread((thread) =>
    thread.stat.includes('(IO iothread1)')
      ? { ...thread, stat: blockedStat(thread.stat), schedstat: '1 1 7\n', wchan: 'nfs_wait' }
      : thread,
  ),
};

/** All memory is on node 0; one guest is pinned to CPU 1. */
const TWO_NODES = {
  '/sys/devices/system/node/node0/cpulist': '0\n',
  '/sys/devices/system/node/node1/cpulist': '1\n',
};

/** The host's clock stands at 1000 s, some seconds after the balloon's last update. */
const BALLOON_CLOCK = { '/proc/stat': `btime ${1_795_472_690 - 1000}\n` };
const shortOfMemory = monitorOf((domain) => stats(domain, { 'balloon.usable': 3000 }));

const host = faultOn('kvm-host', 6.98);

/** Faults of guests and libvirt. */
export const kvmFaults: readonly Fault[] = [
  host(guestMonitorStuck, monitorOf(() => ({ stuckMs: 48_000, why: 'monitor timeout' })), ['crit', 'lab-db', 'QEMU monitor timeout, no reply for 48 s']), // prettier-ignore
  host(guestDiskSlow, slowReads(700), ['warn', 'lab-db vda', 'read latency 80ms']),
  host(guestJobStuck, stalled(400), ['crit', 'lab-db', /^dump stalled, no progress for 6m4\ds, domain locked against other commands$/]), // prettier-ignore
  host(guestMemoryLow, shortOfMemory.map((replies) => ({ ...replies, ...BALLOON_CLOCK })), ['crit', 'lab-db', /^memory low, 2\.9 MiB usable \(\d\.\d%\), balloon holds 96 MiB of 256 MiB$/]), // prettier-ignore
  host(guestMemoryRemote, [TWO_NODES, TWO_NODES], ['warn', 'instance-0000002a', '100% remote memory, vCPUs bound to NUMA node 1']), // prettier-ignore
  host(guestSwapped, [1, 2].map(() => withCgroup('lab', { 'memory.stat': `total_swap ${100 * 1024 ** 2}\n` })), ['warn', 'lab-db', '100 MiB swapped out by the host, vCPUs stall on access']), // prettier-ignore
  faultOn('kvm-host', 10)(guestPaused, [{}, {}], ['warn', 'lab-paused', 'paused (user) for ≥ 10 s, does not respond until it is resumed']), // prettier-ignore
  faultOn('kvm-host')(guestNicDrops, [tapDrops(0), tapDrops(600)], ['warn', 'lab-db labtap1', '20 RX drops/s, guest does not drain its tap queue']), // prettier-ignore
  host(
    guestThreadBlocked,
    [blockedThread, blockedThread],
    ['crit', 'lab-db', 'thread IO iothread1 in D state for 6 s'],
  ),
  host(libvirtUnresponsive, [{}, unresponsive], ['crit', 'libvirt', /^unresponsive.*, 6 guests running$/]),
];
