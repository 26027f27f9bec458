/** What names the fault of a scenario: a rule, and where that has several conditions a part of its sentence. */
export interface Naming {
  readonly rule: string;
  readonly sentence?: RegExp;
  /** Why it is found without the fault of hotsos too. */
  readonly otherwise?: string;
}

const named = (rule: string, sentence?: RegExp): Naming => ({ rule, ...(sentence && { sentence }) });
/** Of the rules over the kernel log. */
const kernel = (rule: string, sentence: RegExp): Naming => named(rule, sentence);
const ceph = (sentence: RegExp): Naming => named('ceph-log-fault', sentence);
const health = (sentence: RegExp): Naming => named('ceph-health', sentence);
const osdMap = (sentence: RegExp): Naming => named('ceph-osd-map', sentence);
const ovn = (sentence: RegExp): Naming => named('ovn-log-fault', sentence);
const ovs = (sentence: RegExp): Naming => named('ovs-log-fault', sentence);

const MON = 'storage/ceph/ceph-mon';
const OSD = 'storage/ceph/ceph-osd';
const OVN = 'openvswitch/ovn';

/** Findings that name the faults, by scenario. Tests of the same check without a fault must not have them. */
export const NAMED: Readonly<Record<string, Naming>> = {
  'kernel/disk_failure': kernel('disk-errors-logged', /sd[bk]: medium error/),
  'kernel/disk_failure_2': kernel('disk-errors-logged', /sdk: I\/O error/),
  'kernel/disk_failure_3': kernel('disk-errors-logged', /sdb: medium error/),
  'kernel/hugepages_fail': {
    ...named('memory-short', /huge pages 85%/),
    otherwise: 'memory is as short in the other tests',
  },
  'kernel/kernlog_calltrace_bcache_deadlock': kernel('task-hung', /bcache-register: hung task/),
  'kernel/kernlog_calltrace_fanotify': kernel('task-hung', /hung task/),
  'kernel/kernlog_calltrace_oom_killer': kernel('oom-logged', /OOM kill/),
  'kernel/network/misc_nf_conntrack_full': kernel('network-table-full', /nf_conntrack: table full/),
  'kernel/network/misc_over_mtu_dropped_packets': kernel('nic-over-mtu', /over-mtu packets dropped/),
  'kernel/network/misc_over_mtu_dropped_packets_w_ovs_ports': kernel('nic-over-mtu', /over-mtu packets dropped/),
  'kernel/network/netlink_with_drops': named('netlink-drops', /lost since start/),
  'kernel/network/netlink_with_drops_no_assoc_proc': named('netlink-drops', /lost since start/),
  'kernel/network/tcp_mem_exhausted': named('socket-memory-full', /exhausted.*tcp_mem/),
  'kernel/network/tcp_mem_high': named('socket-memory-full', /100% used.*tcp_mem/),
  'kernel/network/udp_mem_exhausted': named('socket-memory-full', /exhausted.*udp_mem/),
  'kernel/network/udp_mem_high': named('socket-memory-full', /100% used.*udp_mem/),
  'lxd/bugs/lp1807628_segfault': kernel('process-crashed', /lxcfs: segfault/),
  'openstack/octavia/excessive_failovers_w_mtu_drops_dmesg': kernel('nic-over-mtu', /o-hm0: over-mtu packets dropped/),
  'openstack/octavia/excessive_failovers_w_mtu_drops_kernlog': kernel(
    'nic-over-mtu',
    /o-hm0: over-mtu packets dropped/,
  ),
  'openstack/neutron/ovn_stale_db_ovn_controller': ovn(/stale data/),
  'openvswitch/dpif_lost_packets_w_vswitchd': ovs(/upcalls lost/),
  'openvswitch/dpif_resubmit_actions': ovs(/br-int: resubmit limit/),
  'openvswitch/fdb_wrapping': named('ovs-fdb', /br-ex/),
  [`${OVN}/bfd_flapping_cr_lrp_changes`]: ovn(/gateway port claimed/),
  [`${OVN}/bfd_flapping_vswitchd_only`]: ovs(/BFD sessions down/),
  [`${OVN}/bugs/lp1917475`]: ovn(/RBAC/),
  [`${OVN}/ovn_central_certs_logs_w_error`]: ovn(/certificate expired/),
  [`${OVN}/ovn_chassis_certs_logs_w_error`]: ovn(/certificate expired/),
  [`${OVN}/ovn_elections_all`]: ovn(/RAFT elections/),
  [`${OVN}/ovn_elections_nb`]: ovn(/RAFT elections.*ovsdb-server-nb\.log/),
  [`${OVN}/ovn_elections_sb`]: ovn(/RAFT elections.*ovsdb-server-sb\.log/),
  [`${OVN}/ovn_upgrades_northd_mismatch`]: ovn(/version differs from northd/),
  [`${OVN}/ovn_upgrades_northd_mismatch_fixed`]: ovn(/version differs from northd/),
  [`${OVN}/ovn_upgrades_northd_mismatch_dbflag_set`]: ovn(/version differs from northd/),
  [`${OVN}/ovn_upgrades_northd_mismatch_dbflag_set_alt`]: ovn(/version differs from northd/),
  'storage/ceph/ceph-mgr/autoscaler_overlap_roots': ceph(/overlapping CRUSH roots/),
  'storage/ceph/ceph-mgr/autoscaler_overlap_roots_microceph': ceph(/overlapping CRUSH roots/),
  [`${MON}/auth_insecure_global_id_reclaim_allowed`]: health(/AUTH_INSECURE_GLOBAL_ID_RECLAIM_ALLOWED/),
  [`${MON}/ceph_cluster_health_bad`]: health(/HEALTH_WARN/),
  [`${MON}/ceph_versions_mismatch_p1`]: health(/mixed versions/),
  [`${MON}/osd_missing_device_class`]: osdMap(/no device class/),
  [`${MON}/osd_unusual_raw`]: osdMap(/raw usage/),
  [`${MON}/pg_imbalance_p1`]: osdMap(/501 PGs/),
  [`${MON}/bluefs_spillover`]: health(/BLUEFS_SPILLOVER/),
  [`${MON}/mon_db_too_big`]: health(/mon juju27 is using a lot of disk space/),
  [`${MON}/mon_elections_flapping`]: ceph(/monitor elections/),
  [`${MON}/mon_elections_flapping_microceph`]: ceph(/monitor elections/),
  [`${MON}/osd_flapping`]: ceph(/osd\.70: OSD marked down/),
  [`${MON}/osd_flapping_microceph`]: ceph(/osd\.70: OSD marked down/),
  [`${MON}/osd_slow_heartbeats`]: ceph(/slow heartbeats/),
  [`${MON}/osd_slow_heartbeats_microceph`]: ceph(/slow heartbeats/),
  [`${MON}/osd_slow_ops`]: ceph(/slow ops/),
  [`${MON}/osd_slow_ops_microceph`]: ceph(/slow ops/),
  [`${MON}/recent_laggy_pgs`]: ceph(/PGs laggy/),
  [`${OSD}/bugs/lp1996010_osd_log`]: ceph(/onode cache.*ceph-osd\.0\.log/),
  [`${OSD}/bugs/lp1996010_osd_log_microceph`]: ceph(/onode cache.*ceph-osd\.0\.log/),
  [`${OSD}/osd_crash_signal_only`]: ceph(/daemon crashed.*ceph-osd\.3\.log/),
  [`${OSD}/osd_crash_with_assert`]: ceph(/daemon crashed.*ceph-osd\.0\.log/),
  [`${OSD}/osd_flapping`]: ceph(/osd\.70: OSD marked down/),
  [`${OSD}/osd_flapping_microceph`]: ceph(/osd\.70: OSD marked down/),
  [`${OSD}/osd_latency`]: ceph(/slow BlueStore operations.*ceph-osd\.40\.log/),
  [`${OSD}/osd_latency_microceph`]: ceph(/slow BlueStore operations.*ceph-osd\.40\.log/),
  [`${OSD}/osd_slow_ops`]: ceph(/slow ops/),
  [`${OSD}/osd_slow_ops_microceph`]: ceph(/slow ops/),
  [`${OSD}/pg_overdose`]: ceph(/osd\.38: PG creation withheld/),
  [`${OSD}/pg_overdose_microceph`]: ceph(/osd\.38: PG creation withheld/),
  [`${OSD}/rocksdb_compaction_errors`]: ceph(/RocksDB corruption/),
  [`${OSD}/rocksdb_slow_compaction`]: ceph(/op threads timed out/),
};

/** Why a fault is not named: its layer is not read at all, its files do not hold it, or no rule judges it. */
export interface Reason {
  readonly scenarios: RegExp;
  readonly kind: 'no layer' | 'not in the files' | 'no rule';
  readonly reason: string;
}

const reason = (kind: Reason['kind'], scenarios: RegExp, why: string): Reason => ({ scenarios, kind, reason: why });

/** Reasons of faults that are not named, the first that matches. */
export const NOT_NAMED: readonly Reason[] = [
  reason('no layer', /^juju\/|_charm_conflicts|juju_ceph_no_bcache|charms\/|lp2071780/, 'Juju'),
  reason('no layer', /^(?:mysql|rabbitmq|pacemaker|vault|maas|landscape|microcloud)\//, 'MySQL, RabbitMQ, Pacemaker, Vault, MAAS, Landscape, MicroCloud'), // prettier-ignore
  reason('no layer', /ensure_healthy_systemd|ovn_central_services|systemd_masked|service_restarts|unattended_upgrades|service_mem_usage/, 'systemd units: state, restarts, memory'), // prettier-ignore
  reason('no layer', /snap_channel|stable_release|\/cve-|lp2059809|lp2004555|lp2085851|eol|pkgs_from_mixed|lp1839592|lp2013960|delete_workload_bug|lxcfs_(?:deadlock|hits)|lp2016845|filestore_to|lp1936136|lp1959649/, 'known bugs of versions and channels of packages'), // prettier-ignore
  reason('not in the files', /cpufreq_mode|capacity_ratio|unresponsive_mon_mgr|messenger_v2|bluefs_log_size|kernel\/memory|autoscaler_bug|sunbeam|required_osd_release/, 'the test replaces the value in the program'), // prettier-ignore
  reason('not in the files', /versions_mismatch_p2/, 'the reply is not valid JSON'),
  reason('no layer', /cert/, 'certificates other than those of Kubernetes'),
  reason('no layer', /^openstack\//, 'logs and configuration of OpenStack'),
  reason('no layer', /^storage\/(?:bcache|nfs|smartctl)|bcache/, 'bcache, SMART, NFS mounts'),
  reason('no layer', /^(?:system|sosreport)\/|kernel\/amd/, 'configuration of the system, log of sos'),
  reason(
    'no rule',
    /kernel\/(?:kernlog_calltrace_hungtasks|qla2xxx)$/,
    'lines of kern.log without the stamp of the kernel have no age',
  ),
  reason('no rule', /kernlog_calltrace_any/, 'a call trace without a line that names its fault'),
  reason('no rule', /network\/(?:tcp|udp)$/, 'counters since boot are not judged'),
  reason(
    'no rule',
    /dpdk_config|dbflag_set|lp1978806|lp2143751|lp1865127/,
    'configuration of OVS and OVN is not judged',
  ),
  reason('no rule', /bluefs_size/, 'metadata above 5 % of the usage is true of every nearly empty OSD'),
  reason('no rule', /pg_imbalance_p3/, 'PGs outside of 50 to 200 depend on size and weight of the OSD'),
  reason('no rule', /dpif_lost_packets_no/, 'lost upcalls without the uptime of the host have no rate'),
  reason(
    'no rule',
    /^storage\/ceph\/ceph-mon\/pg_overdose/,
    'the health check of too many PGs stands beside another in the test',
  ),
  reason('no rule', /^storage\/ceph\//, 'ceph report, pg dump, CRUSH map, mempools and ceph.conf are not judged'),
];
