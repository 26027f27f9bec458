import { countOf, fields, items, json, numberOf, textOf, type Fields } from '../../lib/json.ts';
import { partOf } from '../../lib/lines.ts';
import { UUID } from './libvirt-domains.ts';
import { defineSource } from '../source.ts';

/**
 * Figures from QEMU monitors, requested from libvirt per domain: `virsh domstats --balloon --block --vcpu`,
 * `virsh domjobinfo`, `virsh domblkerror`, `virsh domcontrol`. https://libvirt.org/manpages/virsh.html#domstats
 *
 *     "stats":{"balloon.usable":50492,"block.0.rd.reqs":45314,"block.0.rd.times":136505274631,"vcpu.0.exits.sum":201066}
 *
 * Times of disks are ns, balloon figures KiB, `balloon.last-update` is in seconds since 1970 by the host's clock, 0 without
 * a driver in the guest. A hung QEMU keeps its last figures, with the reason and the time since then.
 */
export const libvirtMonitor = defineSource({
  id: 'libvirt-monitor',
  title: 'QEMU monitors',
  why: 'Shows disk latency, balloon statistics, migrations and backups of each guest, and QEMU monitor timeouts.',
  everySeconds: 5,
  reads: {
    daemon: {
      kind: 'talk',
      dialect: 'libvirt',
      to: '/run/libvirt/libvirt-sock-ro',
      request: 'monitor',
      as: 'root',
      timeoutMs: 8000,
    },
    modular: {
      kind: 'talk',
      dialect: 'libvirt',
      to: '/run/libvirt/virtqemud-sock-ro',
      request: 'monitor',
      as: 'root',
      timeoutMs: 8000,
    },
  },
  parse: ({ daemon, modular }) => parseMonitors(modular ?? daemon),
  weightKiB: (sample: MonitorsSample | undefined) => (sample?.guests.size ?? 0) * 1.5,
});

export interface MonitorsSample {
  readonly guests: ReadonlyMap<string, GuestMonitor>;
  /** Guests not polled in the last sweep: no time left, or their monitors hang. */
  readonly notAsked: number | undefined;
}

export interface GuestMonitor {
  readonly uuid: string;
  readonly id: number | undefined;
  /** Time of its figures by a monotonic clock, seconds; undefined without figures. */
  readonly atSeconds: number | undefined;
  /** Age of its figures at the end of the sweep. */
  readonly ageSeconds: number | undefined;
  /** Seconds since the request that its QEMU has not answered. */
  readonly stuckSeconds: number | undefined;
  /** Seconds that a command of any client has held its monitor. */
  readonly occupiedSeconds: number | undefined;
  /** Reason of missing newer figures, as text. */
  readonly why: string | undefined;
  readonly balloon: Balloon;
  readonly disks: readonly DiskTotals[];
  /** VM exits of each vCPU since its start; empty without KVM statistics (QEMU before 7.1, Linux before 5.14). */
  readonly exits: ReadonlyMap<number, number>;
  readonly job: GuestJob | undefined;
}

export interface Balloon {
  readonly currentKiB: number | undefined;
  readonly maximumKiB: number | undefined;
  /** Memory that the guest can use without swapping (balloon.usable). */
  readonly usableKiB: number | undefined;
  /** Memory that the guest sees (balloon.available). */
  readonly availableKiB: number | undefined;
  /** Time of the balloon statistics, seconds since 1970; undefined without a driver in the guest. */
  readonly updatedEpochSeconds: number | undefined;
  readonly majorFaults: number | undefined;
  readonly swapInKiB: number | undefined;
  readonly swapOutKiB: number | undefined;
}

export interface OpTotals {
  readonly requests: number | undefined;
  readonly bytes: number | undefined;
  readonly ns: number | undefined;
}

export interface DiskTotals {
  /** Target in the domain XML: `vda`. */
  readonly name: string;
  readonly path: string | undefined;
  readonly read: OpTotals;
  readonly write: OpTotals;
  readonly flush: OpTotals;
  readonly allocatedBytes: number | undefined;
  readonly capacityBytes: number | undefined;
  /** Error that paused the guest: 1 I/O error, 2 no space. virDomainDiskErrorCode */
  readonly error: number | undefined;
}

export interface GuestJob {
  /** virDomainJobOperation. */
  readonly operation: number | undefined;
  readonly elapsedSeconds: number | undefined;
  readonly remainingBytes: number | undefined;
  readonly totalBytes: number | undefined;
  readonly processedBytes: number | undefined;
  /** Dirty rate during a migration, bytes per second. */
  readonly dirtyBytesPerSec: number | undefined;
  readonly iteration: number | undefined;
}

/** The monitors of a reply; undefined without one. */
export function parseMonitors(text: string | undefined): MonitorsSample | undefined {
  const reply = fields(json(text));
  if (!Array.isArray(reply['domains'])) return undefined;
  const nowMs = numberOf(reply['atMs']);
  const guests = new Map<string, GuestMonitor>();
  for (const item of items(reply['domains'])) {
    const domain = fields(item);
    const uuid = textOf(domain['uuid']);
    if (uuid === undefined || !UUID.test(uuid)) continue;
    const stats = fields(domain['stats']);
    const atMs = numberOf(domain['atMs']);
    guests.set(uuid, {
      uuid,
      id: countOf(domain['id']),
      atSeconds: thousandth(atMs),
      ageSeconds: atMs === undefined || nowMs === undefined || nowMs < atMs ? undefined : (nowMs - atMs) / 1000,
      stuckSeconds: thousandth(countOf(domain['stuckMs'])),
      occupiedSeconds: thousandth(countOf(domain['occupiedMs'])),
      why: textOf(domain['why']),
      balloon: balloonOf(stats),
      disks: disksOf(stats, domain['diskErrors']),
      exits: exitsOf(stats),
      job: jobOf(domain['job']),
    });
  }
  return { guests, notAsked: countOf(reply['notAsked']) };
}

const thousandth = (value: number | undefined): number | undefined => (value === undefined ? undefined : value / 1000);

function balloonOf(stats: Fields): Balloon {
  const of = (name: string): number | undefined => countOf(stats[`balloon.${name}`]);
  return {
    currentKiB: of('current'),
    maximumKiB: of('maximum'),
    usableKiB: partOf(of('usable'), of('available')),
    availableKiB: of('available'),
    updatedEpochSeconds: of('last-update') || undefined,
    majorFaults: of('major_fault'),
    swapInKiB: of('swap_in'),
    swapOutKiB: of('swap_out'),
  };
}

/** Limit of disks of one guest, above any real number. */
const MOST_DISKS = 512;

function disksOf(stats: Fields, errors: unknown): readonly DiskTotals[] {
  const errorOf = new Map(items(errors).map((item) => [textOf(fields(item)['disk']), countOf(fields(item)['error'])]));
  const disks: DiskTotals[] = [];
  for (let number = 0; number < Math.min(MOST_DISKS, countOf(stats['block.count']) ?? 0); number++) {
    const of = (name: string): number | undefined => countOf(stats[`block.${number}.${name}`]);
    const name = textOf(stats[`block.${number}.name`]);
    if (name === undefined) continue;
    const op = (kind: string): OpTotals => ({
      requests: of(`${kind}.reqs`),
      bytes: of(`${kind}.bytes`),
      ns: of(`${kind}.times`),
    });
    disks.push({
      name,
      path: textOf(stats[`block.${number}.path`]),
      read: op('rd'),
      write: op('wr'),
      flush: op('fl'),
      allocatedBytes: of('allocation'),
      capacityBytes: of('capacity'),
      error: errorOf.get(name) || undefined,
    });
  }
  return disks;
}

function exitsOf(stats: Fields): ReadonlyMap<number, number> {
  const exits = new Map<number, number>();
  for (const [name, value] of Object.entries(stats)) {
    const vcpu = /^vcpu\.(\d{1,5})\.exits\.sum$/.exec(name)?.[1];
    const count = countOf(value);
    if (vcpu !== undefined && count !== undefined) exits.set(Number(vcpu), count);
  }
  return exits;
}

/** virDomainJobType of an active job: bounded, unbounded. */
const ACTIVE = new Set([1, 2]);

function jobOf(value: unknown): GuestJob | undefined {
  const job = fields(value);
  if (!ACTIVE.has(numberOf(job['type']) ?? 0)) return undefined;
  const of = (name: string): number | undefined => countOf(job[name]);
  const dirtyPages = of('memory_dirty_rate');
  return {
    operation: of('operation'),
    elapsedSeconds: thousandth(of('time_elapsed')),
    remainingBytes: of('data_remaining') ?? of('memory_remaining'),
    totalBytes: of('data_total') ?? of('memory_total'),
    processedBytes: of('data_processed') ?? of('memory_processed'),
    dirtyBytesPerSec: dirtyPages === undefined ? undefined : dirtyPages * (of('memory_page_size') ?? 4096),
    iteration: of('memory_iteration'),
  };
}
