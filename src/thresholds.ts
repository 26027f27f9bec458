import type { Role } from './theme.ts';

/** Thresholds of a figure, inclusive, upwards. */
export interface Limit {
  readonly warn?: number;
  readonly crit?: number;
  /** Authority for the values. */
  readonly authority: string;
}

/**
 * Thresholds of rules and of colours in panes. `[own]`: our own value, without an authority.
 * node-mixin is prometheus/node_exporter's; atop is its man page; hotsos is canonical/hotsos.
 */
export const limits = {
  cpuBusyPct: { warn: 90, authority: 'node-mixin: NodeCPUHighUsage, 90 %' },
  loadPerCpu: { warn: 2, authority: 'node-mixin: NodeSystemSaturation, load1 above 2 for each core' },
  stealPct: { warn: 10, crit: 30, authority: 'awesome-prometheus-alerts: steal above 10 %; 30 % is [own]' },
  memoryUsedPct: {
    warn: 90,
    crit: 97,
    authority: 'node-mixin: NodeMemoryHighUtilization, 90 %; hotsos: 3 % available',
  },
  swapOutPagesPerSec: { warn: 1, crit: 10, authority: 'atop: swap-out above 10/s is critical, from 1/s almost' },
  majorFaultsPerSec: { warn: 500, authority: 'node-mixin: NodeMemoryMajorPagesFaults, 500/s' },
  memorySomePct: { warn: 10, crit: 40, authority: '[own], below the 60 % at which systemd-oomd kills' },
  memoryFullPct: { warn: 1, crit: 10, authority: '[own]; glib low-memory-monitor acts at 5 %' },
  ioFullPct: { warn: 10, crit: 40, authority: '[own]' },
  ioSomePct: { warn: 40, authority: '[own]' },
  cpuSomePct: { warn: 40, authority: '[own]' },
  irqFullPct: { warn: 5, authority: '[own]' },
  numaMissPct: { warn: 1, crit: 5, authority: '[own]; meaning: docs.kernel.org/admin-guide/numastat.html' },
  nodeUsedPct: { warn: 90, crit: 97, authority: 'as for the whole memory, by node: node-mixin, hotsos' },
  compactFailPct: { warn: 10, authority: 'hotsos: compaction fails above 10 % once it succeeded 10 000 times' },
  hintFaultsFarPct: { warn: 20, authority: '[own]: less than 80 % of hint faults local while pages migrate' },
  tcpRetransmitPct: { warn: 1, crit: 5, authority: 'hotsos: above 1 % of segments sent; 5 % is [own]' },
  acceptQueuePct: { warn: 80, authority: '[own]; full above the backlog' },
  ephemeralPortsPct: { warn: 80, crit: 95, authority: '[own], of ip_local_port_range to one destination' },
  udpDropsPerSec: { warn: 1, authority: '[own]' },
  reversePathPerSec: { warn: 1, authority: '[own]' },
  neighbourTablePct: { warn: 80, crit: 95, authority: '[own], of gc_thresh3' },
  nicLossPerSec: { warn: 1, authority: '[own]; mlx5 counters.rst, ethtool -S: any growth is loss' },
  clockSkewSeconds: { warn: 2, crit: 30, authority: '[own]: Ceph warns at 0.05 s, Kerberos refuses at 300 s' },
  clockOffsetSeconds: { warn: 0.05, crit: 1, authority: 'node-mixin NodeClockSkewDetected, 0.05 s' },
  clockErrorSeconds: {
    warn: 16,
    authority: 'node-mixin NodeClockNotSynchronising: maxerror of 16 s and not synchronised',
  },
  qdiscDropsPerSec: { warn: 1, authority: '[own]' },
  filesystemUsedPct: { warn: 90, crit: 97, authority: 'awesome-prometheus-alerts: 10 % left; node-mixin: 3 % left' },
  filesystemInodesPct: { warn: 90, crit: 97, authority: 'awesome-prometheus-alerts: 10 % left; node-mixin: 3 % left' },
  btrfsMetadataPct: {
    warn: 90,
    authority:
      '[own]: of the metadata chunks with the global reserve, without unallocated space; ENOSPC measured at 93 % on 6.18',
  },
  bcacheAvailablePct: { warn: 33, authority: 'hotsos: 33 %; bcache bypasses its cache below 30 %, LP 1900438' },
  thinPoolPct: {
    warn: 80,
    crit: 95,
    authority: '[own]: a full pool stops all its volumes; LVM extends from 70 % where set up',
  },
  nfsWaitedPct: {
    warn: 10,
    crit: 50,
    authority: 'kernel: knfsd-stats.rst: packets that wake no idle thread; shares are [own]',
  },
  nfsRetransmitPct: { warn: 1, crit: 5, authority: '[own], of the requests' },
  scsiErrorPct: {
    warn: 1,
    authority:
      '[own]: a command timeout, or 1 % of commands failed and 10 of them, in 10 min; single ones are those of smartctl and udev',
  },
  diskWearPct: {
    warn: 90,
    crit: 100,
    authority: 'awesome-prometheus-alerts: NVMe wear, 90 % used; 100 % is the rated life',
  },
  diskTemperatureC: { warn: 70, authority: '[own]: limit of operation of most disks' },
  containerThrottledPct: { warn: 25, authority: 'kubernetes-mixin: CPUThrottlingHigh, 25 % of the periods' },
  containerMemoryPct: { warn: 90, crit: 98, authority: '[own]: of its limit, without cache that can be dropped' },
  processLimitPct: { warn: 80, crit: 95, authority: '[own]: of the soft limit; at it open, mmap or fork fails' },
  threadsPct: { warn: 80, crit: 95, authority: '[own]: of pid_max or threads-max; at it no program starts' },
  containerPidsPct: { warn: 90, crit: 100, authority: '[own]: of its limit; at it fork fails' },
  daemonAnswerMs: { warn: 2000, authority: '[own]: lxd issues 822 and 11042 report seconds under polling' },
  lxdPoolUsedPct: { warn: 85, crit: 95, authority: '[own]; thin and copy-on-write pools fail all at once' },
  osdUsedPct: {
    warn: 85,
    crit: 95,
    authority: 'docs.ceph.com/rados/configuration/mon-config-ref: nearfull 85 %, full 95 %',
  },
  osdMemoryPct: { warn: 130, authority: '[own]: a third above osd_memory_target' },
  osdThrottlePct: { warn: 90, authority: 'hotsos: a throttle above 90 % of its limit' },
  osdPingMs: { warn: 50, crit: 1000, authority: 'Ceph warns above 5 % of the grace of 20 s; 50 ms is [own]' },
  monCommitMs: {
    warn: 200,
    crit: 2000,
    authority:
      '[own]: a commit is an fsync of a few kB; crit well before mon_lease, 5 s, after which monitors elect again',
  },
  monSkewMs: { warn: 50, authority: 'mon_clock_drift_allowed, 0.05 s' },
  guestStealPct: {
    warn: 10,
    crit: 30,
    authority: 'as for steal seen from inside: awesome-prometheus-alerts, above 10 %; 30 % is [own]',
  },
  guestThrottledPct: { warn: 10, crit: 50, authority: '[own]: of the time that a vCPU wanted to run' },
  guestMonitorSeconds: {
    warn: 5,
    crit: 30,
    authority: '30 s: wait of libvirt for a job of a domain (QEMU_JOB_WAIT_TIME); 5 s is [own]',
  },
  guestJobStillSeconds: {
    warn: 30,
    crit: 300,
    authority: '30 s: commands for a guest with a job time out (QEMU_JOB_WAIT_TIME); 300 s is [own]',
  },
  guestDiskMs: { warn: 50, crit: 500, authority: '[own]: mean request latency, measured by QEMU' },
  guestFarPct: { warn: 10, crit: 50, authority: '[own]: as for processes' },
  guestSwapMiB: {
    warn: 16,
    crit: 256,
    authority: '[own]: vCPUs stall on access to memory that the host swapped out',
  },
  guestUsableLackPct: {
    warn: 90,
    crit: 97,
    authority: "as for the host's own memory: node-mixin 90 %, hotsos 3 % available",
  },
  guestDropsPerSec: { warn: 1, authority: '[own]: packets dropped at the full tap queue of a guest' },
  vcpusPerCpu: { warn: 4, crit: 16, authority: 'OpenStack Nova: initial_cpu_allocation_ratio, 4 (16 before 2023)' },
  libvirtMs: { warn: 1000, crit: 4000, authority: '[own]: for a domain list, which takes some ms' },
  exitsPerSec: { warn: 50_000, authority: '[own]: of one vCPU' },
  ovsFlowLimitPct: {
    warn: 80,
    crit: 100,
    authority:
      'ofproto-dpif-upcall.c: above the limit idle flows go after 100 ms, above twice it all go; 80 % is [own]',
  },
  ovsDumpMs: {
    warn: 1000,
    crit: 1300,
    authority: 'ofproto-dpif-upcall.c: the flow limit rises below 1000 ms dump duration, and is cut above 1300 ms',
  },
  ovsLostPerSec: { warn: 0.1, crit: 5, authority: '[own]: each is a dropped packet of a guest; hotsos: 5 and more' },
  ovsLostPct: { warn: 1, crit: 10, authority: '[own]: of all upcalls since the start of the datapath; 100 and more' },
  ovsMissedPct: { warn: 10, authority: '[own]: more than one packet in ten is an upcall' },
  ovsMasksPerPacket: { warn: 20, authority: '[own]: masks are tried one after the other' },
  ovsUpcallCpuPct: { warn: 100, authority: '[own]: a whole CPU for handlers or revalidators' },
  ovsTableUsedPct: { warn: 80, crit: 95, authority: '[own]; hotsos: a full FDB' },
  ovsPacketInsPerSec: {
    warn: 500,
    authority: '[own]: ovn-controller handles packet-ins in one thread, each a round trip through ovs-vswitchd',
  },
  ovsMegaflows: { warn: 4096, authority: '[own]: half of the EMC (8 192 entries of a PMD thread, dpif-netdev.c)' },
  conntrackUsedPct: {
    warn: 75,
    crit: 95,
    authority: 'node-mixin: NodeHighNumberConntrackEntriesUsed, 75 %; 95 %, or drops, is [own]',
  },
  osdPgs: {
    warn: 500,
    authority: 'hotsos: two thirds of mon_max_pg_per_osd (250) × osd_max_pg_per_osd_hard_ratio (3)',
  },
  osdUnaccountedPct: { warn: 5, authority: 'hotsos: raw usage 5 % above data, metadata and omap' },
  socketMemoryPct: {
    warn: 90,
    crit: 98,
    authority:
      'ip-sysctl: tcp_mem, udp_mem: pressure above the second limit, drops at the third; 90 and 98 % are [own]',
  },
  ovnBehindSeconds: { warn: 10, crit: 60, authority: '[own]: a chassis applies a transaction within a second' },
  ovnRecomputesPerSec: { warn: 1, authority: '[own]: on a large network one takes seconds' },
  pmdKeptPct: {
    warn: 5,
    authority: '[own]: rx queues of a PMD thread overrun within milliseconds without polling',
  },
  pmdBusyPct: { warn: 90, authority: '[own]: a PMD thread near full load drops bursts' },
  kubeApiMs: {
    warn: 1500,
    authority:
      'SLO of Kubernetes: reads of one object within 1 s at the 99th percentile; half a second more for starting kubectl is [own]',
  },
} as const satisfies Record<string, Limit>;

export type Grade = Extract<Role, 'text' | 'warn' | 'crit'>;

const GRADES = { text: 0, warn: 1, crit: 2 } as const satisfies Record<Grade, number>;

/** Lower of two grades: a figure of the last reading has the colour of its rule, which judges the last seconds. */
export const milder = (a: Grade, b: Grade): Grade => (GRADES[a] < GRADES[b] ? a : b);

/** Grade of a value; an unknown one is text. */
export function grade(value: number | undefined, limit: Limit): Grade {
  if (value === undefined) return 'text';
  if (limit.crit !== undefined && value >= limit.crit) return 'crit';
  return limit.warn !== undefined && value >= limit.warn ? 'warn' : 'text';
}
