import { kernelRule } from './kernel-rule.ts';
import { oomLogged } from './oom-logged.ts';

/** Rules over the kernel log, worst first. What is a fault, and of which object, is data: `entities/kernel/kernel-kinds.ts`. */
export const kernelRules = [
  oomLogged,
  kernelRule({
    id: 'kernel-bug',
    title: 'Kernel oops or panic',
    authority: 'node-problem-detector KernelOops; syzkaller report titles',
    next: 'open Kernel log (filter `Call Trace`): function and module; collect the dump of /var/crash, plan a reboot',
  }),
  kernelRule({
    id: 'kernel-lockup',
    title: 'CPU lockup or RCU stall',
    authority: 'kernel: admin-guide/lockup-watchdogs (2 × watchdog_thresh, 20 s); RCU/stallwarn (21 s)',
    next: 'open Kernel log (filter `Call Trace`); on a guest check steal first: its CPU may not have run',
  }),
  kernelRule({
    id: 'task-hung',
    title: 'Hung tasks',
    authority: 'kernel: hung_task_timeout_secs (120 s); node-problem-detector TaskHung',
    next: 'open Kernel log, ↵ on the line: its stack names the disk, server or lock',
  }),
  kernelRule({
    id: 'filesystem-error',
    title: 'Filesystem error',
    authority: 'node-problem-detector ReadonlyFilesystem; ext4, XFS and btrfs log it on corruption or a failed write',
    next: 'check the disk below first (`smartctl -a`); then unmount and run fsck, or `btrfs device stats`',
  }),
  kernelRule({
    id: 'disk-errors-logged',
    title: 'Disk errors in the kernel log',
    authority: 'hotsos: critical medium error; node-problem-detector disk-log-message',
    next: 'read `smartctl -a` (`nvme smart-log`) of the disk; check cable and controller where several disks log it',
  }),
  kernelRule({
    id: 'volume-error',
    title: 'Volume error: thin pool, multipath, md',
    authority: 'kernel: dm-thin, dm-multipath and md log a lost path, disk or pool',
    next: 'read `dmsetup status`, `multipath -ll` or /proc/mdstat for what is left',
  }),
  kernelRule({
    id: 'server-unresponsive',
    title: 'Storage server unresponsive',
    authority: 'kernel: nfs, cifs and libceph log a server that does not respond',
    next: 'check that server and the path to it; processes on the mount stay in D state until it responds',
  }),
  kernelRule({
    id: 'network-table-full',
    title: 'Table of the network stack full',
    authority: 'node-problem-detector ConntrackFull; kernel: gc_thresh3, nf_conntrack_max, tcp_mem',
    next: 'raise the limit by `sysctl` after finding who fills the table: connections by address',
  }),
  kernelRule({
    id: 'nic-hung',
    title: 'Network interface hung',
    authority: 'kernel: dev_watchdog (5 s without a completed transmit)',
    next: 'read the driver lines after it in the kernel log; check firmware and PCIe errors of the NIC',
  }),
  kernelRule({
    id: 'nic-over-mtu',
    title: 'Packets over the MTU dropped',
    authority: 'hotsos: over-mtu dropped packets',
    next: 'compare MTUs along the path: `ip -d link show` of guest, tap, bridge and uplink',
  }),
  kernelRule({
    id: 'syn-flood',
    title: 'SYN flood or full SYN queue',
    authority: 'kernel: tcp_syncookies, sent when the SYN queue of a socket is full',
    next: 'compare the backlog of the listener (`ss -ltn`) with its connection rate, then look at the sources',
  }),
  kernelRule({
    id: 'process-crashed',
    title: 'Process crashed',
    authority: 'kernel: show_signal_msg logs an unhandled fault of a process',
    next: 'read `coredumpctl info`; compare package versions of program and library (H)',
  }),
  kernelRule({
    id: 'gpu-errors-logged',
    title: 'GPU errors in the kernel log',
    authority: 'NVIDIA: XID errors (docs.nvidia.com/deploy/xid-errors); kernel: resets of amdgpu, hangs of i915 and xe',
    next: 'look its Xid up in the list of NVIDIA; off the bus or ECC: drain its jobs, then reset or reboot, check power and slot',
  }),
  kernelRule({
    id: 'kernel-log-lost',
    title: 'Kernel log incomplete',
    authority: 'kernel: printk and its rate limit drop lines',
    next: 'read /var/log/kern.log or `journalctl -k`: they may have what the ring lost',
  }),
];
