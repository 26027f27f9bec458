/** Words of this program's own texts: written by scripts/own-words.ts. */
export const OWN_WORDS: ReadonlySet<string> = new Set(
  `abottom about above abs absent accelerator accelerators accent accept accept-new accepted accepts access account accused ack acknowledge
  acknowledged acpitz across act action actions activating active acts add added address addresses addressfamily adds adj admin
  administratively admission aer affect affected affinity after again against age agent aggregation ago air aleft algorithm align aligned
  all allocatable allocates allocation allocations allocator allow allowed alone already also alternate always amd-pstate-epp among amp
  anchor and anon anonymous another answer answers any anything anywhere apache api appear appeared application applied applies apply
  approve aqu-sz arch architecture are args argument aria aright array arrays arrows ascii asciicast asciinema ask asked askpass asks
  aspect assembled assembly assign assigns async atop attached attached-mac attack attributes audit authentication authenticity authority
  auto autolinks autoscale-status aux avail available average averages avg avoid await away awesome-prometheus-alerts axis back back-off
  backend backfill backfillfull background backlog backplane backslash backspace backticks backtraces backup bad balancer balancing
  balloon bank banner bar bare base batchmode because been before began begin begins begun behind belong below between beyond bfd binary
  bind binding binds bios bits black blank blind blkdeviotune block block-devices blocked blocks bloom blue bluefs bluefs-bdev-migrate
  bluestore body bond bond-member-down bonds boolean boot booted border both bottom bound box bps brackets break bridge bridges brief
  bring brought btime btrfs bucket buddyinfo budget buffer build built bundle bundled burstable bus busiest busy but bwww byte bytes cable
  cache cached caches caching call called can cancel cancelled cancelling candidate cannot cap capability capacity card cards careful
  carried carrier case cast casts cat cause causes ceil cell cells ceph ceph-all-osds ceph-bluestore-tool ceph-cluster ceph-commit
  ceph-devices ceph-fleet ceph-health ceph-heartbeats ceph-histograms ceph-mgr ceph-mixin ceph-mon ceph-mon-counters ceph-mon-slow
  ceph-mons ceph-mons-silent ceph-mons-unresponsive ceph-ops ceph-osd ceph-osd-memory ceph-osd-silent ceph-osd-slow ceph-osd-unresponsive
  ceph-osdmap ceph-osds ceph-pgs-inactive ceph-pings-slow ceph-pools ceph-slow-ops ceph-spillover ceph-status ceph-throttled cephfs
  cert-authority certificate certificatefile certificates certs cfm cgroup cgroups challengeresponseauthentication change changed changes
  channels char character characters charset chart charts chassis chassis-del check check-expiration checking checks child choice chronyc
  ciphers claim claimed claims class classifier clean clear cleared clearly clears click client client-socket clients clipboard clock
  clocks close closed cluster clustered cmdline coarse code collapse collect collector color colour cols column columns com come comes
  comm command commands comment commit commits common compact compaction compaction-failing compare compared comparing comparison compiler
  complete completed completes completion completions component compose compression concerned condition conditions conds confidence config
  configuration configured confirm confirms conflict conmon connect connected connected-to connecting connection connection-status
  connections connects connecttimeout conntrack conntrack-full consolas console const constant constants construction constructor consumer
  consumers contain contained container container-daemon-silent container-daemon-unresponsive container-failed container-frozen
  container-id container-live container-logs container-memory-short container-oom container-pids container-pressure container-restart-loop
  container-runtime container-throttled container-unhealthy containerd containerd-shim containers contains content contention continue
  control controller controllers convert cool copied copies copy cordoned core cores coretemp correctable corrected correlate correlation
  cost could count counted counter counters counts cpu cpu-power-saving cpu-saturated cpu-stat cpu-steal cpu-topology cpufreq cpulist
  cpupower cpus cpuset crash crashcart crashed create created creates creating creation cri-o crictl crio crit critical crossed crowd
  crush csr css ctrl-c ctrl-u ctrl-w culprit current cursor cut cwd cyan cycles dae daemon daemons dark dash dasharray data database
  databases datapath datapaths dataset date day days dead deb debug debug-threads debugger debuggers decaying decided declare declaring
  decode decoded decoder default define defined deflate degrad degraded deja delay delays delete deleted deletion demo denied dependent
  dependents deploy deployment depmod describe description descriptor design desired destination destroy destroyed detach detail details
  dev deviations device devices did die differ difference digits dim dir direct direction directory dirty disabled disconnected
  disconnections disk disk-hung disk-saturated disk-slow disk-state disks diskstats display dispose disruptions dist distance distances
  distinguish distribution div dmesg dmi docker docker-events docker-info docker-inspect docker-ping dockerd docs doctor doctype document
  does domain domblkerror domblklist domblkstat domcontrol domiflist domifstat domjobabort domjobinfo dommemstat dompmwakeup domstate
  domstats done dot dotted down dpdk dpdkvhostuserclient dpkg-query drain draw drawn driver drivers drop dropped drops due dumb dump
  dump-aggregate dump-flows dumping dumps duplex duplicate duration during dust each earlier early edac elapsed election elections element
  elements elfutils else elsewhere emergency empty emulation emulator enable enabled encap encaps encode encoder encrypted end ended ends
  engine engineer engines enlarge enter entering entity entries entry ephemeral epoch equal equiv error errored errors esc escape escaped
  escapes established etcd ethtool eval event events every everything evicted eviction evictions evicts evidence example examples exceed
  exceptions exclude exe exec executes exist exists exit exited exits expectancy expected expire expired expires explain explained
  explainer explains export expression extends extent extreme fact facts fail fail-on failed failing fails failure failures fallback
  fallbacks false family fans far fast fatal fault faults fawait fdb fence fenced few fewer fff field fields figcaption figure figures
  file file-nr files filesystem fill fills filter finalizers finally find finding findings findmnt finds fingerprint finished finite
  firewalls firmware first fit five fix fixed flag flags flap flapping flaps flat flavor fleet flight flood flooded floor flow flow-limit
  flow-table flows flush flushes fold folder followed follower font footer for force foreign forever fork forks form format formatter
  forward forwarded forwarded-by forwarding forwards found fragmentation fragmented frame free freezer frequency frequency-info from front
  frozen fsync full fullest function functions further fuzzy gap gaps gather gathered gatherer gave gave-up gdb gdb-stacks generated
  generator geneve get get-controller get-quota gets gib github give given gives glob globalknownhostsfile goes gone good governor gpu
  grade grant graph gre green grep grid group groups grow growth gssapi gssapiauthentication guaranteed guessed guest guest-disk
  guest-disk-slow guest-down guest-job-stuck guest-log guest-memory-far guest-memory-low guest-memory-remote guest-monitor
  guest-monitor-stuck guest-nic guest-nic-drops guest-paused guest-steal guest-swapped guest-taps guest-thread-blocked guest-throttled
  guests half handled handler handlers handshake hangs happened hard hardly hardware has hash hashes hashknownhosts have having hdd head
  header headless health healthy healthz heap heartbeat heartbeats heat height held help here hex hidden high high-order higher highest
  hint histogram history hit hits hoaglin hold holds home host hostkeyalgorithms hostkeyalias hostname hosts hot hotsos hour hours how
  href html http https huge huge-pages-lopsided hugepages hugetlb hung hypervisor ibottom icon identifier identifiers identitiesonly
  identity identityagent identityfile idle ids iface-id iface-id-ver iglewicz ignore iheight ileft image imagefs imagefsinfo images img
  import important inactive incident incidents included includes including incomplete inconsistent increased incus incusd index indexed
  inet inferred infiniband infinity inflight influence info init initial initialized inlet inline inner innermost inodes input insert
  inserts inside inspect install installed installs instance instance-restarted instance-started instanceof instances int integer intended
  interface interfaceid interfaces internal interrupt interrupts interrupts-far interval into invalid inventory invert iops iostat iotune
  iowait ipmitool iright irq irq-remote irqbalance iso isolcpus items iteration itop its itself iwidth job join joined journalctl json
  json-pretty judge judged jump just kbdinteractiveauthentication keep keeps kept kerberos kernel kernel-stacks kexalgorithms key
  keyboard-interactive keys kib kill killed killer kills kind kinds knowing known knownhostscommand kolmogorov kswapd kube kube-api-silent
  kube-api-unresponsive kube-apiserver kube-certificate kube-claims kube-cluster kube-events kube-eviction-near kube-kubelet-unwell
  kube-local kube-log kube-node kube-node-condition kube-nodes kube-owners kube-pod kube-pod-trouble kube-pod-unhealthy kube-pods
  kube-prometheus kube-rollout-stalled kube-rollout-stuck kube-runtime kube-runtime-unresponsive kube-static-pod-down kube-system
  kube-unscheduled kube-volumes kubeadm kubeconfig kubectl kubelet kubelet-unhealthy kubernetes kubernetes-mixin kvm kvm-host kvsync label
  lack lacp laid lang language large larger largest last late latency latency-critical later latest layer leader leak learn learned
  learner learning lease least leave leaves ledger left legacy length lengthen less let level lflow lib librados libvirt libvirt-about
  libvirt-domains libvirt-monitor libvirt-silent libvirt-sock-ro libvirt-unresponsive libvirt-xml libvirtd licence lies life lifted light
  likeliest limit limited limits line linecap linejoin lines link links linux list list-inconsistent-obj listed listener listening listens
  listing lists literally little live lives lldp load loadavg loaded local locale localhost locally localnet lock locked locks log logical
  logical-port login logs long longer longest look looked lookup lookups loop loopback loses lost low lower lowest lsblk lscpu lspci
  lstart lvm lxc lxd lxd-cluster lxd-events lxd-instance lxd-member lxd-member-offline lxd-operation lxd-operation-stuck lxd-operations
  lxd-ping lxd-pool-full lxd-pools lxd-server lxd-warning lxd-warnings mac mac-table-size machine machine-checks machinecheck macs made
  magenta mail main maintenance major major-faults majority make makes man-in-the-middle management manager manifest many map mapped
  mapper maps margin mark mark-back mark-forward markdown marked marker markers marks markup mask masks master match matched matching math
  matters max max-idle maximum may mce mdadm mdstat mean means meanwhile measured media median medians megaflow megaflows mem member
  member-of members meminfo memory memory-errors memory-fragmented memory-module memory-poisoned memory-short mempools mems menlo message
  messages messenger meta metacharacter metadata meter meter-add method mgr microseconds migrated migratepages migrating migration mild
  milliseconds min minimum minor minus minute minutes mismatch misplaced misplc misread miss missed misses missing mode model moderate
  modified module modules moment moments mon monitor monitoring monitors mono monospace mons more most mostly mount mounted mounts move
  moved moves moving mpstat mtime mtu mtu-mismatch much must mute muted name named names namespace namespaces narrow near nearest nearfull
  nearly need needed needs needs-cert negotiate negotiated neighbours neither nesting net netdev netlink netns network networks never new
  newer newest nexec next next-section next-tab nic nic-down nic-drops nic-errors nic-flaps nice nics node node-busy node-dry node-mixin
  nodeep-scrub nodefs nodes nodeset nominal non-fatal none nonfatal nonvoluntary nor normal northbound northd noscrub not not-read note
  noted notes nothing notify noun nova now nowrap npt nsenter nspawn null numa numa-balancing-thrash numa-churn numa-miss numa-node
  numa-node-busy numa-node-full numactl numastat numatune number numberofpasswordprompts numbers numeric nums object objects occupied
  occurrences odd ofconns off off-peak offers offline offlined offload offloaded ofport often old older oldest omap omit once one ones
  online only onset onsets oom oom-kill oom-kills open open-files-limit opened opens openssh openssh-client openssl openvswitch
  openvswitch-switch operation operations operstate opr ops optics optimal option options opw orange order origin osd osd-replies osdmap
  osds other others out outlier output outputs outside over overcommit overcommitted overflow overheating overloaded overview overwritten
  ovn ovn-appctl ovn-central ovn-chassis-behind ovn-claims ovn-controller ovn-daemons ovn-disconnected ovn-host ovn-installed-ts ovn-nbctl
  ovn-northd ovn-northd-behind ovn-northd-loop ovn-ovsdb-server-nb ovn-ovsdb-server-sb ovn-port-claims ovn-port-unbound ovn-raft
  ovn-remote ovn-sb ovn-sbctl ovs ovs-appctl ovs-bond-degraded ovs-bridge ovs-conntrack-full ovs-controller-lost ovs-datapath ovs-db
  ovs-dpctl ovs-fdb ovs-flow ovs-flow-limit ovs-flows ovs-group ovs-megaflows ovs-misses ovs-ofctl ovs-packet-ins ovs-pmd ovs-port
  ovs-port-broken ovs-silent ovs-slow-dump ovs-switch ovs-system ovs-threads ovs-trace ovs-unresponsive ovs-upcalls-lost ovs-vsctl
  ovs-vswitchd ovsdb ovsdb-server own owner owners package packages packet packet-ins packets pad padding page page-down page-up pages
  paging painted palette pane panes panicked parallel parameters parent parse part partial partitions partner parts passed passes
  passphrase password passwordauthentication past paste patch patches path paths patterns pause paused pauses paxos pci-device pci-devices
  pcie-errors pcpu pct peak peaks peer peered peering peers pending peon per percent percentage perf performance period periods permission
  pgdn pgmajfault pgs pgup phase pick pid pids pidstat piece pieces pin ping pings pinned pipe place placed placed-on placement places
  plain plane play played player plugged plugged-into plugin plural plus pmd pmd-auto-lb pmd-cpu-mask pmd-maxsleep pmd-sleep-max
  pmsuspended pod pod-log pod-name podman pods point pointer points poisoned policy polled polls pool pools pop port ports position
  possible post-copy poster power power-of-two powersave ppid pps pre preference preferredauthentications prefers presence present
  presented presenting presents press pressure prettier previous previous-section previous-tab primaries primary print prints priority
  private privileged probably probe probes problem problems proc proc-mount process process-files process-numa process-sockets
  process-stacks process-status process-stopped process-threads processed processes processes-blocked processing procs product profile
  profiles program programs progress progressing prohibited project promise prompt prompts proposed protocol protocols proxycommand
  proxyjump pseudonym pseudonyms psi psr pswpin pswpout ptrace pubkeyauthentication public publickey published pull purpose push put qdisc
  qemu qemu-threads qos quarter queried query queue queued queues quit quitting quorum quot quota quotas quoted rados radosgw-admin raft
  raid raid-degraded raise raises ram ran range rank ranking ras-mc-ctl rasdaemon rate rates rather ratio raw rawait rbd rbd-image rbottom
  rbytes reach reachable reached reaches read read-only readable reader readers readiness reading readings readonly reads ready readyz
  real reason reasons rebalance rebind receive received recent recirc reclaim reclaimable reclaims recomputes record recorded recorder
  recording recordings records recovery recv red redact redacted redaction redactor redacts redeploy redraw reduce reduced ref refaults
  refer reference refreshed refused refuses registered registry regular rel related released rely remote remotely remounted remove removed
  removing rendered rendering renew renewed repair repaired repeat repeated replace replaced replay replica replicas replies reply report
  reported reports request requested requests require require-osd-release required requires reschedule reseat reserve resets reshard
  resident resize resolution resolve resolved resource respected respond responded responding response responsive rest restart restarted
  restarting restarts restore restrictions resume resumed resumes retries retry return reused revalidator revalidators revert revoked
  revokedhostkeys reweight rewrites rgw right rights ring riser rleft rmi role roles rollout rollouts room root rootless roots rotating
  round route router routine row rows rright rss rtop rule rules run runnable running runs runs-as runtime rxpackets safe same sample
  samples sandbox sanitised sanitises sanitize sanitized sans sar saturate saturated saturation save saved saving scale scan schedinfo
  schedstat scheduled scheduler scheme scope score screen screens script scripts scroll scrollback scrub sdr searched second seconds
  secret secrets section sections secure security see seek seen sees segfault segment segments select selected selection selector selects
  self send sender sends sensor sensors sent sentence sentences separation sequences serial series serif serve served served-by server
  servers serves service session set setmem setting settings several severities severity sha shape share shared shares shd shell shift
  shift-tab shmem short shortest show shown shows shut shutdown shutting side sidecar sidecars sig sign signal signals signature simple
  since single size sizes sizing skew slab slabs slabtop sleeping sleeps slice slot slow slowed slowest slows smallest smartctl smirnov
  smoothed smp snap snapshot snapshots socket sockets soft softirq softirq-hot-cpu softirqs softnet softnet-drops software solid some
  something sometimes soon sooner sort sort-next sort-previous sortbitwise sorted sosreport source sources southbound space span spans
  spare spec speed spend spent spill spillover split spread spreads spreadsheet squeezed src ssh ssh-add ssh-agent ssh-config ssh-dss
  ssh-keygen ssh-rsa sshd stack stacked stacks stage stages stale stall stalled stalls stand standalone standard standby standing stands
  start started starting starts stat state statement states statfs static statistics stats status stay stays stddev steady steal step
  step-back step-forward stepped steps still stime stop stopped stops storage storage-pool store stored stored-on stores storm stp strace
  streak stream streams strength stretched stricthostkeychecking string stringify strings stroke strong strongest sts stt stuck style
  styles sub subject submission subop subsystem subsystems subtable succeed succeeded such sudo sum summary supports surface surplus svg
  swap swap-out swapon swapped swappiness swapping swaps sweep switch switches symbol symptom sync sys sysctl system system-id systemctl
  systemd-detect-virt systeminformation systems tab tab-number table tables tabular tag tail taints take takes talk talks tap taps target
  targets task tasks taskset tbody tcp tell temp temperature temperatures template templates temporary ten term terminal terminals
  terminating terms test text texts than that thawed the thead their them theme then there thermal thermal-throttle thermal-throttling
  these they thinned this those thp thrash thread threads three threshold thresholds throttl throttle throttled throttles throttling
  through throughout thrtl ticket tid tier tile time time-sync-status timed timeline timeout timeouts timer timers times timestamp title
  together toggle toggles tolerates toml too took tool tools top total trace traced tracer traces tracing tracked tracking traffic
  transaction transactions transceiver translate transmit transparent transport tree trend triage tries trim trip trk trouble true
  truncated trust trusted try tsv tunables tuned tuned-adm tunnel tunnels turn twice two txpackets type typed typeof udpif ufid uid unable
  unanswered unavailable unchanged unclear uncommitted uncorrectable uncorrected undefined under undersized uneven unexpected unfound
  unhandled unhealthy unicode uninterruptible unique unit units unix unkillable unknown unless unlike unlock unmounted unpause
  unprivileged unreachable unread unreadable unready unreclaimable unreleased unresponsive unsafe unschedulable unscheduled unset
  unset-group unstable unstyled untagged until unused upcall upcalls updates uplink upper uptime uri usable usage use used user
  userknownhostsfile users userspace uses using usual usually utf util utilisation utime uuid value values vanished var variant vcpu
  vcpu-overcommit vcpuinfo vcpupin vcpus vendor verbose verdict verdicts verification version versions vertical veth vhost via victim
  victims view viewport virsh virtio virtqemud virtual-machine visible vite vlan vms vmstat vocabulary void volume volumes voluntary
  voters vswitch vxlan wait waited waiting waits waits-for wall want wanted warm warn warning warnings warns was wasm watch watchdog
  wawait way wbytes wchan weak web weight well went were what whatever whats wheel when where whether which while white who whole whose
  why wide width window windows wins wip with within without word wording words work worker workers working workload workloads worse worst
  worth would wrap wrapped wraps writable write writeback writes written wrong www xterm yaml yellow yes yet zenpower zfs zombie zone
  zone-reclaim zones`.split(/\s+/),
);
