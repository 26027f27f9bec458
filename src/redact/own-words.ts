/** Words of this program's own texts: written by scripts/own-words.ts. */
export const OWN_WORDS: ReadonlySet<string> = new Set(
  `abort aborted aborts abottom about above abs absent abstract accelerator accelerators accent accept accept-new accepted accepting
  accepts access account accounts accused ack acknowledge acknowledged acknowledgement acpitz across act action actions activating active
  acts add added addr address address-duplicate addresses addressfamily adds adj adjtimex admin administratively administrator admission
  admits advisories aer affect affected affinity after again against age agent agent-forwarding agents aggregation aggregator aggregators
  ago agree agreed ahead air alarm alarms aleft alert algorithm align aligned alike alive all allocatable allocate allocated allocates
  allocation allocations allocator allow allowed alone along already also alternate although always amd-pstate-epp amdgpu amdgpu-ecc
  amdgpu-reset among amp amphora amphora-failover amqp amqp-unreachable anchor and anon anonymous another ansible ansible-inventory answer
  answered answers any anything anywhere aodh apache apache-crash apache-workers apachectl apart api apparmor-denied appear appeared
  append-only application applications applied applies apply apport approve apt apt-cache apt-get apt-mark aptitude aqu-sz arbiter arch
  architecture archive archived archiver archives are area areas args argument arguments aria aright array arrays arrives arrows asc
  ascending ascii asciicast asciinema ask asked asking askpass asks aspect assembled assembly assertion assign assigns assistant
  asymmetric async ata-reset atop attach attachable attached attached-mac attack attempts attribute attributes audit authentication
  authenticity authority auto auto-restart autodir autolinks autoscale-status autoscaler autovacuum aux avail available average averages
  avg avoid await awake away awesome-prometheus-alerts awk axis back back-off backend backends backfill backfillfull background backing
  backlog backplane backslash backspace backticks backtrace backtraces backup bad bad-setting balancer balancers balancing balloon bank
  banner bar barbican bare base bash bastion batchmode battery bcache bcache-degraded beam because become been before began begin begins
  begun behind belong below beside besides better between beyond bfd bfd-down bgsave biggest binary bind bind-address bindaddress binding
  bindings bindinterface binds biolatency bios biosnoop bits black blame blank blind blkdeviotune blkio block block-devices block-stack
  blocked blocklist blocklisted blocks bloom blue bluefs bluefs-bdev-migrate bluestore body bond bond-lacp bond-member-down bonds boolean
  boot boot-units booted boots border both bottom bound box bpf bps brackets break breakpoint bridge bridges brief bring broken broker
  broker-blocked brokers brought browser btime btrfs btrfs-degraded btrfs-metadata-full btrfs-space bucket buddyinfo budget buffer buffers
  bug-id build build-id builder building builds built bundle bundled burstable bus busiest busy but bwww bypass bypassed byte bytes cable
  cache cached caches caching call called calls came can cancel cancelled cancelling candidate cannot cap capability capacity capture card
  cards careful carried carrier carries case cast casts cat cause causes ceil ceilometer cell cells celsius cent ceph ceph-all-osds
  ceph-bluestore-tool ceph-client-session ceph-client-stuck ceph-clients ceph-cluster ceph-commit ceph-devices ceph-fleet ceph-health
  ceph-heartbeats ceph-histograms ceph-log-fault ceph-logs ceph-mgr ceph-mixin ceph-mon ceph-mon-counters ceph-mon-slow ceph-mons
  ceph-mons-silent ceph-mons-unresponsive ceph-ops ceph-osd ceph-osd-map ceph-osd-memory ceph-osd-silent ceph-osd-slow
  ceph-osd-unresponsive ceph-osdmap ceph-osds ceph-pgs-inactive ceph-pings-slow ceph-pools ceph-slow-ops ceph-spillover ceph-status
  ceph-throttled cephfs cert-authority certificate certificate-expired certificatefile certificates certs cfm cgroup cgroups chain chains
  challengeresponseauthentication change changed changelog changes channel channels char character characters charm charms charset chart
  charts chassis chassis-del check check-expiration checked checking checkout checkpointer checks checksums child children chmod choice
  chooses chrony chronyc chronyd chunks churn cifs cifs-server cifs-servers cifs-shares cifs-unresponsive cinder cinder-api cinder-common
  cinder-scheduler cinder-volume cipher ciphers claim claimed claims clashed class classifier clean cleaner cleaning clear cleared clearly
  clears click client client-socket clients clipboard clock clock-skew clock-unsynchronised clocks cloned clones close close-wait closed
  closes cloud clouds cluster cluster-contradiction cluster-incident cluster-operator clustered clusters clustershell cmdline coarse code
  collapse collect collection collector color colour colours cols column columns com come comes comm command commands commas comment
  comments commit commits committed common compact compaction compaction-failing compadd compare compared compares comparing comparison
  compdef compgen compiler compiles complete completed completes completion completions component compose compressed compression compute
  concerned conclusions condition conditions conds conductor confdir confidence confidentiality config config-files configfs configuration
  configured confirm confirmed confirms conflict congestion conmon connect connect-all connected connected-to connecting connection
  connection-status connections connects connecttimeout conntrack conntrack-drops conntrack-full conntrack-pct consent consider consolas
  console const constant constants constraint constraints constructor consumer consumers contain contained container
  container-daemon-silent container-daemon-unresponsive container-failed container-frozen container-id container-live container-log
  container-logs container-memory-short container-mounts container-oom container-pids container-pressure container-restart-loop
  container-runtime container-throttled container-unhealthy containerd containerd-shim containers contains content content-length
  content-type contention context continue contradictions control control-path controller controllers controlpath conversion convert
  cookie cookies cool coordination copied copies copy copying cordoned core core-dump core-facts core-frames core-threads coredump
  coredumpctl cores coretemp coroot corosync corosync-paused corosync-quorum corosync-quorumtool corosync-token correct correctable
  corrected corrects correlate correlation corrupted corruption cost costs could count counted counter counters counts cpu
  cpu-power-saving cpu-saturated cpu-stat cpu-steal cpu-topology cpufreq cpulist cpupower cpus cpuset crash crash-dumps crash-files
  crashcart crashed crashes create created creates creating creation credentials credits cri-o crictl crio crit critical crossed crowd
  crush crypt csr css cstime csv ctrl-u ctrl-w culprit cur current currently cursor cut cutime cutoff cutoffs cutting cwd cwnd cyan cycles
  dadfailed dae daemon daemons damaged dark dash dasharray data database database-collection database-server database-session databases
  datagrams datapath datapaths dataset date dated dates day days deactivating dead deadlock deadlocks deb deb-version debian debug
  debug-threads debugfs debugger debuggers debuginfod decaying decided decides decision declare declaring decode decoded decoder deeper
  deeply default defaults defects defined deflate defrag defs degrad degraded deja delay delays delete deleted deleted-files deletes
  deletion delivered demand demo demo-cloud demo-host denied dependent dependents deploy deployed deployment depmod depth desc descending
  describe description descriptor descriptors design designate desired destination destroy destroyed detach detached detaches detail
  details detected detection dev deviation deviations device device-class device-mapper devices devpts devstack devtmpfs dgrd diagnostic
  dialect dialog did die diff differ difference differences different differs dig digits dim dir direct direction directions directly
  directory dirtied dirty disabled disagree disarm discard discarded discards discipline disconnected disconnections discovery disk
  disk-errors-logged disk-full disk-health disk-hung disk-locked disk-log-message disk-not-readable disk-offline disk-saturated disk-slow
  disk-state disks diskstats disparity display dispose disruptions dist distance distances distinguish distribution div dmesg dmi dmsetup
  dnf dns dns-name docker docker-events docker-info docker-inspect docker-ping dockerd docs doctor doctype document documents does domain
  domblkerror domblklist domblkstat domcontrol domiflist domifstat domjobabort domjobinfo dommemstat dompmwakeup domstate domstats done
  dot dotted double-bit doubles down dpdk dpdkvhostuserclient dpkg dpkg-query dport drain drains draw drawn drgn drive driver drivers
  drives drm drop drop-ins dropped dropping drops due dumb dump dump-aggregate dump-flows dumping dumps dup duplex duplicate duration
  during dust dword dwords each earlier early ecc ecode ecosystem edac edit effect either elapsed election elections element elements
  elfutils else elsewhere emerg emergency emptied empty emulated emulation emulator enable enabled encap encaps enclosure encode encoder
  encrypted end ended endpoint ends engine engineer engines enlarge enough ensemble enter entering entity entries entry environment
  ephemeral epoch equal equiv err error errored errors esac esc escape escaped escapes established estimate etcd etcd-disk etcd-leader
  etcd-members etcd-mixin etcd-peer etcd-space etcd-unresponsive etcdctl ethtool eval evaluated event eventlet events every everything
  evict evicted eviction evictions evicts evidence exact exactly example examples exceed exceeded exception exceptions exchange exclude
  exclusive exe exec execsnoop executable execute executes execution executions exhausted exist exists exit exit-code exited exits
  expander expectancy expected expire expired expires expiry explain explained explainer explains export exports expr express expression
  extends extent extreme fabric fact factor facts fail fail-on failed failing failovers fails failsafe failure failures fallback fallbacks
  fallen falls false family fanout fans far fast fatal fault faults faulty fawait fdb fence fenced fernet ferretdb fetched few
  few-without-consumers fewer fff ffff field fields figcaption figure figures file file-nr filenames files files-exhausted filesystem
  filesystem-error filesystem-errors filesystem-errors-counted filesystem-full filesystem-mounted filesystem-shutdown filesystems fill
  filled fills filter filtered filters finalizers finally find find-next find-previous finding findings findmnt finds fingerprint finished
  finite firewall firewalls firmware first fish fisher fit fits five fix fixed fixes flag flags flame flame-changes flame-graph flamegraph
  flap flapping flaps flat flavor fleet fleet-record fleet-table flight flood flooded flooding floods floor flow flow-control flow-limit
  flow-table flows flush flushes fold folded folded-hosts folder folders folds follow followed follower followers follows font foot footer
  for force foreign forever forged fork forks form format formatter forward forwarded forwarded-by forwarding forwards found fpath fqdn
  fragmentation fragmented fragments frame frames frameworks free frees freezer frequency frequency-info frequent from from-lport front
  frontend froze frozen fsck fsfreeze fsid fstab fstrim fsync fsyncs full fullest fullstatus fully funcstack function functions further
  fusectl fuzzy galera galeracluster gap gaps garbage gateway gateway-claimed gateway-unresolved gateways gather gathered gatherer gave
  gave-up gbit gdb gdb-stacks general generated generator generic geneve get get-controller get-quota get-ssl getmore gets gib github give
  given gives glance glance-api glob global globalknownhostsfile gnocchi goes gone good goroutine goroutines governor gpu
  gpu-errors-logged gpu-memory-errors gpus grade grant graph graphical graphics gre greater green grep grew grid group groups grow grown
  grows growth gssapi gssapiauthentication guaranteed guess guessed guest guest-disk guest-disk-slow guest-disks guest-down
  guest-job-stuck guest-log guest-memory-far guest-memory-low guest-memory-remote guest-monitor guest-monitor-stuck guest-nic
  guest-nic-drops guest-nics guest-paused guest-steal guest-swapped guest-taps guest-thread-blocked guest-throttled guests guided gzip
  habits had half half-down half-up halt hand handle handled handler handlers hands handshake hang hangs happened haproxy haproxy-backend
  haproxy-connections haproxy-errors haproxy-processes haproxy-queue haproxy-unresponsive harakiri hard hard-lockup hardirqs hardly
  hardware hardware-error has hash hashes hashknownhosts hashkv have having hdd head header headers headless headline health healthy
  healthz heap heartbeat heartbeat-thread heartbeats heat height held hello help here hex hidden hide hides high high-order higher highest
  hint histogram history hit hits hoaglin hold holder holding holds home homeless hook hop hops host host-clock-offset host-identity
  host-incident host-outlier host-services host-unreachable hostkeyalgorithms hostkeyalias hostname hosts hostvars hot hotsos
  hotsos-scenario hottest hour hours how href html http https hub huge huge-pages-lopsided hugepages hugetlb hung hung-task
  hung-task-warnings hung-tasks hypervisor hypervisors ibottom icmp icon identifier identifiers identitiesonly identity identityagent
  identityfile idle idle-transaction ids iface-id iface-id-ver ifupdown iglewicz ignore ignored ignores iheight ileft image imagefs
  imagefsinfo images img import important inactive incarnation incident incidents included includes including incomplete inconsistent
  increased incus incusd index indexed inet inferno inferred infiniband infinity inflight influence info information inhibited init
  initial initialization initialized inject inlet inline inlined inner innermost innodb-flush innodb-pool-full inode inodes input insert
  insert-failed inserts inside inspect install installation installed installs instance instance-id instance-restarted instance-started
  instanceof instances int intel intel-gpu-hang intended intent interface interfaceid interfaces internal interrupt interrupted interrupts
  interrupts-far interval into inuse invalid invalidated inventory invert invocations ioerr iops iostat iotmo iotune iowait ipmitool
  iptables-save iright ironic irq irq-remote irqbalance iscsi iso isolcpus item items iterable iteration itop its itself iwidth jan java
  javascript job jobs join joined joins journal journal-corrupted journal-entries journal-files journal-short journal-suppressed
  journal-view journal-views journalctl journald json json-file json-pretty judge judged juju juju-hook jujud jump just
  kbdinteractiveauthentication kdump keep keepalive keepalived keepalived-fault keepalived-takeover keeps kept kerberos kernel kernel-bug
  kernel-counts kernel-crash-dump kernel-crashes kernel-line kernel-lockup kernel-log kernel-log-lost kernel-stacks kernel-state kernels
  kex kexalgorithms key keyboard-interactive keys keystone kib kill killed killer kills kind kinds kit kjlh klockstat klog kmsg know
  knowing known knownhostscommand knows kolla kolmogorov ksampling kswapd kube kube-api-silent kube-api-unresponsive kube-apiserver
  kube-certificate kube-claims kube-cluster kube-events kube-eviction-near kube-kubelet-unwell kube-local kube-log kube-node
  kube-node-condition kube-nodes kube-owners kube-pod kube-pod-trouble kube-pod-unhealthy kube-pods kube-prometheus kube-rollout-stalled
  kube-rollout-stuck kube-runtime kube-runtime-unresponsive kube-static-pod-down kube-system kube-unscheduled kube-volumes kubeadm
  kubeconfig kubectl kubelet kubelet-unhealthy kubernetes kubernetes-mixin kvm kvm-exits kvm-host kvmexit kvsync label labels lack lacp
  lag laggy laggy-pgs lags laid lang language large larger largest last lastchg lasts late latency latency-critical later latest launchpad
  layer layout leader leak leaks leap learn learned learner learning lease least leave leaves ledger left legacy length lengthen less let
  lets level lflow lib libbpf-tools libc-bin libceph libceph-mon libceph-osd librados library libvirt libvirt-about libvirt-daemon
  libvirt-domains libvirt-job-lock libvirt-monitor libvirt-silent libvirt-sock-ro libvirt-unresponsive libvirt-xml libvirtd licence lies
  life lift lifted light like likeliest limit limit-watts limited limits line linecap linejoin lines link link-counters link-down links
  linux list list-inconsistent-obj list-jobs list-subsys list-timers listed listen listen-overflow listener listeners listening listens
  listing lists literally literals little live lived lives lldp load loadavg loaded loading local locale localhost locally localnet lock
  lock-frontend lock-wait lockdown locked locks lockup log log-file log-lost logged logical logical-flow logical-port login logs long
  long-operation longer longest look looked looks lookup lookups loop loopback lose loses loss lost lost-packet low lower lowered lowest
  lsblk lscpu lsns lsof lspci lstart lvextend lvm lvs lxc lxcfs lxcfs-threads lxd lxd-cluster lxd-events lxd-instance lxd-member
  lxd-member-offline lxd-operation lxd-operation-stuck lxd-operations lxd-ping lxd-pool-full lxd-pools lxd-server lxd-warning lxd-warnings
  maas mac mac-table-size machine machine-checks machine-id machinecheck machines macs macvtap made madvise magenta magnum mail main
  maintenance major major-faults majority make maker makes makestep man man-in-the-middle management manager managers manifest manila
  manual many map mapped mapped-devices mapper mappings maps margin mariadb mariadbd mark mark-back mark-forward mark-row markable
  markdown marked marked-down marker markers marks markup martian masakari mask masked masks master masterauth masters match matched
  matching math matrix matters max max-idle maxclients maxconn maxconns maxerror maximum maxmemory may mce mclock mcp mdadm mdstat mean
  meaning meanings means meanwhile measure measured mechanism media median medians medium medium-error megaflow megaflows mem member
  member-of members membership memcached memcached-connections memcached-evictions memcached-servers memcached-unresponsive meminfo memory
  memory-errors memory-fragmented memory-mapped memory-module memory-poisoned memory-short mempools mems menlo message messages messaging
  messaging-timeout messenger meta metacharacter metadata meter meter-add method metric metrics mgr microcontroller microseconds migrate
  migrated migratepages migrating migration migration-failed mild million milliseconds min minimum minor minus minute minutes mirror
  mirrored mismatch misplaced misplc misread miss missed misses missing mistral mixed mmio mntr mode model moderate modes modified module
  modules moment moments mon mongo mongod mongodb mongodb-cache mongodb-connections mongodb-flow-control mongodb-idle-transaction
  mongodb-lock-wait mongodb-long-operation mongodb-operations mongodb-oplogs mongodb-replica-set mongodb-replication mongodb-servers
  mongodb-slow-queries mongodb-slow-query mongodb-tickets mongodb-unresponsive mongos monitor monitoring monitors mono monospace mons more
  most mostly mount mount-folders mount-read-only mount-unresponsive mount-users mounted mounts move moved moves moving mpstat mqueue mss
  mtime mtu mtu-mismatch much multi-user multipath multipath-paths multipathd multixact must mute muted mysql mysql-activity
  mysql-connections mysql-galera mysql-idle-transaction mysql-lock-chain mysql-long-transaction mysql-replication mysql-router
  mysql-servers mysql-unresponsive mysqld name named names nameserver namespace namespace-missing namespace-network namespaces nand narrow
  native ndjson near nearest nearfull nearly need needed needrestart needs needs-cert negative negotiate negotiated neigh neighbour
  neighbour-overflow neighbour-table neighbours neither nested nesting net netdata netdev netdev-stuck netfilter netlink netlink-drops
  netns netplan netstat network network-services network-table-full network-vif-plugged networking networks neutron neutron-common
  neutron-dhcp-agent neutron-metadata-agent neutron-openvswitch-agent neutron-ovn-metadata-agent neutron-server never new newer newest
  next next-section next-tab nfs nfs-mounts nfs-ok nfs-operations nfs-retransmits nfs-server nfs-server-busy nfs-unresponsive nfsd
  nfsiostat nfsslower nft nic nic-down nic-driver-loss nic-drops nic-errors nic-flaps nic-hung nic-over-mtu nice nics nlwp node node-busy
  node-dry node-mixin node-problem-detector nodeep-scrub nodefs nodes nodeset noeviction nominal non-fatal non-optimized none nonfatal
  nonvoluntary nor normal normalised northbound northd northd-mismatch noscrub nosniff not not-evaluated not-found not-installed not-read
  note noted notes nothing notice notify noun nova nova-api nova-compute nova-conductor nova-novncproxy nova-scheduler now nowhere nowrap
  npt nsenter nspawn nstat ntp ntpd null numa numa-balancing-thrash numa-churn numa-miss numa-node numa-node-busy numa-node-full numactl
  numastat numatune number numberofpasswordprompts numbers numeric nums nvidia nvidia-gone nvidia-gpus nvidia-smi nvidia-xid
  nvidia-xid-fatal nvme nvme-health nvme-paths-lost nvme-timeout object objects observer occupied occurrences octavia odd odown ofconns
  off off-peak offcputime offered offers offline offlined offload offloaded offset ofport often old older oldest omap omit once one
  one-time ones oneshot online onln only onode onode-cache-empty onset onsets oom oom-kill oom-kills oom-logged oom-report oomkill oops
  oopses open open-files-limit opened opening openmetrics openrc opens opensnoop openssh openssh-client openssl openstack openstack-api
  openstack-builds-stuck openstack-capacity openstack-cloud openstack-consent openstack-credentials openstack-errors openstack-host
  openstack-instance openstack-port-binding openstack-servers-failed openstack-service openstack-service-down openstack-story
  openstack-volumes-stuck openvswitch openvswitch-switch operation operational operations operators operstate opid oplog opr ops optics
  optimal optimized option options optl opw orange orch order orders origin origins origins-on-demand orphan orphans osd osd-replies
  osdmap osds oslo other others out out-of-order outdated outdated-code outermost outlier outliers output outputs outside outstanding over
  over-mtu overcommit overcommitted overdue overflow overflows overheating overlapping overlapping-roots overlay overlimits overloaded
  overrides overview overwritten ovn ovn-appctl ovn-bridge-mappings ovn-central ovn-certificates ovn-chassis-behind ovn-claims ovn-common
  ovn-connection ovn-controller ovn-daemons ovn-disconnected ovn-host ovn-ic ovn-installed-ts ovn-log-fault ovn-logical ovn-logical-flow
  ovn-logical-object ovn-logs ovn-match-northd-version ovn-nbctl ovn-northd ovn-northd-behind ovn-northd-loop ovn-ovsdb-server-nb
  ovn-ovsdb-server-sb ovn-port-claims ovn-port-unbound ovn-raft ovn-remote ovn-sb ovn-sbctl ovn-stage-hint ovs ovs-appctl
  ovs-bond-degraded ovs-bridge ovs-conntrack-full ovs-controller-lost ovs-datapath ovs-db ovs-dpctl ovs-fdb ovs-flow ovs-flow-limit
  ovs-flows ovs-group ovs-log ovs-log-fault ovs-megaflows ovs-misses ovs-ofctl ovs-packet-ins ovs-pmd ovs-port ovs-port-broken ovs-rule
  ovs-silent ovs-slow-dump ovs-switch ovs-system ovs-table ovs-table-rules ovs-threads ovs-trace ovs-unresponsive ovs-upcalls-lost
  ovs-vsctl ovs-vswitchd ovsdb ovsdb-server own owned owner owners owns pacemaker pacemaker-failed-op package package-advisory
  package-broken package-database package-files package-held package-known-fault package-lock-held package-origins package-run-long
  package-versions packages packet packet-ins packets pad padding page page-down page-up pages paging painted palette pane panes panic
  panicked parallel parameters parent parentheses parse parsing part partial partition partitions partly partner parts pass passed passes
  passphrase password passwordauthentication passwords past paste patch patches path path-failed paths patterns pause paused pauses paxos
  pci pci-device pci-devices pcie-errors pcpu pct peak peaks peer peer-flows peer-unresponsive peered peering peers pending peon per
  percent percentage percentile perf performance period periods permission permissions persistence persistent persistent-loss pgbouncer
  pgdn pgmajfault pgs pgup phase phy physical pick pid pids pidstat piece pieces pin ping pings pinned pip pipe pipeline pkg place placed
  placed-on placement places plain plan plane play played player pleg-unhealthy plugged plugged-into plugin plugs plural plus pmd
  pmd-auto-lb pmd-cpu-mask pmd-maxsleep pmd-sleep-max pmsuspended pmtu pod pod-log pod-name podman pods point pointer points poisoned
  policies policy polled polls pool pooler pools pop port port-binding port-binding-failed ports ports-exhausted position possible
  post-copy poster postgres postgres-connections postgres-wraparound postgresql postgresql-activity postgresql-archiver
  postgresql-connections postgresql-deadlocks postgresql-idle-transaction postgresql-io postgresql-lock-chain postgresql-long-transaction
  postgresql-replication postgresql-servers postgresql-unresponsive postgresql-workload postgresql-wraparound postmaster power
  power-of-two powersave ppid pprof pps pre preference preferredauthentications prefers prefetch prefix prepared presence present
  presented presenting presents press pressure prettier prettier-ignore prev previous previous-boot previous-events previous-lines
  previous-section previous-tab primaries primary print printed printk prints priority private privileged privsep privsep-size probably
  probe probes problem problems proc proc-mount process process-crashed process-delays process-files process-limit process-limits
  process-numa process-objects process-sockets process-stacks process-status process-stopped process-symbols process-threads
  process-user-stacks processed processes processes-blocked processing procs product profile profiles program program-crash-dump programs
  progress progressing prohibited project prometheus promise prompt prompts propagation property proposals proposed protocol
  protocol-counters protocols provider provides proxies proxy proxycommand proxyjump pruned pseudonym pseudonyms psi psr pstore pswpin
  pswpout ptrace pubkeyauthentication public publickey published publishers pull purge purpose push put python qdisc qdisc-drops qdiscs
  qemu qemu-ended qemu-start-failed qemu-threads qos quarter queried queries query queue queued queueing queues quiescent quit quits
  quitting quorum quot quota quotas quoted rabbit rabbit-disk-alarm rabbit-files-alarm rabbit-memory-alarm rabbit-old-incarnation
  rabbit-partition rabbit-queue-stopped rabbit-queue-timeout rabbitmq rabbitmq-alarm rabbitmq-diagnostics rabbitmq-node rabbitmq-nodes
  rabbitmq-queue rabbitmq-queues rabbitmq-server rabbitmq-unresponsive rabbitmqctl rack rados radosgw-admin raft raid raid-controllers
  raid-degraded raid-drives raid-tools raise raises ram ran random range ranges rank ranking ras-mc-ctl rasdaemon rate rates rather ratio
  raw raw-usage rawait rbac-denied rbd rbd-devices rbd-error rbd-image rbld rbottom rbytes rcu-stall reach reachable reached reaches read
  read-only read-time read-write readable reader readers readiness reading readings readonly reads ready readyz real reallocated reason
  reasons reassembled reassembly rebalance rebind reboot reboot-pending reboot-required rebuilds receive received receiver recent recirc
  reclaim reclaimable reclaims recomputes reconnect reconnected reconnects record record-pause recorded recorder recording recordings
  records recovering recovery recv red redact redacted redaction redactor redacts redeploy redis redis-cli redis-cluster redis-connections
  redis-memory redis-persistence redis-replication redis-server redis-servers redis-slow redis-unresponsive redraw reduce reduced ref
  refaults refer reference refresh refreshed refreshes refusals refuse refused refuses region registered registry regression regular
  reinstall rejected rekey rel related relation release released releases reliability reloading rely remap remapped remote remotely
  remount-ro remounted remounting remove removed removing rendered renew renewed renews repair repaired repeat repeated repeatedly replace
  replaced replacement replay replayed replays replica replica-set replicas replication replies reply report reported reports request
  requested requests require require-osd-release required requires reschedule reseat resent reserve reserved reset resets reshard resident
  resize resolution resolv resolve resolvectl resolved resolver resolver-unresponsive resolvers resource resource-update-failed respond
  responded responding responds response responsive rest restart restarted restarting restarts restore restored restrictions resubmit
  resubmit-limit result resume resumed resumes retire retired retirement retrans retransmit retransmits retransmitted retransmitting
  retries retry return returned returns reused revalidator revalidators reverse-path-drops revert revision revisions revoked
  revokedhostkeys reweight rewrite rewrites rgw right rights ring rings riser rleft rmi robust rocksdb rocksdb-corruption role roles
  rollback rolling rollout rollouts rolls room root rootless roots rotating round route routed router router-gateway routers routes
  routine routing routing-rules row rows rpm rport rps rright rss rsyslog rsyslog-suspended rsyslogd rtnetlink rto rtop rtt rttvar rule
  rule-table-empty rules run runbooks runnable running runqlat runs runs-as runtime runtime-deadline rxpackets safe same sample sampled
  samples sampling samplings sandbox sandbox-reserved sanitised sanitises sanitize sanitized sans sar saturate saturated saturation save
  save-views saved saves saving scale scan scanned scans scenarios schedinfo schedstat scheduled scheduler schedulers scheduling schema
  scheme scope score screen screens script scripts scroll-left scroll-right scrollback scrolls scrub scsi scsi-counters scsi-errors
  scsi-not-scanned sda sdr search searched searches second secondaries secondary seconds secret secrets section sections sector sectors
  secure security securityfs see seek seen sees segfault segment segments select selected selection selector selects self send sender
  sending sends sense sensor sensors sent sentence sentences sentinel sentinels separated separation sequences serial series serif serve
  served served-by server server-unresponsive servers serves service service-journal-fault service-log-fault service-logs services serving
  session sessions set set-device-class set-ntp setmem sets setting settings several severities severity sha shape shaper sharded share
  shareable shared shares sharing shd shell shift shift-tab shmem short shorter shortest show showhold shown shows shrank shut shutdown
  shuts shutting siblings side sidecar sidecars sig sign signal signals signature signing silent simple since single single-bit
  single-user size sizes sizing skb-drops skew skip skips skmem slab slabinfo slabs slabtop slave sleeping sleeps slice slot slots slow
  slow-heartbeats slow-operation slow-ops slow-queries slowed slowest slowlog slowly slows small smaller smallest smart smart-log smartctl
  smb smirnov smoothed smp snap snap-broken snapd snaps snapshot snapshot-lost snapshots snmp socket socket-memory-full socket-peers
  socket-refused sockets sockstat soft soft-lockup softirq softirq-hot-cpu softirqs softnet softnet-drops software solid somaxconn some
  something sometimes soon sooner sort sort-next sort-previous sortbitwise sorted sorts sosreport sosreports source sources southbound
  space span spans spare spawning speak spec specification speed speedscope spend spent spill spillover spills split sport spread spreads
  spreadsheet sql squeezed src srvr ssacli ssh ssh-add ssh-agent ssh-config ssh-dss ssh-keygen ssh-rsa sshd stack stack-changes
  stack-frames stack-sample stack-threads stack-tree stack-zoom stacked stacks stacks-diff stacks-on-demand stage stage-hint stage-name
  stages stale stale-data stall stalled stalls stamp stand standalone standard standby standing stands start start-limit-hit started
  starting starts starves stat state statement statements states statfs static statistics stats status stay stays stddev stderr stdout
  steady steal step step-back step-forward stepped steps still stime stop stop-writes-on-bgsave-error stopped stopping stops storage
  storage-link-down storage-link-errors storage-links storage-pool storcli store stored stored-on stores storm story stp strace stratum
  streak stream streams strength stretched stricthostkeychecking string stringify strings stripes stripped stroke strong strongest
  structure sts stt stuck style styles sub subject submission subop subsystem subsystems subtable succeed succeeded success such sudo
  suites sum summary sunbeam superblock supported supports suppressed surface surplus suspend suspended svg swap swap-in swap-out swapon
  swapped swappiness swapping swaps sweep swift switch switches symbol symbol-files symbols symbols-beyond symptom symptoms symtab
  syn-flood syn-sent sync synced synchronisation synchronised syncing sys syscall sysctl sysfs syslog system system-id systemctl systemd
  systemd-analyze systemd-coredump systemd-detect-virt systemd-journal systemd-journald systemd-machine-id-setup systemd-resolved
  systemd-timesyn systemd-timesyncd systeminformation systems syzkaller tab table tables tabular tag tail taint tainted taints take taken
  takes talk talks tap taps target targets task task-hung tasks taskset tbody tcp tcp-memory tcp-retransmits tcpretrans tcpsynbl tell temp
  temperature temperatures template templates temporary ten tentative term terminal terminals terminating termination terms test text
  texts than that thawed the thead their them theme themselves then there thermal thermal-throttle thermal-throttled thermal-throttling
  these they thin thin-pool thin-pool-full thin-pool-low thin-pool-writes thinned this those though thp thrash thrashing thread threads
  threads-limit threads-max three threshold thresholds throttl throttle throttled throttles throttling through throughout thrtl ticket
  tickets ticks tid tier ties tile time time-sync-status time-wait timed timedatectl timedout timeline timeout timeouts timer timer-left
  timer-overdue timers times timestamp timesync-status timesyncd timing title titles tmpfs today together toggle toggles token
  token-refused tokens tolerates tolower toml too took tool tools top total tour trace traceback traced tracefs tracer tracers traces
  tracing tracked tracker trackers tracking tracks traffic transaction transactions transceiver translate transmissions transmit
  transparent transport transports traps tree trend triage tried tries trim trip trips trk trouble trove true truecolor truncated trust
  trusted try tsv tun tunables tuned tuned-adm tuning tunnel tunnel-mtu tunnels turn turned twice two txpackets txt type typed typeof
  ubuntu udp udp-drops udpif uevent ufid uid ulimit umount unable unacked unacknowledged unallocated uname unanswered unattended-upgr
  unattended-upgrade unattended-upgrade-shutdown unattended-upgrades unavailable unchanged unclear uncommitted uncontained uncorrectable
  uncorrected undefined under underlay undersized undo uneven unexpected unfound ungrouped unhandled unhealthy unicast unicode
  uninterruptible unique unit unit-failed unit-invocations unit-jobs-waiting unit-log unit-manager unit-missing unit-not-loaded
  unit-restart-loop unit-stuck unit-tasks units unix unix-accept-queue unix-clients unix-listeners unkillable unknown unknown-holder
  unless unlike unlock unmask unmount unmounted unpause unprivileged unreachable unread unreadable unready unreclaimable unrecovered
  unregister unreleased unreliable unreserved unresponsive unsafe unsaved unschedulable unscheduled unset unset-group unstable unstyled
  untagged until unused upcall upcalls update update-notifier updated updates upgradable upgrade upgraded upgrades uplink upper uptime uri
  usable usage use used user user-stacks userknownhostsfile users userspace uses using usual usually utf util utilisation utilization
  utime uuid uwsgi uwsgi-harakiri uwsgi-queue vacuum valid valkey valkey-server value values vanished var variant vars vcpu
  vcpu-overcommit vcpuinfo vcpupin vcpus vdo veil vendor verbose verdict verification verify version versions vertical veth veth-peers
  vhost via victim victims view viewer viewers viewport views vif-plug-timeout virsh virtio virtqemud virtual virtual-machine
  virtualization visible vite vlan vms vmstat vocabulary void volatile volume volume-degraded volume-error volume-hung volume-slow
  volume-suspended volumes voluntary voters vswitch vxlan wait waited waiting waits waits-for wal walks wall want wanted warm warn warning
  warnings warns was wasm watch watchdog watched-units watcher watches watermark watts wawait way ways wbytes wchan weak wear web week
  weight well went were what whatever whats wheel when where wherever whether which while white who whole whose why wide widen width
  window windows wins wip wire with withdrawn withheld within without word wording words work worker workers working workload workloads
  workqueue workqueue-lockup works worse worst worth would wrap wraparound wrapped wraps writable write write-time writeback writecache
  writer writers writes written wrong wrote www xact xfs xid xmin xps xterm yaml year yellow yes yet you your yours yum zaqar zenpower zfs
  zfs-pool-state zfs-pools zlib zombie zombies zone zone-reclaim zones zookeeper zookeeper-connections zookeeper-disk zookeeper-followers
  zookeeper-requests zookeeper-servers zookeeper-unresponsive zooms zpool zpool-status zpoolconcepts zram zsh zstd zypper`.split(
    /\s+/,
  ),
);
