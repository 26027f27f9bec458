import { describe, expect, test } from 'vitest';
import { KERNEL_KINDS, kindOf } from '../../../src/entities/kernel/kernel-kinds.ts';
import { entityText, thisHost } from '../../../src/findings/entity-ref.ts';

/** Lines of kernels 4.15 to 6.x, old wordings and new ones: kind, object, condition. */
const LINES: readonly (readonly [line: string, kind: string, object: string, condition: string])[] = [
  ['Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b', 'panic', 'host:localhost', 'kernel panic: Attempted to kill init! exitcode=0x0000000b'],
  ['BUG: unable to handle page fault for address: ffffc90000f1b000', 'oops', 'host:localhost', 'kernel oops: unable to handle page fault'],
  ['BUG: kernel NULL pointer dereference, address: 0000000000000008', 'oops', 'host:localhost', 'kernel oops: kernel NULL pointer dereference'],
  ['Unable to handle kernel paging request at virtual address dead000000000110', 'oops', 'host:localhost', 'kernel oops: Unable to handle kernel paging request'],
  ['general protection fault, probably for non-canonical address 0x6b6b6b6b6b6b6b6b: 0000 [#1] SMP PTI', 'oops', 'host:localhost', 'kernel oops: general protection fault'],
  ['kernel BUG at fs/ext4/inode.c:2721!', 'oops', 'host:localhost', 'kernel oops: kernel BUG at fs/ext4/inode.c:2721!'],
  ['divide error: 0000 [#1] SMP', 'oops', 'host:localhost', 'kernel oops: divide error'],
  ['WARNING: CPU: 3 PID: 1021 at net/sched/sch_generic.c:525 dev_watchdog+0x21f/0x230', 'warning', 'host:localhost', 'kernel warning at net/sched/sch_generic.c:525'],
  ['watchdog: BUG: soft lockup - CPU#2 stuck for 23s! [kworker/2:1:4711]', 'soft-lockup', 'cpu:cpu2', 'soft lockup, 23 s in kworker/2:1[4711]'],
  ['NMI watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [CPU 0/KVM:2210]', 'soft-lockup', 'cpu:cpu0', 'soft lockup, 22 s in CPU 0/KVM[2210]'],
  ['NMI watchdog: Watchdog detected hard LOCKUP on cpu 5', 'hard-lockup', 'cpu:cpu5', 'hard lockup'],
  ['rcu: INFO: rcu_sched self-detected stall on CPU', 'rcu-stall', 'resource:cpu', 'RCU stall: a CPU does not reach a quiescent state'],
  ['rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:', 'rcu-stall', 'resource:cpu', 'RCU stall: a CPU does not reach a quiescent state'],
  ['BUG: workqueue lockup - pool cpus=3 node=0 flags=0x0 nice=0 stuck for 34s!', 'workqueue-lockup', 'cpu:cpu3', 'workqueue lockup, 34 s'],
  ['INFO: task jbd2/dm-0-8:512 blocked for more than 120 seconds.', 'hung-task', 'daemon:jbd2/dm-0-8', 'hung task, pid 512 blocked for > 120 s'],
  ['Memory cgroup out of memory: Killed process 29990 (awk) total-vm:111840kB, anon-rss:64688kB, file-rss:1108kB', 'oom', 'daemon:awk', 'OOM kill, pid 29990'],
  ['Out of memory: Kill process 31 (mysqld) score 911 or sacrifice child', 'oom', 'daemon:mysqld', 'OOM kill, pid 31'],
  ['blk_update_request: critical medium error, dev sdc, sector 1953524736 op 0x0:(READ) flags 0x0 phys_seg 1 prio class 0', 'medium-error', 'disk:sdc', 'medium error'],
  ['critical target error, dev nvme0n1, sector 0 op 0x3:(DISCARD) flags 0x800 phys_seg 1 prio class 2', 'medium-error', 'disk:nvme0n1', 'target error'],
  ['sd 2:0:0:0: [sdc] tag#12 Sense Key : Medium Error [current]', 'medium-error', 'disk:sdc', 'medium error'],
  ['blk_update_request: I/O error, dev sda, sector 2048 op 0x1:(WRITE) flags 0x0 phys_seg 1 prio class 0', 'io-error', 'disk:sda', 'I/O error'],
  ['I/O error, dev loop0, sector 16384 op 0x0:(READ) flags 0x80700 phys_seg 1 prio class 2', 'io-error', 'disk:loop0', 'I/O error'],
  ['print_req_error: I/O error, dev sdb, sector 8', 'io-error', 'disk:sdb', 'I/O error'],
  ['Buffer I/O error on dev dm-3, logical block 0, async page read', 'io-error', 'disk:dm-3', 'I/O error'],
  ['nvme nvme0: I/O 12 QID 3 timeout, aborting', 'nvme-timeout', 'disk:nvme0', 'I/O timeout'],
  ['nvme nvme1: I/O tag 4 (a004) opcode 0x2 (I/O Cmd) QID 2 timeout, reset controller', 'nvme-timeout', 'disk:nvme1', 'I/O timeout'],
  ['nvme nvme0: controller is down; will reset: CSTS=0xffffffff, PCI_STATUS=0x10', 'nvme-timeout', 'disk:nvme0', 'controller is down; will reset'],
  ['ata1.00: failed command: READ FPDMA QUEUED', 'ata-reset', 'disk:ata1.00', 'failed command: READ FPDMA QUEUED'],
  ['sd 2:0:0:1: [sdc] rejecting I/O to offline device', 'disk-offline', 'disk:sdc', 'offline, I/O rejected'],
  ['sd 4:0:0:0: rejecting I/O to offline device', 'disk-offline', 'disk:4:0:0:0', 'offline, I/O rejected'],
  [' rport-2:0-1: blocked FC remote port time out: removing target and saving binding', 'fc-port-lost', 'host:localhost', 'FC remote port lost (dev_loss_tmo)'],
  ['bond0: (slave eth1): link status definitely down, disabling slave', 'link-down', 'nic:eth1', 'link down'],
  ['bonding: bond0: link status definitely down for interface eth0, disabling it', 'link-down', 'nic:eth0', 'link down'],
  ['IPv4: martian source 10.213.0.2 from 10.99.9.9, on dev eth0', 'martian', 'nic:eth0', 'martian source 10.99.9.9 to 10.213.0.2'],
  ['CPU2: Package temperature above threshold, cpu clock throttled (total events = 1)', 'thermal-throttled', 'cpu:cpu2', 'package temperature above threshold, clock throttled'],
  ['ata3: hard resetting link', 'ata-reset', 'disk:ata3', 'hard resetting link'],
  ['EXT4-fs error (device loop0): trigger_test_error:129: comm bash: crashcart lab: test error', 'filesystem-error', 'disk:loop0', 'EXT4 error'],
  ['XFS (sdb1): Metadata corruption detected at xfs_agf_read_verify+0x70/0x120', 'filesystem-error', 'disk:sdb1', 'XFS error'],
  ['BTRFS error (device loop2): bdev /dev/loop2 errs: wr 0, rd 0, flush 0, corrupt 1, gen 0', 'filesystem-error', 'disk:loop2', 'BTRFS error'],
  ['EXT4-fs (sda2): Remounting filesystem read-only', 'filesystem-shutdown', 'disk:sda2', 'EXT4 remounted read-only'],
  ['XFS (dm-1): Log I/O Error (0x2) detected at xlog_ioend_work+0x5f/0x90. Shutting down filesystem.', 'filesystem-shutdown', 'disk:dm-1', 'XFS shut down'],
  ['Aborting journal on device sda2-8.', 'filesystem-shutdown', 'disk:sda2', 'ext4 journal aborted'],
  ['EXT4-fs (loop0): mounted filesystem ad4b23d3 r/w with ordered data mode. Quota mode: none.', 'filesystem-mounted', 'disk:loop0', 'mounted'],
  ['device-mapper: thin: 253:4: reached low water mark for data device: sending event.', 'thin-pool-low', 'disk:253:4', 'thin pool reached low water mark for data device'],
  ['device-mapper: thin: 253:4: switching pool to out-of-data-space (queue IO) mode', 'thin-pool', 'disk:253:4', 'thin pool out-of-data-space (queue IO)'],
  ['device-mapper: thin: 253:4: switching pool to read-only mode', 'thin-pool', 'disk:253:4', 'thin pool read-only'],
  ['device-mapper: thin: 253:4: switching pool to write mode', 'thin-pool-writes', 'disk:253:4', 'thin pool takes writes'],
  ['device-mapper: snapshots: Invalidating snapshot: Unable to allocate exception.', 'snapshot-lost', 'host:localhost', 'snapshot invalidated: Unable to allocate exception'],
  ['device-mapper: multipath: 253:2: Failing path 8:16.', 'path-failed', 'disk:8:16', 'multipath path failed'],
  ['md/raid1:md0: Disk failure on sdb1, disabling device.', 'md-failure', 'md-array:md0', 'disk failure on sdb1'],
  ['nfs: server nas.example.net not responding, still trying', 'nfs-unresponsive', 'daemon:nas.example.net', 'NFS server not responding'],
  ['nfs: server nas.example.net OK', 'nfs-ok', 'daemon:nas.example.net', 'NFS server OK'],
  ['CIFS: VFS: \\\\files has not responded in 180 seconds. Reconnecting...', 'cifs-unresponsive', 'daemon:files', 'SMB server not responding'],
  ['libceph: osd3 (1)192.0.2.7:6801 socket closed (con state OPEN)', 'libceph-osd', 'osd:osd.3', 'kernel Ceph client: socket closed'],
  ['libceph: mon0 (1)192.0.2.5:6789 session lost, hunting for new mon', 'libceph-mon', 'daemon:mon0 of the kernel client', 'kernel Ceph client: session lost'],
  ['rbd: rbd0: encountered watch error: -107', 'rbd-error', 'disk:rbd0', 'encountered watch error: -107'],
  ['neighbour: arp_cache: neighbor table overflow!', 'neighbour-overflow', 'host:localhost', 'arp_cache: neighbour table overflow (gc_thresh3)'],
  ['nf_conntrack: nf_conntrack: table full, dropping packet', 'conntrack-full', 'host:localhost', 'nf_conntrack: table full, dropping packets'],
  ['nf_conntrack: nf_conntrack: table full in netns 4026532246, dropping packet', 'conntrack-full', 'host:localhost', 'nf_conntrack: table full, dropping packets'],
  ['TCP: out of memory -- consider tuning tcp_mem', 'tcp-memory', 'host:localhost', 'TCP: out of memory (tcp_mem)'],
  ['NETDEV WATCHDOG: eth0 (ixgbe): transmit queue 3 timed out', 'tx-timeout', 'nic:eth0', 'transmit queue 3 timed out (ixgbe)'],
  ['NETDEV WATCHDOG: CPU: 4: ens3 (virtio_net): transmit queue 0 timed out 5208 ms', 'tx-timeout', 'nic:ens3', 'transmit queue 0 timed out (virtio_net)'],
  ['unregister_netdevice: waiting for lo to become free. Usage count = 1', 'netdev-stuck', 'nic:lo', 'unregister blocked, usage count 1 (reference leak)'],
  ['tap1: dropped over-mtu packet: 1480 > 1450', 'over-mtu', 'nic:tap1', 'over-mtu packets dropped'],
  ['qla2xxx [0000:08:00.0]-00fb:1: skipping scsi_scan_host() for non-initiator port', 'scsi-not-scanned', 'host:localhost', 'SCSI hosts of qla2xxx not scanned, paths missing'],
  ['ixgbe 0000:01:00.0 eno1: NIC Link is Down', 'link-down', 'nic:eno1', 'link down'],
  ['request_sock_TCP: Possible SYN flooding on port 8080. Sending cookies.  Check SNMP counters.', 'syn-flood', 'host:localhost', 'possible SYN flood on port 8080, sending cookies'],
  ['TCP: request_sock_TCP: Possible SYN flooding on port 0.0.0.0:443. Dropping request.', 'syn-flood', 'host:localhost', 'possible SYN flood on port 0.0.0.0:443, dropping request'],
  ['target[4711]: segfault at 0 ip 000055d2a1b0b15a sp 00007ffe788f2f48 error 4 in target[55d2a1b0b000+1000] likely on CPU 1 (core 1, socket 0)', 'segfault', 'daemon:target', 'segfault in target'],
  ['traps: target[32089] trap int3 ip:560393a2d15a sp:7ffe788f2f48 error:0 in target[115a,560393a2d000+1000]', 'segfault', 'daemon:target', 'trap int3 in target'],
  ['traps: nginx[77] general protection fault ip:7f10 sp:7ffe error:0 in libc.so.6[7f00+1000]', 'segfault', 'daemon:nginx', 'general protection fault in libc.so.6'],
  ['audit: type=1400 audit(1700000000.000:42): apparmor="DENIED" operation="open" class="file" profile="snap.lxd.daemon" name="/etc/x"', 'apparmor-denied', 'host:localhost', 'AppArmor denied open to snap.lxd.daemon'],
  ['mce: [Hardware Error]: Machine check events logged', 'hardware-error', 'host:localhost', 'hardware error'],
  ['{1}[Hardware Error]: event severity: corrected', 'hardware-error', 'host:localhost', 'hardware error, corrected'],
  ['NVRM: Xid (PCI:0000:01:00): 79, GPU has fallen off the bus.', 'nvidia-xid-fatal', 'pci-device:0000:01:00.0', 'Xid 79, GPU has fallen off the bus'],
  ["NVRM: Xid (PCI:0000:cb:00): 13, pid='<unknown>', name=<unknown>, Graphics SM Warp Exception on (GPC 7, TPC 7, SM 0): Illegal Instruction Parameter", 'nvidia-xid', 'pci-device:0000:cb:00.0', 'Xid 13, graphics engine exception'],
  ['NVRM: Xid (PCI:0000:01:00): 32, Channel ID 00000000 intr 00004000', 'nvidia-xid', 'pci-device:0000:01:00.0', 'Xid 32, invalid push buffer'],
  ['NVRM: Xid (PCI:0000:dc:00): 149, pid=1818990, name=python3, NETIR_LINK_EVT', 'nvidia-xid', 'pci-device:0000:dc:00.0', 'Xid 149'],
  ['NVRM: GPU at 0000:01:00.0 has fallen off the bus.', 'nvidia-gone', 'pci-device:0000:01:00.0', 'GPU has fallen off the bus'],
  [String.raw`NVRM: The NVIDIA GPU 0000:b3:00.0\x0aNVRM: (PCI ID: 10de:26b5) installed in this system has\x0aNVRM: fallen off the bus and is not responding to commands.`, 'nvidia-gone', 'pci-device:0000:b3:00.0', 'GPU has fallen off the bus'],
  ['NVRM: GPU 0000:3b:00.0: RmInitAdapter failed! (0x26:0x56:1474)', 'nvidia-gone', 'pci-device:0000:3b:00.0', 'RmInitAdapter failed'],
  ['amdgpu 0000:0a:00.0: amdgpu: GPU reset begin!', 'amdgpu-reset', 'pci-device:0000:0a:00.0', 'GPU reset'],
  ['amdgpu 0000:0a:00.0: amdgpu: ring gfx_0.0.0 timeout, signaled seq=3295304, emitted seq=3295306', 'amdgpu-reset', 'pci-device:0000:0a:00.0', 'ring gfx_0.0.0 timeout'],
  ['amdgpu 0000:63:00.0: amdgpu: socket: 0 2 uncorrectable hardware errors detected in gfx block', 'amdgpu-ecc', 'pci-device:0000:63:00.0', '2 uncorrectable ECC errors (gfx)'],
  ['i915 0000:00:02.0: [drm] GPU HANG: ecode 9:1:e757fefe, in test [25627]', 'intel-gpu-hang', 'pci-device:0000:00:02.0', 'GPU hang, ecode 9:1:e757fefe'],
  ['xe 0000:03:00.0: [drm] GT0: Engine reset: engine_class=rcs, logical_mask: 0x1, guc_id=2', 'intel-gpu-hang', 'pci-device:0000:03:00.0', 'GPU engine reset'],
  ['printk: systemd: 12 messages dropped', 'log-lost', 'host:localhost', '12 lines dropped'],
  ['net_ratelimit: 1274 callbacks suppressed', 'log-lost', 'host:localhost', 'lines suppressed by rate limit'],
]; // prettier-ignore

describe('kindOf', () => {
  test.each(LINES)('kindOf classifies %s', (line, id, object, condition) => {
    const found = kindOf(line);
    expect(found?.kind.id).toBe(id);
    const { kind, groups } = found!;
    expect(entityText(kind.entity?.(groups) ?? thisHost)).toBe(object);
    expect(kind.condition(groups)).toBe(condition);
  });

  test('kindOf has a line for every kind', () => {
    const seen = new Set(LINES.map(([, id]) => id));
    expect(KERNEL_KINDS.map(({ id }) => id).filter((id) => !seen.has(id))).toEqual([]);
  });

  test.each([
    'EXT4-fs (vda1): mounted filesystem with ordered data mode, ro',
    'eth0: Link is Up - 10Gbps/Full',
    'systemd[1]: segfault handler installed',
    'perf: interrupt took too long (2503 > 2500)',
    'EXT4-fs (dm-0): INFO: recovery required on readonly filesystem',
    'INFO: NMI handler (perf_event_nmi_handler) took too long to run: 1.2 msecs',
    'amdgpu 0000:63:00.0: amdgpu: no uncorrectable hardware errors detected in umc block',
    'NVRM: loading NVIDIA UNIX Open Kernel Module for x86_64  570.158.01',
    'docker0: port 1(veth06ebbc7) entered disabled state',
  ])('kindOf leaves alone %s', (line) => {
    expect(kindOf(line)).toBeUndefined();
  });

  test('kindOf needs linear time for hostile lines', () => {
    const start = performance.now();
    for (const part of ['a:', 'BUG: ', 'traps: x[1] ', 'XFS (', ' in x[', 'nvme '])
      kindOf(part.repeat(1024 / part.length));
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
