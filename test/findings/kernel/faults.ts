import { kernelCounts, kernelCrashDump, programCrashDump } from '../../../src/findings/kernel/evidence.ts';
import { FIND_CRASHES } from '../../../src/sources/kernel/crash-files.ts';
import { kernelRules } from '../../../src/findings/kernel/rules.ts';
import { RecordLog, recordsOfDmesg } from '../../../src/host/protocols/kernel/record-log.ts';
import type { KernelRule } from '../../../src/entities/kernel/kernel-kind.ts';
import { oomLogged } from '../../../src/findings/kernel/oom-logged.ts';
import { faultOn, type Fault } from '../../helpers/found-on.ts';
import { START_MS } from '../../helpers/moments.ts';

const vm = faultOn('cloud-vm');

/** Second moment of the laid faults, by the host's clock: `test/helpers/found-on.ts`. */
const NOW = 1030;

/** Kernel log with lines so many seconds before the last reading. */
const logged = (...lines: readonly (readonly [secondsAgo: number, text: string])[]) => ({
  '/dev/kmsg < records': new RecordLog()
    .add(recordsOfDmesg(lines.map(([ago, text]) => `<3>[${(NOW - ago).toFixed(6)}] ${text}`).join('\n')))
    .text(),
});

const rule = (id: KernelRule) => kernelRules.find((one) => one.id === id)!;
type Line = readonly [secondsAgo: number, text: string];
const found = (id: KernelRule, lines: readonly Line[], finds: readonly [string, string, string]): Fault =>
  vm(rule(id), [{}, logged(...lines)], finds);

/** Reply of the collector about dumps of a program, so many seconds before the second moment. */
const dumped = (...dumps: readonly { readonly comm: string; readonly ago: number }[]) => ({
  'facts:crashes < crashes': JSON.stringify({
    dumps: dumps.map(({ comm, ago }) => ({ by: 'systemd', comm, signal: '11', path: `/var/lib/systemd/coredump/core.${comm}.0.5f.${ago}`, at: START_MS / 1000 + 30 - ago })),
  }),
}); // prettier-ignore

/** Faults that the kernel log alone shows. */
export const kernelFaults: readonly Fault[] = [
  found('kernel-bug', [[20, 'kernel BUG at fs/ext4/inode.c:2721!']], ['crit', 'kernel', 'kernel oops: kernel BUG at fs/ext4/inode.c:2721!, 20 s ago']),
  found('kernel-lockup', [[40, 'watchdog: BUG: soft lockup - CPU#1 stuck for 23s! [kworker/1:1:47]'], [12, 'watchdog: BUG: soft lockup - CPU#1 stuck for 48s! [kworker/1:1:47]']], ['crit', 'cpu1', 'soft lockup, 48 s in kworker/1:1[47], 2 times, last 12 s ago']),
  found('task-hung', [[9, 'INFO: task jbd2/vda1-8:512 blocked for more than 120 seconds.']], ['crit', 'jbd2/vda1-8', 'hung task, pid 512 blocked for > 120 s, 9 s ago']),
  found('disk-errors-logged', [[30, 'I/O error, dev vda, sector 2048 op 0x1:(WRITE) flags 0x0'], [2, 'I/O error, dev vda, sector 4096 op 0x1:(WRITE) flags 0x0']], ['crit', 'vda', 'I/O error, 2 times, last 2 s ago']),
  found('filesystem-error', [[800, 'EXT4-fs (vda1): Remounting filesystem read-only']], ['crit', 'vda1', 'EXT4 remounted read-only, 13m20s ago']),
  found('volume-error', [[5, 'md/raid1:md0: Disk failure on sdb1, disabling device.']], ['crit', 'md0', 'disk failure on sdb1, 5 s ago']),
  vm(rule('volume-error'), [{}, { ...logged([5, 'device-mapper: thin: 252:2: switching pool to out-of-data-space (queue IO) mode']), '/sys/class/block/* (links)': () => new Map([['/sys/class/block/dm-2', '../../devices/virtual/block/dm-2']]), '/sys/class/block/dm-2/dev': '252:2\n' }], ['crit', 'dm-2', 'thin pool out-of-data-space (queue IO), 5 s ago']),
  found('server-unresponsive', [[900, 'nfs: server nas not responding, still trying']], ['crit', 'nas', 'NFS server not responding, 15m00s ago']),
  found('network-table-full', [[3, 'neighbour: arp_cache: neighbor table overflow!']], ['crit', 'neighbour table', 'arp_cache: neighbour table overflow (gc_thresh3), 3 s ago']),
  found('nic-hung', [[8, 'NETDEV WATCHDOG: eth0 (ixgbe): transmit queue 3 timed out']], ['crit', 'eth0', 'transmit queue 3 timed out (ixgbe), 8 s ago']),
  found('nic-over-mtu', [[8, 'tap1: dropped over-mtu packet: 1480 > 1450']], ['warn', 'tap1', 'over-mtu packets dropped, 8 s ago']),
  found('gpu-errors-logged', [[8, 'NVRM: Xid (PCI:0000:3b:00): 79, pid=1582259, name=nvc:[driver], GPU has fallen off the bus.']], ['crit', '0000:3b:00.0', 'Xid 79, GPU has fallen off the bus, 8 s ago']),
  vm(oomLogged, [{}, { ...logged([30, 'Out of memory: Killed process 71 (worker) total-vm:1kB']), '/proc/vmstat': '' }], ['crit', 'oom', '1 OOM kill in the kernel log, last 30 s ago: worker']),
  found('syn-flood', [[8, 'request_sock_TCP: Possible SYN flooding on port 443. Sending cookies.  Check SNMP counters.']], ['warn', 'tcp', 'possible SYN flood on port 443, sending cookies, 8 s ago']),
  found('process-crashed', [[8, 'nginx[77]: segfault at 0 ip 0000 sp 0000 error 4 in libc.so.6[7f00+1000]']], ['warn', 'nginx', 'segfault in libc.so.6, 8 s ago']),
  found('kernel-log-lost', [[8, 'printk: 44 messages dropped']], ['info', 'kernel log', '44 lines dropped, 8 s ago']),
  vm(kernelCounts, [{}, { ...logged([9, 'x']), '/sys/kernel/oops_count': '2\n' }], ['warn', 'kernel', '2 kernel oopses counted since boot, 0 in the log that is left']),
  vm(kernelCounts, [{}, { ...logged([9, 'x']), '/sys/kernel/oops_count': '0\n', '/proc/sys/kernel/hung_task_warnings': '0\n', '/proc/sys/kernel/hung_task_detect_count': undefined }], ['info', 'kernel', 'hung tasks are no longer reported (hung_task_warnings 0)']),
  vm(kernelCrashDump, [{ [FIND_CRASHES.join(' ')]: '1600000000.5 4096 d /var/crash/202009131226\n' }], ['info', 'kernel', /^crashed .+ ago, 1 dump: \/var\/crash\/202009131226$/]),
  vm(programCrashDump, [{}, dumped({ comm: 'shop', ago: 40 }, { comm: 'shop', ago: 900 }, { comm: 'old', ago: 200_000 })], ['warn', 'shop', 'crashed 2 times (SIGSEGV), last 40 s ago']),
]; // prettier-ignore
