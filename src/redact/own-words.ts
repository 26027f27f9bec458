/** Words of this program's own texts: written by scripts/own-words.ts. */
export const OWN_WORDS: ReadonlySet<string> = new Set(
  `aborted abottom about above abs absent accelerator accelerators accent accept accept-new accepted accepts access account accused ack
  acknowledge acknowledged acpitz across act action actions activating active acts add added addr address address-duplicate addresses
  addressfamily adds adj admin administratively admission aer affect affected affinity after again against age agent agents aggregation
  ago ahead air aleft alert algorithm align aligned all allocatable allocates allocation allocations allocator allow allowed alone along
  already also alternate although always amd-pstate-epp among amp anchor and anon anonymous another answer answers any anything anywhere
  apache api apparmor-denied appear appeared application applied applies apply approve apt apt-cache apt-get aptitude aqu-sz arch
  architecture archived archiver are args argument aria aright array arrays ascii asciicast asciinema ask asked askpass asks aspect
  assembled assembly assertion assign assigns asymmetric async ata-reset atop attached attached-mac attack attributes audit authentication
  authenticity authority auto auto-restart autolinks autoscale-status autoscaler aux avail available average averages avg avoid await away
  awesome-prometheus-alerts awk axis back back-off backend backfill backfillfull background backlog backplane backslash backspace
  backticks backtrace backtraces backup bad bad-setting balancer balancing balloon bank banner bar bare base bash batchmode because become
  been before began begin begins begun behind belong below between beyond bfd bfd-down binary bind binding binds bios bits black blank
  blind blkdeviotune block block-devices blocked blocks bloom blue bluefs bluefs-bdev-migrate bluestore body bond bond-member-down bonds
  boolean boot booted border both bottom bound box bps brackets break bridge bridges brief bring broken brought btime btrfs bucket
  buddyinfo budget buffer buffers build built bundle bundled burstable bus busiest busy but bwww byte bytes cable cache cached caches
  caching call called can cancel cancelled cancelling candidate cannot cap capability capacity capture card cards careful carried carrier
  carries case cast casts cat cause causes ceil cell cells ceph ceph-all-osds ceph-bluestore-tool ceph-cluster ceph-commit ceph-devices
  ceph-fleet ceph-health ceph-heartbeats ceph-histograms ceph-log-fault ceph-logs ceph-mgr ceph-mixin ceph-mon ceph-mon-counters
  ceph-mon-slow ceph-mons ceph-mons-silent ceph-mons-unresponsive ceph-ops ceph-osd ceph-osd-map ceph-osd-memory ceph-osd-silent
  ceph-osd-slow ceph-osd-unresponsive ceph-osdmap ceph-osds ceph-pgs-inactive ceph-pings-slow ceph-pools ceph-slow-ops ceph-spillover
  ceph-status ceph-throttled cephfs cert-authority certificate certificate-expired certificatefile certificates certs cfm cgroup cgroups
  chains challengeresponseauthentication change changed changelog changes channel channels char character characters charset chart charts
  chassis chassis-del check check-expiration checking checks child children choice chronyc cifs cifs-unresponsive cinder cinder-common
  ciphers claim claimed claims class classifier clean clear cleared clearly clears click client client-socket clients clipboard clock
  clocks close closed cluster clustered cmdline coarse code collapse collect collector color colour colours cols column columns com come
  comes comm command commands comment commit commits common compact compaction compaction-failing compadd compare compared comparing
  comparison compdef compgen compiler complete completed completes completion completions component compose compression concerned
  condition conditions conds confidence config config-files configuration configured confirm confirms conflict conmon connect connected
  connected-to connecting connection connection-status connections connects connecttimeout conntrack conntrack-full consider consolas
  console const constant constants constructor consumer consumers contain contained container container-daemon-silent
  container-daemon-unresponsive container-failed container-frozen container-id container-live container-logs container-memory-short
  container-oom container-pids container-pressure container-restart-loop container-runtime container-throttled container-unhealthy
  containerd containerd-shim containers contains content contention continue control controller controllers convert cookies cool copied
  copies copy cordoned core coredumpctl cores coretemp coroot correctable corrected correlate correlation corruption cost could count
  counted counter counters counts cpu cpu-power-saving cpu-saturated cpu-stat cpu-steal cpu-topology cpufreq cpulist cpupower cpus cpuset
  crash crashcart crashed crashes create created creates creating creation cri-o crictl crio crit critical crossed crowd crush csr css
  ctrl-u ctrl-w culprit cur current cursor cut cwd cyan cycles dadfailed dae daemon daemons dark dash dasharray data database
  database-server database-session databases datagrams datapath datapaths dataset date day days deactivating dead deadlock deadlocks deb
  debug debug-threads debugger debuggers decaying decided decides declare declaring decode decoded decoder default defined deflate degrad
  degraded deja delay delays delete deleted deleted-files deletes deletion demand demo denied dependent dependents deploy deployment
  depmod depth describe description descriptor design desired destination destroy destroyed detach detail details detected detection dev
  deviations device device-class devices did die differ difference different differs digits dim dir direct direction directly directory
  dirty disabled discard discarded discards discipline disconnected disconnections disk disk-errors-logged disk-hung disk-log-message
  disk-saturated disk-slow disk-state disks diskstats display dispose disruptions dist distance distances distinguish distribution div
  dmesg dmi dmsetup dnf docker docker-events docker-info docker-inspect docker-ping dockerd docs doctor doctype document does domain
  domblkerror domblklist domblkstat domcontrol domiflist domifstat domjobabort domjobinfo dommemstat dompmwakeup domstate domstats done
  dot dotted down dpdk dpdkvhostuserclient dpkg dpkg-query drain draw drawn drive driver drivers drop drop-ins dropped dropping drops due
  dumb dump dump-aggregate dump-flows dumping dumps duplex duplicate duration during dust each earlier early edac edit elapsed election
  elections element elements elfutils else elsewhere emerg emergency emptied empty emulation emulator enable enabled encap encaps encode
  encoder encrypted end ended ends engine engineer engines enlarge enter entering entity entries entry ephemeral epoch equal equiv err
  error errored errors esac esc escape escaped escapes established etcd ethtool eval event events every everything evicted eviction
  evictions evicts evidence example examples exceed exceptions exclude exe exec executable execute executed executes exhausted exist
  exists exit exit-code exited exits expectancy expected expire expired expires explain explained explainer explains export expression
  extends extent extreme fact facts fail fail-on failed failing fails failure failures fallback fallbacks false family fans far fast fatal
  fault faults fawait fdb fence fenced few fewer fff field fields figcaption figure figures file file-nr filenames files filesystem
  filesystem-error filesystem-mounted filesystem-shutdown fill fills filter finalizers finally find find-next find-previous finding
  findings findmnt finds fingerprint finished finite firewalls firmware first fish fit fits five fix fixed flag flags flap flapping flaps
  flat flavor fleet flight flood flooded flooding floods floor flow flow-limit flow-table flows flush flushes fold folder followed
  follower follows font footer for force foreign forever fork forks form format formatter forward forwarded forwarded-by forwarding
  forwards found fragmentation fragmented frame free freezer freezes frequency frequency-info from front frozen fsck fsync full fullest
  fully function further fuzzy gap gaps gateway gateway-claimed gateway-unresolved gateways gather gathered gatherer gave gave-up gdb
  gdb-stacks general generated generator generic geneve get get-controller get-quota get-ssl gets gib github give given gives glob
  globalknownhostsfile goes gone good governor gpu grade grant graph gre green grep grid group groups grow growth gssapi
  gssapiauthentication guaranteed guessed guest guest-disk guest-disk-slow guest-down guest-job-stuck guest-log guest-memory-far
  guest-memory-low guest-memory-remote guest-monitor guest-monitor-stuck guest-nic guest-nic-drops guest-paused guest-steal guest-swapped
  guest-taps guest-thread-blocked guest-throttled guests habits had half half-down half-up handled handler handlers handshake hangs
  happened hard hard-lockup hardly hardware hardware-error has hash hashes hashknownhosts have having hdd head header headless headline
  health healthy healthz heap heartbeat heartbeats heat height held help here hex hidden high high-order higher highest hint histogram
  history hit hits hoaglin hold holder holds home host hostkeyalgorithms hostkeyalias hostname hosts hot hotsos hour hours how href html
  http https huge huge-pages-lopsided hugepages hugetlb hung hung-task hypervisor ibottom icon identifier identifiers identitiesonly
  identity identityagent identityfile idle ids iface-id iface-id-ver iglewicz ignore iheight ileft image imagefs imagefsinfo images img
  import important inactive incident incidents included includes including incomplete inconsistent increased incus incusd index indexed
  inet inferred infiniband infinity inflight influence info inhibited init initial initialized inlet inline inner innermost inode inodes
  input insert inserts inside inspect install installed installs instance instance-restarted instance-started instanceof instances int
  intended interface interfaceid interfaces internal interrupt interrupts interrupts-far interval into inuse invalid inventory invert
  invocations iops iostat iotune iowait ipmitool iright irq irq-remote irqbalance iso isolcpus items iterable iteration itop its itself
  iwidth job join joined journal journalctl json json-pretty judge judged jump just kbdinteractiveauthentication keep keeps kept kerberos
  kernel kernel-bug kernel-line kernel-lockup kernel-log kernel-log-lost kernel-stacks kernel-state kernels kexalgorithms key
  keyboard-interactive keys kib kill killed killer kills kind kinds kit klog kmsg knowing known knownhostscommand kolmogorov kswapd kube
  kube-api-silent kube-api-unresponsive kube-apiserver kube-certificate kube-claims kube-cluster kube-events kube-eviction-near
  kube-kubelet-unwell kube-local kube-log kube-node kube-node-condition kube-nodes kube-owners kube-pod kube-pod-trouble
  kube-pod-unhealthy kube-pods kube-prometheus kube-rollout-stalled kube-rollout-stuck kube-runtime kube-runtime-unresponsive
  kube-static-pod-down kube-system kube-unscheduled kube-volumes kubeadm kubeconfig kubectl kubelet kubelet-unhealthy kubernetes
  kubernetes-mixin kvm kvm-host kvsync label lack lacp lag laggy laggy-pgs laid lang language large larger largest last late latency
  latency-critical later latest launchpad layer leader leak leaks learn learned learner learning lease least leave leaves ledger left
  legacy length lengthen less let level lflow lib libc-bin libceph libceph-mon libceph-osd librados library libvirt libvirt-about
  libvirt-daemon libvirt-domains libvirt-monitor libvirt-silent libvirt-sock-ro libvirt-unresponsive libvirt-xml libvirtd licence lies
  life lifted light likeliest limit limited limits line linecap linejoin lines link link-down links linux list list-inconsistent-obj
  listed listen listen-overflow listener listeners listening listens listing lists literally literals little live lives lldp load loadavg
  loaded local locale localhost locally localnet lock locked locks lockup log log-lost logged logical logical-port login logs long longer
  longest look looked lookup lookups loop loopback lose loses loss lost lost-packet low lower lowest lsblk lscpu lspci lstart lvm lxc
  lxcfs lxd lxd-cluster lxd-events lxd-instance lxd-member lxd-member-offline lxd-operation lxd-operation-stuck lxd-operations lxd-ping
  lxd-pool-full lxd-pools lxd-server lxd-warning lxd-warnings mac mac-table-size machine machine-checks machinecheck macs made magenta
  mail main maintenance major major-faults majority make makes man man-in-the-middle management manager managers manifest manual many map
  mapped mapper mappings maps margin mark mark-back mark-forward mark-row markdown marked marked-down marker markers marks markup martian
  mask masked masks master match matched matching math matters max max-idle maximum may mce mclock mdadm mdstat mean meaning meanings
  means meanwhile measured media median medians medium medium-error megaflow megaflows mem member member-of members meminfo memory
  memory-errors memory-fragmented memory-module memory-poisoned memory-short mempools mems menlo message messages messenger meta
  metacharacter metadata meter meter-add method metric mgr microseconds migrated migratepages migrating migration mild million
  milliseconds min minimum minor minus minute minutes mirror mismatch misplaced misplc misread miss missed misses missing mixed mode model
  moderate modified module modules moment moments mon monitor monitoring monitors mono monospace mons more most mostly mount mounted
  mounts move moved moves moving mpstat mtime mtu mtu-mismatch much multipath multixact must mute muted mysql-router name named names
  namespace namespaces narrow near nearest nearfull nearly need needed needrestart needs needs-cert negotiate negotiated neigh neighbour
  neighbour-overflow neighbour-table neighbours neither nesting net netdata netdev netdev-stuck netfilter netlink netlink-drops netns
  network network-table-full networks neutron neutron-common never new newer newest nexec next next-section next-tab nfs nfs-ok
  nfs-unresponsive nic nic-down nic-drops nic-errors nic-flaps nic-hung nic-over-mtu nice nics node node-busy node-dry node-mixin
  node-problem-detector nodeep-scrub nodefs nodes nodeset nominal non-fatal none nonfatal nonvoluntary nor normal northbound northd
  northd-mismatch noscrub not not-found not-installed not-read note noted notes nothing notice notify noun nova now nowrap npt nsenter
  nspawn nstat null numa numa-balancing-thrash numa-churn numa-miss numa-node numa-node-busy numa-node-full numactl numastat numatune
  number numberofpasswordprompts numbers numeric nums nvme nvme-timeout object objects occupied occurrences odd ofconns off off-peak
  offers offline offlined offload offloaded ofport often old older oldest omap omit once one ones online only onode onode-cache-empty
  onset onsets oom oom-kill oom-kills oom-logged oom-report oops open open-files-limit opened opens openssh openssh-client openssl
  openvswitch openvswitch-switch operation operational operations operstate opr ops optics optimal option options opw orange order orders
  origin orphan orphans osd osd-replies osdmap osds other others out outdated outdated-code outlier output outputs outside over over-mtu
  overcommit overcommitted overflow overflows overheating overlapping overlapping-roots overlimits overloaded overview overwritten ovn
  ovn-appctl ovn-bridge-mappings ovn-central ovn-chassis-behind ovn-claims ovn-common ovn-controller ovn-daemons ovn-disconnected ovn-host
  ovn-installed-ts ovn-log-fault ovn-logs ovn-match-northd-version ovn-nbctl ovn-northd ovn-northd-behind ovn-northd-loop
  ovn-ovsdb-server-nb ovn-ovsdb-server-sb ovn-port-claims ovn-port-unbound ovn-raft ovn-remote ovn-sb ovn-sbctl ovs ovs-appctl
  ovs-bond-degraded ovs-bridge ovs-conntrack-full ovs-controller-lost ovs-datapath ovs-db ovs-dpctl ovs-fdb ovs-flow ovs-flow-limit
  ovs-flows ovs-group ovs-log ovs-log-fault ovs-megaflows ovs-misses ovs-ofctl ovs-packet-ins ovs-pmd ovs-port ovs-port-broken ovs-silent
  ovs-slow-dump ovs-switch ovs-system ovs-threads ovs-trace ovs-unresponsive ovs-upcalls-lost ovs-vsctl ovs-vswitchd ovsdb ovsdb-server
  own owner owners package package-broken package-known-fault package-run-long packages packet packet-ins packets pad padding page
  page-down page-up pages paging painted palette pane panes panic panicked parallel parameters parent parse part partial partitions partly
  partner parts passed passes passphrase password passwordauthentication past paste patch patches path path-failed paths patterns pause
  paused pauses paxos pci-device pci-devices pcie-errors pcpu pct peak peaks peer peered peering peers pending peon per percent percentage
  perf performance period periods permission pgbouncer pgdn pgmajfault pgs pgup phase pick pid pids pidstat piece pieces pin ping pings
  pinned pipe pkg place placed placed-on placement places plain plan plane play played player plugged plugged-into plugin plural plus pmd
  pmd-auto-lb pmd-cpu-mask pmd-maxsleep pmd-sleep-max pmsuspended pod pod-log pod-name podman pods point pointer points poisoned policy
  polled polls pool pooler pools pop port ports position possible post-copy poster postgres postgresql postgresql-activity
  postgresql-archiver postgresql-connections postgresql-deadlocks postgresql-idle-transaction postgresql-lock-chain
  postgresql-long-transaction postgresql-replication postgresql-servers postgresql-unresponsive postgresql-wraparound postmaster power
  power-of-two powersave ppid pps pre preference preferredauthentications prefers prefix prepared presence present presented presenting
  presents press pressure prettier prev previous previous-section previous-tab primaries primary print printk prints priority private
  privileged probably probe probes problem problems proc proc-mount process process-crashed process-files process-numa process-sockets
  process-stacks process-status process-stopped process-threads processed processes processes-blocked processing procs product profile
  profiles program programs progress progressing prohibited project promise prompt prompts proposed protocol protocol-counters protocols
  proxycommand proxyjump pseudonym pseudonyms psi psr pswpin pswpout ptrace pubkeyauthentication public publickey published pull purpose
  push put qdisc qdisc-drops qdiscs qemu qemu-threads qos quarter queried query queue queued queueing queues quiescent quit quits quitting
  quorum quot quota quotas quoted rados radosgw-admin raft raid raid-degraded raise raises ram ran range rank ranking ras-mc-ctl rasdaemon
  rate rates rather ratio raw raw-usage rawait rbac-denied rbd rbd-error rbd-image rbottom rbytes rcu-stall reach reachable reached
  reaches read read-only read-write readable reader readers readiness reading readings readonly reads ready readyz real reason reasons
  reassembly rebalance rebind reboot reboot-pending reboot-required receive received receiver recent recirc reclaim reclaimable reclaims
  recomputes reconnect record recorded recorder recording recordings records recovery recv red redact redacted redaction redactor redacts
  redeploy redraw reduce reduced ref refaults refer reference refresh refreshed refreshes refused refuses registered registry regression
  regular reinstall rekey rel related released releases reloading rely remote remotely remounted remove removed removing rendered renew
  renewed repair repaired repeat repeated repeatedly replace replaced replay replayed replica replicas replication replies reply report
  reported reports request requested requests require require-osd-release required requires reschedule reseat reserve reset resets reshard
  resident resize resolution resolve resolved resource respond responded responding responds response responsive rest restart restarted
  restarting restarts restore restrictions resubmit resubmit-limit result resume resumed resumes retransmits retransmitted retries retry
  return reused revalidator revalidators reverse-path-drops revert revision revisions revoked revokedhostkeys reweight rewrites rgw right
  rights ring riser rleft rmi rocksdb rocksdb-corruption role roles rollout rollouts room root rootless roots rotating round route routed
  router routers routes routine routing row rows rpm rright rss rtnetlink rtop rule rules run runnable running runs runs-as runtime
  rxpackets safe same sample samples sandbox sanitised sanitises sanitize sanitized sans sar saturate saturated saturation save saved
  saving scale scan scanned scenarios schedinfo schedstat scheduled scheduler scheme scope score screen screens script scripts scroll-left
  scroll-right scrollback scrolls scrub scsi scsi-not-scanned sdr search searched searches second seconds secret secrets section sections
  sector secure security see seek seen sees segfault segment segments select selected selection selector selects self send sender sends
  sensor sensors sent sentence sentences separation sequences serial series serif serve served served-by server server-unresponsive
  servers serves service services session sessions set set-device-class setmem setting settings several severities severity sha shape
  shaper share shared shares shd shell shift shift-tab shmem short shortest show shown shows shut shutdown shutting side sidecar sidecars
  sig sign signal signals signature simple since single six size sizes sizing skew skip skips skmem slab slabs slabtop sleeping sleeps
  slice slot slots slow slow-heartbeats slow-operation slow-ops slowed slowest slows smaller smallest smart-log smartctl smirnov smoothed
  smp snap snap-broken snapd snaps snapshot snapshots socket socket-memory-full sockets sockstat soft soft-lockup softirq softirq-hot-cpu
  softirqs softnet softnet-drops software solid somaxconn some something sometimes soon sooner sort sort-next sort-previous sortbitwise
  sorted sorts sosreport sosreports source sources southbound space span spans spare spec speed spend spent spill spillover spills split
  spread spreads spreadsheet sql squeezed src ssh ssh-add ssh-agent ssh-config ssh-dss ssh-keygen ssh-rsa sshd stack stacked stacks stage
  stages stale stale-data stall stalled stalls stand standalone standard standby standing stands start start-limit-hit started starting
  starts starves stat state statement statements states statfs static statistics stats status stay stays stddev steady steal step
  step-back step-forward stepped steps still stime stop stopped stopping stops storage storage-pool store stored stored-on stores storm
  stp strace streak stream streams strength stretched stricthostkeychecking string stringify strings stroke strong strongest sts stt stuck
  style styles sub subject submission subop subsystem subsystems subtable succeed succeeded success such sudo sum summary supports
  suppressed surface surplus svg swap swap-out swapon swapped swappiness swapping swaps sweep switch switches symbol symptom symptoms
  syn-flood sync sys sysctl system system-id systemctl systemd systemd-analyze systemd-detect-virt systeminformation systems syzkaller tab
  table tables tabular tag tail taint tainted taints take takes talk talks tap taps target targets task task-hung tasks taskset tbody tcp
  tcp-memory tcp-retransmits tell temp temperature temperatures template templates temporary ten term terminal terminals terminating terms
  test text texts than that thawed the thead their them theme then there thermal thermal-throttle thermal-throttling these they thin
  thin-pool thinned this those though thp thrash thread threads three threshold thresholds throttl throttle throttled throttles throttling
  through throughout thrtl ticket tid tier tile time time-sync-status timed timeline timeout timeouts timer timers times timestamp title
  titles together toggle toggles tolerates tolower toml too took tool tools top total trace traced tracer traces tracing tracked tracker
  trackers tracking traffic transaction transactions transceiver translate transmit transparent transport traps tree trend triage tries
  trim trip trk trouble true truncated trust trusted try tsv tunables tuned tuned-adm tuning tunnel tunnel-mtu tunnels turn twice two
  txpackets type typed typeof udp udp-drops udpif uevent ufid uid unable uname unanswered unattended-upgr unattended-upgrade unavailable
  unchanged unclear uncommitted uncorrectable uncorrected undefined under underlay undersized uneven unexpected unfound unhandled
  unhealthy unicode uninterruptible unique unit unit-failed unit-invocations unit-log unit-manager unit-not-loaded unit-restart-loop
  unit-stuck units unix unkillable unknown unless unlike unlock unmount unmounted unpause unprivileged unreachable unread unreadable
  unready unreclaimable unregister unreleased unreserved unresponsive unsafe unsaved unschedulable unscheduled unset unset-group unstable
  unstyled untagged until unused upcall upcalls update-notifier updates upgrade upgraded upgrades uplink upper uptime uri usable usage use
  used user userknownhostsfile users userspace uses using usual usually utf util utilisation utime uuid vacuum valid value values vanished
  var variant vcpu vcpu-overcommit vcpuinfo vcpupin vcpus vendor verbose verdict verification verify version versions vertical veth vhost
  via victim victims view viewport virsh virtio virtqemud virtual virtual-machine visible vite vlan vms vmstat vocabulary void volume
  volume-error volumes voluntary voters vswitch vxlan wait waited waiting waits waits-for wall want wanted warm warn warning warnings
  warns was wasm watch watchdog wawait way wbytes wchan weak web weight well went were what whatever whats wheel when where whether which
  while white who whole whose why wide width window windows wins wip with withheld within without word wording words work worker workers
  working workload workloads workqueue workqueue-lockup works worse worst worth would wrap wraparound wrapped wraps writable write
  writeback writes written wrong wrote www xact xfs xid xterm yaml yellow yes yet you yum zenpower zfs zombie zone zone-reclaim zones zsh
  zypper`.split(/\s+/),
);
