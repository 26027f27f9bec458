import { OWN_WORDS } from './own-words.ts';

/**
 * Words of the kernel, of tools and of this program: a container of that name must not make `cpu` unreadable everywhere. They count as
 * names only where they stand alone.
 */
const COMMON = new Set(
  `root admin daemon nobody user users host localhost default system kernel systemd docker lxd lxc podman pod pods node
  nodes cpu cpus memory mem disk disks net network io some full avg total time load task tasks process processes thread threads
  running stopped paused frozen exited active idle name names none unknown container containers guest guests image images
  latest library volume volumes pool test web app api db cache proxy server client worker master main data log logs bin sbin usr
  etc var tmp home proc sys dev run opt lib boot mnt srv bash python python3 node java nginx redis postgres mysql etcd
  ceph qemu kvm libvirt openvswitch ovn ovs kubernetes kubelet ubuntu debian oom kill kills killed crash failed done evict
  evicted pull term restart loop stress throttled slow ready pending start stop end high low over pressure steal swap error errors lost`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

/** Words of columns with a fixed vocabulary; test/redact/screen-redaction.test.ts names a missing one. */
const STATES = new Set(
  `past now waits waiting own device replicas rw locks object another its sub ops queued pg delayed commit queue front back osd osd_op osd_repop down gone
  silent timeout running polled unresponsive
  warn err osd_down osd_nearfull osd_full pg_degraded pg_availability mgr_down mon_down osd_slow_ping_time slow_ops pool_nearfull
  just unhealthy healthy pids restarting created dead removing exit signal k8s cri containerd crio incus snap warning operation
  on not ready notready for and the
  createcontainerconfigerror createcontainererror runcontainererror containercreating podinitializing errimagepull
  imagepullbackoff invalidimagename crashloopbackoff backoff init oomkilled containercannotrun deadlineexceeded terminating completed
  succeeded nodelost besteffort burstable guaranteed
  missingclusterdns failedscheduling failedmount failedattachvolume failedcreatepodsandbox failedkillpod networknotready scheduled pulling
  pulled started killing preempted nodenotready systemoom invaliddiskcapacity cgroupv1 default-scheduler runtime
  whole cluster enter all list once watch while open status allocatable taints each
  min sigkill sigterm sigstop conntrack netlink resolver kernel ceph ovn
  crashed panicked shut off blocked suspended saving migrating booting no state by
  ip ip6 ipv6 icmp icmp6 nat tcp udp sctp arp rarp lacp lldp any never path service source destination segment in
  internal patch vxlan geneve gre stt erspan tap dpdk netdev dummy dummy-pmd secure standalone
  switch port router localnet localport vtep up
  machine checks heat governor frequency faults compaction softnet balancing files monitors members elections database
  default route reachable stale delay probe incomplete noarp permanent tentative plugged listening mounted mounting unmounting remounting auto-restart elapsed start-pre start-post reload reloading stop-sigterm stop-sigkill final-sigterm condition activating deactivating maintenance abandoned not-found masked bad-setting accept queue neighbour table rp_filter tcp_mem log links units half-configured half-installed unpacked triggers-awaited triggers-pending held reboot dpkg nfsd upgraded code packages services snaps rlimit_nofile rlimit_memlock rlimit_nproc userspace threads zombies systemd jobs limits logs journal
  haproxy rabbitmq memcached slave sentinel link syncing odown sdown append-only written last bgsave rewrite loading frontend backend
  open maint drain nolb check l4con l4tout l4ok l6ok l7ok l7sts l7tout l7rsp alarm descriptors file
  leader follower learner observer standalone quorum nospace corrupt coordination
  secondary arbiter router not a member yet no data recovering rollback startup startup2 removed unknown mongodb getmore update query command xact flow control collscan ixscan w r
  volumeservices scheduling networking spawning block_device_mapping creating attaching detaching deleting extending error_deleting error_attaching error_detaching error_extending
  sync idle transaction aborted primary standby sock connect slave_sql slave_io slave_worker binlog dump channel galera replica slot replay paused streaming async reserved extended unreserved lost inactive
  northbound southbound ovs-vswitchd ovsdb-server ovn-controller ovn-northd`.split(/\s+/),
);

export function isCommonWord(name: string): boolean {
  const word = name.toLowerCase();
  return COMMON.has(word) || STATES.has(word) || OWN_WORDS.has(word);
}
