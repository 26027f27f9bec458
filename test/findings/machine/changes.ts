import { NVIDIA_APPS, NVIDIA_GPUS } from '../../../src/sources/machine/nvidia-gpus.ts';
import type { Changes } from '../../helpers/found-on.ts';

/** Files of a machine with faults, for rules of several tests. */
export const NODES = '/sys/devices/system/node';

/** Rows of two queues of the card on node 2 (CPUs 4 and 5): their counts on CPU 0 and on CPU 4. */
export const cardInterrupts = (far: number, near: number) => ({
  '/proc/interrupts': `           CPU0       CPU4
 36: ${far} 0 PCI-MSI 67633153-edge      virtio3-input.0
 37: 0 ${near} PCI-MSI 67633154-edge      virtio3-output.0
`,
});

/** user nice system idle iowait irq softirq steal, ticks, of each CPU. */
export const softirqStat = (softirq: readonly number[], total: number) => ({
  '/proc/stat': softirq.map((ticks, cpu) => `cpu${cpu} 0 0 0 ${total - ticks} 0 0 ${ticks} 0\n`).join(''),
});

export const edac = (corrected: number, uncorrected: number) => ({
  '/sys/devices/system/edac/mc/mc0/ce_count': `${corrected}\n`,
  '/sys/devices/system/edac/mc/mc0/ue_count': `${uncorrected}\n`,
  '/sys/devices/system/edac/mc/mc0/dimm3/dimm_ce_count': `${corrected}\n`,
  '/sys/devices/system/edac/mc/mc0/dimm3/dimm_ue_count': `${uncorrected}\n`,
  '/sys/devices/system/edac/mc/mc0/dimm3/dimm_label': 'DIMM_B2\n',
});

export const machineCheckCount = (times: number) => ({
  '/proc/interrupts': `           CPU0\nMCE: ${times}   Machine check exceptions\n`,
});

/** NVIDIA GPU whose driver makes no card, by what nvidia-smi prints. */
export const nvidiaGpu = (uncorrected: string, corrected: string) => ({
  [NVIDIA_GPUS.join(' ')]:
    `00000000:3B:00.0, Tesla V100-PCIE-32GB, 550.54.15, 97, 30101, 32768, 71, 231.45, 250.00, ${uncorrected}, ${corrected}\n`,
  [NVIDIA_APPS.join(' ')]: '00000000:3B:00.0, 1, 30098\n',
});

const CARD = '/sys/class/drm/card1/device';
/** AMD GPU with ECC. */
export const amdGpu = (uncorrected: number, corrected: number) => ({
  '/sys/class/drm/card*/device (links)': () => new Map([[CARD, '../../../0000:63:00.0']]),
  [`${CARD}/vendor`]: '0x1002\n',
  [`${CARD}/ras/umc_err_count`]: `ue: ${uncorrected}\nce: ${corrected}\n`,
});

const AER = '/sys/bus/pci/devices/0000:82:00.0/aer_dev_';
export const aerErrors = (correctable: number, nonFatal: number, fatal: number) => ({
  [`${AER}correctable`]: `Receiver Error ${correctable}\nTOTAL_ERR_COR ${correctable}\n`,
  [`${AER}nonfatal`]: `TOTAL_ERR_NONFATAL ${nonFatal}\n`,
  [`${AER}fatal`]: `TOTAL_ERR_FATAL ${fatal}\n`,
});

export const throttled = (cpu1: number, all: number) => ({
  '/sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count': '5\n',
  '/sys/devices/system/cpu/cpu1/thermal_throttle/core_throttle_count': `${cpu1}\n`,
  '/sys/devices/system/cpu/cpu0/thermal_throttle/package_throttle_count': `${all}\n`,
});

export const hot = (milli: number, more: Changes = {}) => ({
  '/sys/class/hwmon/hwmon0/name': 'nvme\n',
  '/sys/class/hwmon/hwmon0/temp1_input': `${milli}\n`,
  ...more,
});
export const HOT_LIMITS = {
  '/sys/class/hwmon/hwmon0/temp1_max': '70000',
  '/sys/class/hwmon/hwmon0/temp1_crit': '80000',
};

export const CPUFREQ = '/sys/devices/system/cpu/cpu0/cpufreq/';
export const governed = (driver: string, more: Changes = {}) => ({
  [`${CPUFREQ}scaling_governor`]: 'powersave\n',
  [`${CPUFREQ}scaling_driver`]: `${driver}\n`,
  ...more,
});

export const fileNr = (text: string) => ({ '/proc/sys/fs/file-nr': text });

export const psi = (kind: string, avg10: number, avg60: number) =>
  `some avg10=${avg10} avg60=${avg60} avg300=0.00 total=1\nfull avg10=${kind === 'full' ? avg10 : 0} avg60=${kind === 'full' ? avg60 : 0} avg300=0.00 total=1\n`;

export const meminfo = (availableKiB: number, hugetlbKiB = 0) => ({
  '/proc/meminfo': `MemTotal: 1000000 kB\nMemFree: 5000 kB\nMemAvailable: ${availableKiB} kB\nHugetlb: ${hugetlbKiB} kB\nHugepagesize: 2048 kB\nHugePages_Free: 300\n`,
});
export const corruptedMemory = (kib: number) => ({
  '/proc/meminfo': `MemTotal: 1000000 kB\nHardwareCorrupted: ${kib} kB\n`,
});

export const vmstat = (fields: Readonly<Record<string, number>>) => ({
  '/proc/vmstat': Object.entries(fields)
    .map(([name, value]) => `${name} ${value}\n`)
    .join(''),
});
/** Pages swapped out since boot, and the swap that a service fills; without a total the host has none. */
export const swapOut = (pages: number, swapTotalKiB = 1_000_000, serviceBytes = 0) => ({
  ...vmstat({ pswpout: pages, pswpin: 0 }),
  '/proc/meminfo': `MemTotal: 1000000 kB\nSwapTotal: ${swapTotalKiB} kB\nSwapFree: ${swapTotalKiB / 2} kB\n`,
  '/proc/swaps':
    swapTotalKiB === 0 ? '' : 'Filename Type Size Used Priority\n/dev/zram0 partition 1000000 500000 100\n',
  '/sys/fs/cgroup/system.slice/lab.service/memory.swap.current': `${serviceBytes}\n`,
  '/sys/fs/cgroup/system.slice/lab.service/memory.max': '67108864\n',
});
export const hintFaults = (faults: number, local: number, moved: number) =>
  vmstat({ numa_hint_faults: faults, numa_hint_faults_local: local, numa_pages_migrated: moved });

/** Free blocks of two nodes; `large` blocks of order 3 on the second. */
export const buddyinfo = (large: number) => ({
  '/proc/buddyinfo': `Node 0, zone      DMA      0      0      0      0      0      0      0      1      2      1      3
Node 0, zone   Normal   1020    310     96     22      4      1      0      0      0      0      0
Node 1, zone      DMA      0      0      0      0      0      0      0      1      2      1      3
Node 1, zone   Normal   4000   1000    100      ${large}      0      0      0      0      0      0      0
`,
});

/** /proc/net/dev of one card: packets and losses since boot. */
export const netdev = (packets: number, { rxErrors = 0, rxDropped = 0, txDropped = 0 } = {}) => ({
  '/proc/net/dev': `Inter-|   Receive    |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
  eth0: ${packets * 1000} ${packets} ${rxErrors} ${rxDropped} 0 0 0 0 ${packets * 100} ${packets} 0 ${txDropped} 0 0 0 0
`,
});

export const carrierChanges = (times: number) => ({ '/sys/class/net/enp129s0/carrier_changes': `${times}\n` });

const member = (name: string, status: string) =>
  `\nSlave Interface: ${name}\nMII Status: ${status}\nLink Failure Count: 1\n`;
export const linkDown = {
  '/sys/class/net/enp129s0/operstate': 'down\n',
  '/sys/class/net/enp129s0/master': '../br0',
};
export const bond = (...status: readonly string[]) => ({
  '/proc/net/bonding/bond0': `Bonding Mode: IEEE 802.3ad Dynamic link aggregation\nMII Status: up\n${status.map((each, i) => member(`eno${i}`, each)).join('')}`,
});

const hex = (value: number) => value.toString(16).padStart(8, '0');
export const softnet = (packets: number, dropped: number) => ({
  '/proc/net/softnet_stat': `${hex(packets)} ${hex(dropped)} 00000000\n${hex(packets)} 00000000 00000000\n`,
});

export interface Done {
  readonly reads: number;
  readonly ms: number;
  readonly inFlight?: number;
  readonly busyMs?: number;
  readonly queueMs?: number;
}
export const NOTHING: Done = { reads: 1, ms: 0 };
/** Work of each disk since boot. */
export const done = (disks: Readonly<Record<string, Done>>, rotational: '0' | '1' = '0'): Changes => ({
  '/proc/diskstats': Object.entries(disks)
    .map(
      ([name, { reads, ms, inFlight = 0, busyMs = ms, queueMs = ms }]) =>
        ` 8 0 ${name} ${reads} 0 ${reads * 8} ${ms} 0 0 0 0 ${inFlight} ${busyMs} ${queueMs} 0 0 0 0 0 0\n`,
    )
    .join(''),
  ...Object.fromEntries(Object.keys(disks).map((name) => [`/sys/block/${name}/size`, '2000'])),
  ...Object.fromEntries(Object.keys(disks).map((name) => [`/sys/block/${name}/queue/rotational`, rotational])),
});
export const four = (sdd: Done) => ({
  sda: { reads: 3001, ms: 1500 },
  sdb: { reads: 3001, ms: 1800 },
  sdc: { reads: 3001, ms: 1200 },
  sdd,
});
export const FOUR_BEFORE = done({ sda: NOTHING, sdb: NOTHING, sdc: NOTHING, sdd: NOTHING });
export const stuckDisk = (reads: number) => done({ nvme0n1: { reads, ms: 10, inFlight: 3 } });
export const diskStateText = (text: string) => ({ '/sys/block/sdq/size': '100', '/sys/block/sdq/device/state': text });

export const mdstat = (text: string) => ({ '/proc/mdstat': `Personalities : [raid1]\n${text}` });

/** /proc/stat of 8 CPUs after `seconds`: busy share of each, stolen share, tasks that are blocked and runnable. */
export function stat(seconds: number, busyPct: readonly number[], stealPct = 0, blocked = 0, running = 1) {
  const line = (name: string, pct: number, cpus: number) => {
    const ticks = (share: number) => Math.round(seconds * cpus * share);
    return `${name} ${ticks(pct)} 0 0 ${ticks(100 - pct - stealPct)} 0 0 0 ${ticks(stealPct)} 0 0\n`;
  };
  const mean = busyPct.reduce((sum, pct) => sum + pct, 0) / busyPct.length;
  const each = busyPct.map((pct, cpu) => line(`cpu${cpu}`, pct, 1)).join('');
  return {
    '/proc/stat': `${line('cpu', mean, busyPct.length)}${each}procs_running ${running}\nprocs_blocked ${blocked}\n`,
  };
}
export const eight = (pct: number) => Array.from({ length: 8 }, () => pct);

/** Memory of node 1. */
export const nodeMeminfo = (freeKiB: number, fileKiB: number) => ({
  [`${NODES}/node1/meminfo`]: `Node 1 MemTotal: 500000 kB\nNode 1 MemFree: ${freeKiB} kB\nNode 1 FilePages: ${fileKiB} kB\n`,
});

const numastat = (node: number, hit: number, miss: number, foreign: number) => ({
  [`${NODES}/node${node}/numastat`]: `numa_hit ${hit}\nnuma_miss ${miss}\nnuma_foreign ${foreign}\nlocal_node ${hit}\nother_node ${miss}\n`,
});
export const NO_ALLOCATIONS = { ...numastat(0, 0, 0, 0), ...numastat(1, 0, 0, 0), ...numastat(2, 0, 0, 0), ...numastat(3, 0, 0, 0) }; // prettier-ignore
/** Allocations for node 0 that landed on node 1. */
export const missed = (pages: number) => ({
  ...NO_ALLOCATIONS,
  ...numastat(0, 30_000, 0, pages),
  ...numastat(1, 30_000 - pages, pages, 0),
});

export const zoneReclaimMode = (mode: number) => ({ '/proc/sys/vm/zone_reclaim_mode': `${mode}\n` });

/** Conntrack table of the kernel with its default limit on 1 GiB and more; `evicted` and `dropped` in hexadecimal, on one of two CPUs. */
export const conntrack = (connections: number, evicted = 0, dropped = 0): Changes => {
  const hex = (value: number) => value.toString(16).padStart(8, '0');
  const row = (drop: number, early: number) =>
    `${hex(connections)}  00000000 00000000 00000000 00000003 00000000 00000000 00000000 00000000 ${hex(drop)} ${hex(drop)} ${hex(early)} 00000000  00000000 00000000 00000000 00000000\n`;
  return {
    '/proc/sys/net/netfilter/nf_conntrack_count': `${connections}\n`,
    '/proc/sys/net/netfilter/nf_conntrack_max': '262144\n',
    '/proc/net/stat/nf_conntrack': `entries  clashres found new invalid ignore delete chainlength insert insert_failed drop early_drop icmp_error  expect_new expect_create expect_delete search_restart\n${row(dropped, evicted)}${row(0, 0)}`,
  };
};

/** Pages in buffers of TCP and UDP, with the limits of a host of 24 GiB. */
export const sockstat = (tcpPages: number, udpPages: number): Changes => ({
  '/proc/net/sockstat': `sockets: used 3000\nTCP: inuse 100 orphan 900 tw 3 alloc 400 mem ${tcpPages}\nUDP: inuse 6 mem ${udpPages}\n`,
  '/proc/sys/net/ipv4/tcp_mem': '189864\t253152\t379728\n',
  '/proc/sys/net/ipv4/udp_mem': '379728\t506307\t762456\n',
});

/** Kernel log of one group of levels. */
export const kernelLog = (level: 'err' | 'warn', text: string): Changes => ({
  [`dmesg --kernel --level=${level === 'err' ? 'emerg,alert,crit,err' : 'warn'}`]: text,
});

/** Netlink sockets of processes that are no longer there, the first with these drops since it was opened. */
export const netlinkDrops = (drops: number): Changes => ({
  '/proc/net/netlink': `sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode
0000000000000000 16  4000000001 00000113 0        0        0     2        ${drops}        34703
0000000000000000 0   4000000002 00000550 0        0        0     2        1        90600
0000000000000000 0   3426       00000440 0        0        0     2        0        89397
`,
});

/** eth0 as a veth with its other end in another namespace. */
export const onVeth = (changes: Changes): Changes => ({
  ...changes,
  'ip -j link show type veth': '[{"ifindex":5,"link_index":2,"ifname":"eth0","link_netnsid":0}]\n',
});
