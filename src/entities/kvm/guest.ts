import type { Cgroup } from '../../sources/containers/cgroups.ts';
import type { Definition } from '../../sources/kvm/libvirt-xml.ts';
import type { Balloon, GuestJob } from '../../sources/kvm/libvirt-monitor.ts';
import type { Process } from '../../sources/processes/processes.ts';
import type { GuestCommand } from './guest-command.ts';
import type { GuestState } from './guest-state.ts';

/** A guest with all that is known of it: from its QEMU process, its control groups, and libvirt where that answers. Texts are raw. */
export interface Guest {
  /** Stable over time: its UUID, or its name where it has none. */
  readonly key: string;
  readonly name: string;
  readonly uuid: string | undefined;
  readonly id: number | undefined;
  readonly state: GuestState;
  /** Undefined while it is off, and where processes cannot be seen. */
  readonly process: Process | undefined;
  readonly command: GuestCommand | undefined;
  readonly definition: Definition | undefined;
  readonly group: Cgroup | undefined;
  readonly vcpuCount: number | undefined;
  readonly vcpus: readonly Vcpu[];
  readonly others: readonly GuestThread[];
  readonly cpu: GuestCpu;
  readonly memory: GuestMemory;
  readonly disks: readonly GuestDisk[];
  readonly nics: readonly GuestNic[];
  readonly monitor: MonitorHealth;
  readonly job: GuestJob | undefined;
  readonly place: GuestPlace | undefined;
  readonly upSeconds: number | undefined;
}

/** A thread of the QEMU between two samples; shares of the time, percent. */
export interface GuestThread {
  readonly tid: number;
  readonly name: string;
  readonly state: string;
  readonly runPct: number | undefined;
  /** Ready to run, but kept from a CPU: by others, or by a quota. */
  readonly delayPct: number | undefined;
  readonly lastCpu: number | undefined;
  readonly node: number | undefined;
  readonly cpusAllowed: string | undefined;
  readonly wchan: string | undefined;
}

export interface Vcpu extends GuestThread {
  readonly number: number;
  /** The part of the delay that its CPU quota made. */
  readonly throttledPct: number | undefined;
  /** The rest of it: what the guest sees as steal, made by too little CPU for too many. */
  readonly stealPct: number | undefined;
  readonly exitsPerSec: number | undefined;
}

export interface GuestCpu {
  /** All vCPUs together, percent of one CPU. */
  readonly runPct: number | undefined;
  /** The busiest vCPU. */
  readonly hotPct: number | undefined;
  /** The vCPU that it was stolen most from. */
  readonly stealPct: number | undefined;
  readonly throttledPct: number | undefined;
  readonly exitsPerSec: number | undefined;
}

export interface GuestMemory {
  /** What the balloon leaves it; without one what it was given. */
  readonly currentKiB: number | undefined;
  readonly maximumKiB: number | undefined;
  readonly balloon: Balloon | undefined;
  /** How old the guest's own figures are; undefined when it has none. */
  readonly ageSeconds: number | undefined;
  readonly rssKiB: number | undefined;
  readonly swapKiB: number | undefined;
}

/** A disk between two answers of the monitor. */
export interface GuestDisk {
  readonly name: string;
  readonly source: string | undefined;
  readonly readsPerSec: number | undefined;
  readonly writesPerSec: number | undefined;
  readonly flushesPerSec: number | undefined;
  readonly readBytesPerSec: number | undefined;
  readonly writeBytesPerSec: number | undefined;
  readonly readMs: number | undefined;
  readonly writeMs: number | undefined;
  readonly flushMs: number | undefined;
  readonly iopsLimit: number | undefined;
  readonly allocatedBytes: number | undefined;
  readonly capacityBytes: number | undefined;
  /** In words: what stopped the guest. */
  readonly error: string | undefined;
}

/** A tap device as the guest sees it: what the host sends there it receives. */
export interface GuestNic {
  readonly tap: string | undefined;
  readonly mac: string | undefined;
  readonly source: string | undefined;
  readonly model: string | undefined;
  readonly interfaceId: string | undefined;
  readonly rxBytesPerSec: number | undefined;
  readonly txBytesPerSec: number | undefined;
  /** Packets for the guest that its queue had no room for: it does not fetch them. */
  readonly rxDroppedPerSec: number | undefined;
  readonly txDroppedPerSec: number | undefined;
}

export interface MonitorHealth {
  /** Undefined where nobody asks its monitor: no libvirt, or the guest is off. */
  readonly state: 'answers' | 'stuck' | 'occupied' | 'silent' | undefined;
  readonly seconds: number | undefined;
  readonly why: string | undefined;
}

/** Where its vCPUs may run, against where its memory lies. */
export interface GuestPlace {
  /** Nodes of the CPUs that its vCPUs may run on. */
  readonly cpuNodes: readonly number[];
  /** The vCPUs are bound to some of the nodes only. */
  readonly bound: boolean;
  readonly memory: readonly { readonly node: number; readonly kiB: number }[];
  /** Share of its memory on nodes that its vCPUs may not run on; undefined unless bound, or when little of it is seen. */
  readonly farPct: number | undefined;
}
