import { full, inGroup, part, type FeatureRow } from './feature.ts';

/** Virtualisation, storage, networks, clusters, packages and tracers. */
export const stackRows: readonly FeatureRow[] = [
  ...inGroup(
    'KVM',
    full(31, 'CPU, memory, disks and NICs of guests', 'src/panes/kvm src/entities/kvm/guests.ts', 'test/entities/kvm/guests.test.ts test/lab/kvm.test.ts test/screens/kvm@kvm-host@200x60.txt'),
    full(32, 'Steal of a vCPU, seen by the host', 'src/findings/kvm/guest-steal.ts src/sources/kvm/qemu-threads.ts', 'test/findings/kvm/findings.test.ts test/lab/kvm.test.ts'),
    full(33, 'Pinning and NUMA map of vCPUs and I/O threads', 'src/panes/kvm/guest-threads-live.ts', 'test/panes/kvm/guest-threads.test.ts test/sources/kvm/libvirt.test.ts'),
    full(34, 'Exits by reason per guest', 'src/sources/kvm/kvm-exits.ts src/panes/kvm/exits.ts src/tracers/guests.ts', 'test/sources/kvm/kvm-exits.test.ts test/panes/kvm/exits.test.ts test/tracers/tracers.test.ts'),
    full(35, 'Jobs, migration, a stuck monitor', 'src/findings/kvm/guest-job-stuck.ts src/findings/kvm/guest-monitor-stuck.ts', 'test/host/protocols/kvm/libvirt.test.ts test/sources/kvm/libvirt.test.ts test/lab/kvm.test.ts'),
  ),
  ...inGroup(
    'Containers',
    full(36, 'LXD', 'src/sources/containers/lxd.ts src/panes/containers/lxd.ts', 'test/sources/containers/lxd.test.ts test/lab/containers.test.ts'),
    full(37, 'Docker, podman', 'src/sources/containers/docker.ts src/sources/containers/podman.ts', 'test/sources/containers/docker.test.ts test/sources/containers/names.test.ts test/screens/containers@container-host@200x60.txt'),
    full(38, 'Limits, throttling, memory.events', 'src/findings/containers/throttled.ts src/findings/containers/oom.ts src/sources/containers/cgroup-rates.ts', 'test/sources/containers/cgroups.test.ts test/findings/containers/findings.test.ts'),
    part(39, 'Logs of a container, and a shell in it', 'src/panes/kubernetes/pod-log.ts src/sources/containers/container-log.ts src/panes/containers/log.ts src/debugger/shells.ts', 'test/host/protocols/kubernetes/log.test.ts test/sources/containers/container-log.test.ts test/lab/container-logs.test.ts test/lab/enter.test.ts', 'logs of pods, Docker, LXD and LXC; not of podman'),
  ),
  ...inGroup(
    'Ceph',
    full(40, 'Health, PGs, I/O', 'src/panes/ceph/cluster.ts src/sources/ceph/status.ts', 'test/panes/ceph/cluster.test.ts test/lab/ceph.test.ts test/screens/ceph@ceph-calm@120x40.txt'),
    full(41, 'Latency of each OSD, and the outlier', 'src/entities/ceph/osd-suspects.ts src/findings/ceph/osd-slow.ts', 'test/entities/ceph/osds.test.ts test/screens/ceph@ceph-slow-disk@120x40.txt'),
    full(42, 'Stages of an operation', 'src/sources/ceph/op.ts src/panes/ceph/ops.ts', 'test/sources/ceph/sources.test.ts test/screens/ceph@ceph-slow-dispatch@120x40.txt'),
    full(43, 'Slow and historic operations', 'src/sources/ceph/ops.ts src/sources/ceph/osd-ops.ts src/panes/ceph/ops.ts', 'test/sources/ceph/recorded.test.ts test/screens/ceph@ceph-slow-disk@200x60.txt'),
    full(44, 'BlueFS, DB, spillover, allocation', 'src/panes/ceph/osd-detail.ts src/findings/ceph/osd-store.ts', 'test/panes/ceph/cluster.test.ts test/host/sosreport-tools.test.ts'),
    full(45, 'OSD to its device-mapper, disk and health', 'src/entities/ceph/osd-disks.ts src/sources/ceph/devices.ts', 'test/entities/ceph/osds.test.ts test/incidents/neighbours.test.ts test/lab/ceph.test.ts'),
    full(46, 'Without a quorum, by admin sockets', 'src/host/protocols/ceph/asok.ts src/panes/ceph/cluster-by-mons.ts', 'test/panes/ceph/pane.test.ts test/screens/ceph@ceph-no-quorum@120x40.txt'),
  ),
  ...inGroup(
    'Open vSwitch and OVN',
    full(47, 'Top of the datapath flows', 'src/panes/ovs/flows.ts src/panes/ovs/groups.ts', 'test/sources/ovs/flows.test.ts test/panes/ovs/groups.test.ts'),
    full(48, 'Upcalls, flow limit, time of a dump, lost', 'src/panes/ovs/upcalls.ts src/findings/ovs/upcalls-lost.ts src/findings/ovs/slow-dump.ts', 'test/sources/ovs/sources.test.ts test/findings/ovs/findings.test.ts test/lab/ovs.test.ts'),
    full(49, 'Port to guest, container or pod', 'src/entities/ovs/ports.ts', 'test/entities/ovs/port.test.ts test/lab/ovs.test.ts'),
    part(50, 'OpenFlow and OVN logical views', 'src/panes/ovs/bridge-detail.ts src/panes/ovs/table-detail.ts src/panes/ovs/rule-detail.ts src/panes/ovn/logical-detail.ts src/host/protocols/ovs/ovsdb-queries.ts', 'test/host/protocols/ovs/ovsdb-queries.test.ts test/sources/ovn/logical.test.ts test/panes/ovs/pane.test.ts test/lab/ovs.test.ts', 'OVN where its databases are on the host: on a chassis alone ports and rules, without ACLs, NAT, load balancers and logical flows'),
    part(51, 'Way of a packet, reason of a drop', 'src/sources/ovs/trace-rules.ts src/panes/ovs/flow-detail.ts src/panes/ovs/upcalls.ts src/panes/network/path.ts src/tracers/network.ts', 'test/sources/ovs/trace-rules.test.ts test/lab/ovs.test.ts test/entities/network/flow-path.test.ts test/app/tracers.test.tsx test/screens/tracer-skb-drops@100x30.txt', 'ofproto/trace of a flow with where and why it is dropped, its rule, logical flow and ACL, drop counters of the datapath, drops by hop; reasons of the kernel by a tracer; a single packet is not followed across hosts'),
    part(52, 'BFD, Raft, certificates, northd', 'src/ui/kit/bfd.ts src/panes/ovn/certificates.ts src/entities/ovn/certificate-paths.ts src/entities/ovn/raft.ts src/findings/ovn/northd-behind.ts src/findings/ovs/port-broken.ts', 'test/panes/ovn/certificates.test.ts test/entities/ovn/raft.test.ts test/sources/ovn/logs.test.ts test/lab/ovs.test.ts test/lab/ovn-cluster.test.ts', 'end dates of certificates on their page, and a finding once a log has the expiry: none before'),
  ),
  ...inGroup(
    'Network, filesystems, disks',
    full(53, 'Rates, errors and drops of NICs, bonds', 'src/panes/machine/devices-nics.ts src/panes/network/link-rows.ts src/panes/network/cards.ts', 'test/sources/machine/network.test.ts test/findings/machine/network.test.ts'),
    full(54, 'TCP retransmissions, listen queues, backlog, memory', 'src/findings/network/tcp.ts src/panes/network/tables.ts src/findings/machine/socket-memory-full.ts', 'test/sources/network/sources.test.ts test/host/protocols/network/netlink.test.ts test/sources/machine/sockstat.test.ts'),
    full(55, 'Conntrack fill and insert_failed', 'src/sources/machine/conntrack.ts src/findings/machine/conntrack-full.ts src/panes/network/namespaces.ts', 'test/sources/machine/conntrack.test.ts test/sources/network/facts.test.ts'),
    part(56, 'Sockets with their owner', 'src/panes/processes/detail-files.ts src/panes/network/tables.ts', 'test/sources/processes/details.test.ts test/sources/network/sources.test.ts', 'sockets on the page of their process; the table of listeners has user and inode, and there is none of all connections'),
    full(57, 'Await, queue and use of disks', 'src/panes/machine/devices-disks.ts src/sources/machine/disk-rates.ts', 'test/sources/machine/disk-rates.test.ts test/findings/machine/disks.test.ts'),
    full(58, 'Stack of md, device-mapper, bcache, multipath', 'src/entities/storage/stack.ts src/panes/storage/stack-rows.ts', 'test/entities/storage/stack.test.ts test/sources/storage/sources.test.ts test/lab/disks.test.ts'),
    full(59, 'Full filesystems, inodes, read-only, hung NFS', 'src/findings/storage/filesystems.ts src/findings/storage/nfs.ts', 'test/entities/storage/space.test.ts test/host/collector/hung-paths.test.ts test/lab/fs.test.ts'),
  ),
  ...inGroup(
    'Kernel log',
    full(60, 'Live, classified, bounded in a storm', 'src/host/protocols/kernel src/entities/kernel/kernel-kinds.ts', 'test/entities/kernel/kernel-kinds.test.ts test/host/protocols/kernel/record-log.test.ts'),
    full(61, 'OOM, hung task, lockup, I/O error in time', 'src/findings/kernel/rules.ts src/findings/kernel/oom-logged.ts src/app/time-travel.ts', 'test/entities/kernel/kernel-events.test.ts test/app/time-travel.test.ts'),
  ),
  ...inGroup(
    'Kubernetes',
    full(62, 'Pods, events, logs', 'src/panes/kubernetes', 'test/panes/kubernetes/pane.test.ts test/lab/kubernetes.test.ts test/screens/kubernetes@kube-node@120x40.txt'),
    full(63, 'Why first: OOMKilled, CrashLoopBackOff, evicted', 'src/entities/kubernetes/pod-trouble.ts src/findings/kubernetes/pod-trouble.ts', 'test/entities/kubernetes/pod-trouble.test.ts test/findings/kubernetes/findings.test.ts'),
    full(64, 'Pod, control group, process, veth', 'src/entities/kubernetes/pod-interfaces.ts src/panes/kubernetes/pod-links.ts', 'test/panes/kubernetes/pane.test.ts test/incidents/neighbours.test.ts'),
    full(65, 'API server down: kubelet and runtime', 'src/entities/kubernetes/pod-on-node.ts src/sources/kubernetes/runtime.ts', 'test/host/protocols/kubernetes/runtime.test.ts test/lab/kubernetes.test.ts'),
  ),
  ...inGroup(
    'OpenStack',
    full(66, 'Instance, port and volume to the host', 'src/entities/openstack/instances.ts src/panes/openstack/instances.ts', 'test/entities/openstack/services.test.ts test/lab/openstack.test.ts'),
    full(67, 'Agents, a request followed through the logs', 'src/panes/openstack/story.ts src/panes/openstack/cloud-tables.ts', 'test/sources/openstack/logs.test.ts test/sources/openstack/cloud.test.ts test/lab/openstack.test.ts'),
  ),
  ...inGroup(
    'Databases and queues',
    full(68, 'MySQL with Galera, PostgreSQL, RabbitMQ', 'src/sources/databases src/findings/databases', 'test/sources/databases/mysql.test.ts test/sources/databases/postgresql.test.ts test/sources/databases/caches-and-queues.test.ts test/lab/rabbitmq.test.ts'),
  ),
  ...inGroup(
    'Packages',
    full(69, 'Versions against known bugs and advisories', 'src/entities/packages/known-faults.ts src/findings/packages/known-trouble.ts src/entities/packages/advisories.ts', 'test/findings/packages/known-trouble.test.ts test/entities/packages/advisories.test.ts test/entities/packages/hotsos-scenario.test.ts'),
    full(70, 'Debug symbols and debuginfod, away from the host', 'src/host/symbol-files src/symbols', 'test/host/symbol-files.test.ts test/host/protocols/symbols/symbols.test.ts'),
  ),
  ...inGroup(
    'Tracers',
    full(71, 'strace from the screen', 'src/debugger/strace.ts', 'test/journeys/tools.test.tsx test/lab/tracer-tools.test.ts'),
    full(72, 'Stacks and gdb from the screen', 'src/debugger/gdb.ts src/stacks src/panes/processes/user-stacks.ts', 'test/stacks/program.test.ts test/lab/tracer-tools.test.ts test/lab/native-stacks.test.ts'),
    full(73, 'Tools in the namespaces of the process', 'src/debugger/namespaces.ts src/debugger/symbols-inside.ts', 'test/debugger/namespaces.test.ts test/lab/enter.test.ts'),
    full(74, 'Stop of the process measured and reported', 'src/host/attachment-figures.ts src/debugger/session.ts', 'test/journeys/tools.test.tsx test/debugger/tools.test.ts'),
  ),
]; // prettier-ignore
