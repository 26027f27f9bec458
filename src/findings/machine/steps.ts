import { nvmeControllerOf } from '../../sources/machine/block-devices.ts';
import { command, kernelLog, literal, operand, type CommandStep, type Standing, type StepTable } from '../next-step.ts';

const byMemory = command(['ps', '-e', '-o', 'pid,rss,pcpu,comm', '--sort=-rss'], 'processes by resident memory');
const byCpu = command(['ps', '-e', '-o', 'pid,psr,pcpu,stat,comm', '--sort=-pcpu'], 'processes by CPU');
const waiting = command(['ps', '-e', '-o', 'pid,stat,wchan:32,comm'], 'D state and wait channels');
const perNode = command(['numastat', '-m'], 'memory by NUMA node');
const perCpu = command(['mpstat', '-P', 'ALL', '1', '5'], 'use of each CPU');
const overTime = command(['vmstat', '-w', '1', '5'], 'memory, swap and run queue each second');
const hardwareErrors = (found: Standing) =>
  kernelLog(found, 'Hardware Error|mce:|EDAC', 'kernel log of hardware errors');
const rasErrors = command(['ras-mc-ctl', '--errors'], 'errors that rasdaemon stored');
const sensors = command(['sensors'], 'temperatures, fans and their limits');

/** Disk or NIC of the finding as an argument. */
const device = ({ entity }: Standing): string | undefined => operand(entity.id);

/** Whole disk with SMART data; partitions, virtual and mapped devices have none. */
const SMART = /^(?:sd[a-z]+|nvme\d+n\d+|hd[a-z])$/;
const smart = ({ entity: { id } }: Standing): CommandStep | undefined =>
  SMART.test(id) ? command(['smartctl', '-x', `/dev/${id}`], 'SMART data and error log of the disk') : undefined;
/** An NVMe controller logs without its namespace: `nvme nvme0: I/O 12 timeout`. */
const diskLog = (found: Standing) =>
  kernelLog(found, literal(nvmeControllerOf(found.entity.id) ?? found.entity.id), 'kernel log of the disk');
const disk = (found: Standing): readonly (CommandStep | undefined)[] => [
  smart(found),
  diskLog(found),
  command(['iostat', '-x', '1', '5', device(found)], 'await, queue and %util each second'),
];
const nic = (found: Standing): readonly (CommandStep | undefined)[] => [
  command(['ethtool', '-S', device(found)], 'counters of the card by kind and queue'),
  command(['ip', '-s', '-s', 'link', 'show', 'dev', device(found)], 'errors and drops by kind'),
];

/** Next steps of the rules of the machine. */
export const machineSteps: StepTable = {
  'oom-kills': {
    tracers: () => ['oomkill'],
    commands: (found) => [kernelLog(found, 'oom-kill|Killed process', 'killed process, its group and limit'), byMemory],
    section: 'memory',
  },
  'memory-poisoned': { commands: (found) => [hardwareErrors(found), rasErrors], section: 'health' },
  pressure: {
    commands: ({ entity }) =>
      entity.id === 'memory'
        ? [overTime, byMemory]
        : entity.id === 'cpu'
          ? [perCpu, byCpu]
          : [command(['iostat', '-xz', '1', '5'], 'await, queue and %util of busy disks'), waiting],
    tracers: ({ entity: { id } }) => (id === 'cpu' ? ['runqlat'] : id === 'memory' ? [] : ['biolatency', 'offcputime']),
    section: 'pressure',
  },
  'memory-short': {
    commands: () => [byMemory, command(['slabtop', '-o', '-s', 'c'], 'kernel slabs by size')],
    section: 'memory',
  },
  swapping: {
    commands: () => [overTime, command(['swapon', '--show'], 'swap devices and their use')],
    section: 'memory',
  },
  'major-faults': { commands: () => [overTime, byMemory], section: 'memory' },
  'memory-fragmented': {
    commands: (found) => [kernelLog(found, 'page allocation failure', 'failed allocations with their order')],
  },
  'compaction-failing': {
    commands: () => [command(['grep', '-E', '^(compact|thp)_', '/proc/vmstat'], 'compaction and huge page counters')],
    section: 'memory',
  },
  'cpu-saturated': {
    commands: ({ subject }) => (subject === 'D state' ? [waiting] : [byCpu, perCpu]),
    tracers: ({ subject }) => (subject === 'D state' ? ['offcputime'] : ['runqlat', 'execsnoop']),
    section: 'cpus',
  },
  'cpu-steal': {
    commands: () => [perCpu, command(['systemd-detect-virt'], 'kind of hypervisor')],
    section: 'cpus',
  },
  'numa-node-busy': { commands: () => [byCpu, command(['lscpu', '-e'], 'CPUs by node and core')] },
  'numa-node-full': { commands: () => [perNode, byMemory] },
  'numa-miss': {
    commands: () => [command(['numastat'], 'hits, misses and foreign pages by node'), perNode],
  },
  'numa-balancing-thrash': {
    commands: () => [
      command(['grep', '^numa_', '/proc/vmstat'], 'hint faults and migrated pages'),
      command(['sysctl', 'kernel.numa_balancing'], 'whether NUMA balancing is on'),
    ],
    section: 'nodes',
  },
  'huge-pages-lopsided': { commands: () => [perNode] },
  'zone-reclaim': {
    commands: () => [
      command(['sysctl', 'vm.zone_reclaim_mode'], 'present mode'),
      command(['numastat'], 'misses by node'),
    ],
    section: 'nodes',
  },
  'disk-hung': { commands: (found) => [diskLog(found), smart(found), waiting] },
  'disk-state': {
    commands: (found) => [
      diskLog(found),
      command(['lsblk', '-o', 'NAME,HCTL,STATE,MODEL,SERIAL'], 'slot, state and serial number of disks'),
    ],
  },
  'disk-slow': { commands: disk, tracers: () => ['biolatency', 'biosnoop'] },
  'disk-saturated': {
    commands: (found) => [
      command(['iostat', '-x', '1', '5', device(found)], 'await, queue and %util each second'),
      command(['pidstat', '-d', '1', '5'], 'reads and writes by process'),
      smart(found),
    ],
    tracers: () => ['biosnoop', 'biolatency'],
  },
  'raid-degraded': {
    commands: (found) => [
      command(['mdadm', '--detail', `/dev/${found.entity.id}`], 'state of the array and its members'),
      diskLog(found),
    ],
    section: 'health',
  },
  'nic-errors': { commands: (found) => [...nic(found), command(['ethtool', device(found)], 'speed, duplex and link')] },
  'nic-drops': {
    commands: (found) => [...nic(found), command(['ethtool', '-g', device(found)], 'ring sizes and limits')],
    tracers: () => ['skb-drops'],
  },
  'nic-down': {
    commands: (found) => [
      command(['ethtool', device(found)], 'speed, duplex and link'),
      command(['ip', '-d', 'link', 'show', 'dev', device(found)], 'state of the link, its kind and master'),
      kernelLog(found, literal(found.entity.id), 'link changes with their times'),
    ],
  },
  'mtu-mismatch': {
    commands: (found) => [
      command(['ip', '-d', 'link', 'show', 'dev', device(found)], 'its MTU, kind and master'),
      command(['ip', '-s', '-s', 'link', 'show', 'dev', device(found)], 'errors and drops by kind'),
    ],
  },
  'conntrack-full': {
    commands: (found) => [
      command(
        ['sysctl', 'net.netfilter.nf_conntrack_count', 'net.netfilter.nf_conntrack_max'],
        'connections and the limit',
      ),
      command(['conntrack', '-S'], 'drops, early drops and failed inserts of each CPU'),
      kernelLog(found, 'nf_conntrack', 'kernel log of the full table'),
    ],
    section: 'health',
  },
  'netlink-drops': {
    commands: () => [command(['ss', '-fnetlink', '-pm'], 'netlink sockets with processes and buffers')],
  },
  'socket-memory-full': {
    commands: (found) => [
      command(['sysctl', 'net.ipv4.tcp_mem', 'net.ipv4.udp_mem'], 'limits in pages: minimum, pressure, maximum'),
      command(['ss', '-tunmp'], 'sockets with their queues, memory and processes'),
      kernelLog(found, 'out of memory -- consider tuning', 'kernel log of the full memory'),
    ],
    section: 'health',
  },
  'nic-flaps': {
    commands: (found) => [
      kernelLog(found, literal(found.entity.id), 'link changes with their times'),
      command(['ethtool', device(found)], 'speed, duplex and link'),
    ],
  },
  'bond-member-down': {
    commands: (found) => [
      command(['cat', `/proc/net/bonding/${found.entity.id}`], 'members, link failures and LACP partner'),
      kernelLog(found, literal(found.entity.id), 'kernel log of the bond'),
    ],
  },
  'softnet-drops': {
    commands: () => [
      command(['mpstat', '-I', 'SCPU', '1', '5'], 'softirqs by CPU and kind'),
      command(['sysctl', 'net.core.netdev_max_backlog', 'net.core.netdev_budget'], 'limits of the backlog'),
    ],
    tracers: () => ['softirqs', 'skb-drops'],
    section: 'softirqs',
  },
  'softirq-hot-cpu': {
    commands: () => [command(['mpstat', '-I', 'SCPU', '1', '5'], 'softirqs by CPU and kind')],
    tracers: () => ['softirqs', 'hardirqs'],
    section: 'softirqs',
  },
  'irq-remote': {
    commands: (found) => [
      found.entity.kind === 'nic' ? command(['ethtool', '-l', device(found)], 'queues of the card') : undefined,
      command(['systemctl', 'status', 'irqbalance', '--no-pager'], 'whether irqbalance runs'),
    ],
    tracers: () => ['hardirqs'],
  },
  'memory-errors': {
    commands: (found) => [rasErrors, kernelLog(found, 'EDAC|Hardware Error', 'kernel log of memory errors')],
    section: 'health',
  },
  'machine-checks': { commands: (found) => [hardwareErrors(found), rasErrors], section: 'health' },
  'pcie-errors': {
    commands: (found) => [
      command(['lspci', '-vv', '-s', device(found)], 'link speed and width against its capability'),
      kernelLog(found, `AER|${literal(found.entity.id)}`, 'kernel log of the device'),
    ],
    section: 'health',
  },
  'gpu-memory-errors': {
    commands: (found) => [
      found.evidence.some(({ source }) => source.startsWith('nvidia-smi'))
        ? command(
            ['nvidia-smi', '-q', '-d', 'ECC,PAGE_RETIREMENT', '-i', device(found)],
            'errors by place, pages to retire',
          )
        : undefined,
      kernelLog(found, 'NVRM|amdgpu', 'lines of the driver'),
    ],
  },
  overheating: {
    commands: () => [sensors, command(['ipmitool', 'sdr', 'type', 'Temperature'], 'temperatures of the BMC')],
    section: 'health',
  },
  'thermal-throttling': {
    commands: (found) => [sensors, kernelLog(found, 'temperature|throttl', 'kernel log of throttling')],
    section: 'health',
  },
  'cpu-power-saving': {
    commands: () => [
      command(['cpupower', 'frequency-info'], 'driver, governor and limits'),
      command(['tuned-adm', 'active'], 'active tuned profile'),
    ],
    section: 'cpus',
  },
};
