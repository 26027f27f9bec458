import type { Cgroup } from '../../sources/containers/cgroups.ts';
import type { Definition } from '../../sources/kvm/libvirt-xml.ts';
import type { Balloon, GuestJob } from '../../sources/kvm/libvirt-monitor.ts';
import type { Process } from '../../sources/processes/processes.ts';
import type { GuestCommand } from './guest-command.ts';
import type { GuestState } from './guest-state.ts';

/** A guest, joined from its QEMU process, its cgroups, and libvirt where that responds. Texts are raw. */
export interface Guest {
  /** Stable key: the UUID, or the name without one. */
  readonly key: string;
  readonly name: string;
  readonly uuid: string | undefined;
  readonly id: number | undefined;
  readonly state: GuestState;
  /** Undefined while the guest is shut off, and where processes are hidden. */
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

/** A QEMU thread between two samples; shares of time in percent. */
export interface GuestThread {
  readonly tid: number;
  readonly name: string;
  readonly state: string;
  readonly runPct: number | undefined;
  /** Run delay: runnable without a CPU, by steal or by a quota. */
  readonly delayPct: number | undefined;
  readonly lastCpu: number | undefined;
  readonly node: number | undefined;
  readonly cpusAllowed: string | undefined;
  readonly wchan: string | undefined;
}

export interface Vcpu extends GuestThread {
  readonly number: number;
  /** Part of the run delay that the CPU quota caused. */
  readonly throttledPct: number | undefined;
  /** Rest of the run delay: steal, as the guest itself accounts it. */
  readonly stealPct: number | undefined;
  readonly exitsPerSec: number | undefined;
}

export interface GuestCpu {
  /** Sum of all vCPUs, percent of one CPU. */
  readonly runPct: number | undefined;
  /** The busiest vCPU. */
  readonly hotPct: number | undefined;
  /** The vCPU with the most steal. */
  readonly stealPct: number | undefined;
  readonly throttledPct: number | undefined;
  readonly exitsPerSec: number | undefined;
}

export interface GuestMemory {
  /** Memory that the balloon leaves to the guest; without a balloon all of it. */
  readonly currentKiB: number | undefined;
  readonly maximumKiB: number | undefined;
  readonly balloon: Balloon | undefined;
  /** Age of the balloon statistics; undefined without them. */
  readonly ageSeconds: number | undefined;
  readonly rssKiB: number | undefined;
  readonly swapKiB: number | undefined;
}

/** A disk between two monitor replies. */
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
  /** Error that paused the guest: `no space`, `I/O error`. */
  readonly error: string | undefined;
}

/** A tap device from the side of the guest: TX of the host is RX here. */
export interface GuestNic {
  readonly tap: string | undefined;
  readonly mac: string | undefined;
  readonly source: string | undefined;
  readonly model: string | undefined;
  readonly interfaceId: string | undefined;
  readonly rxBytesPerSec: number | undefined;
  readonly txBytesPerSec: number | undefined;
  /** Packets for the guest, dropped because its tap queue was full. */
  readonly rxDroppedPerSec: number | undefined;
  readonly txDroppedPerSec: number | undefined;
}

/** Condition of a QEMU monitor. `timeout`: no reply. `occupied`: another command holds it. `stale`: no recent reply of libvirt. */
export interface MonitorHealth {
  /** Undefined where the monitor is not polled: no libvirt, or the guest is shut off. */
  readonly state: 'responsive' | 'timeout' | 'occupied' | 'stale' | undefined;
  readonly seconds: number | undefined;
  readonly why: string | undefined;
}

/** NUMA placement: nodes of the vCPUs against nodes of the memory. */
export interface GuestPlace {
  /** Nodes of the CPUs in the affinity of the vCPUs. */
  readonly cpuNodes: readonly number[];
  /** The affinity of the vCPUs leaves out some nodes. */
  readonly bound: boolean;
  readonly memory: readonly { readonly node: number; readonly kiB: number }[];
  /** Memory on nodes outside the affinity, percent; undefined unless bound, or when the cgroup accounts for too little. */
  readonly remotePct: number | undefined;
}
