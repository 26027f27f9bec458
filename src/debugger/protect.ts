/** Process to be traced. */
export interface Candidate {
  readonly pid: number;
  /** comm, cut at 15 characters. */
  readonly name: string;
  /** Arguments with blanks between them. */
  readonly commandLine: string;
}

/** `free`: plain confirmation; `typed`: its name must be typed; `refused`: not offered. */
export type Protection =
  | { readonly level: 'free' }
  | { readonly level: 'typed'; readonly reason: string }
  | { readonly level: 'refused'; readonly reason: string };

interface Rule {
  readonly name: RegExp;
  readonly reason: string;
}

/** Effects of a stop of a second or two. First match wins; names are cut at 15 characters. */
const rules: readonly Rule[] = [
  { name: /^ceph-osd$/, reason: 'its peers report it down after missed heartbeats, and its clients block' },
  { name: /^ceph-(mon|mgr|mds)$/, reason: 'the Ceph cluster may hold an election, and CephFS clients block' },
  {
    name: /^(qemu.*|kvm|CPU \d+\/KVM)$/,
    reason: 'the whole guest stops: its clock, network and cluster membership',
  },
  { name: /^(libvirtd|virt[a-z]+d)$/, reason: 'no guest on this host can be managed or migrated meanwhile' },
  { name: /^ovs-vswitchd$/, reason: 'upcalls for new flows of all guests and containers wait' },
  {
    name: /^(ovsdb-server|ovn-.*)$/,
    reason: 'the virtual network cannot change meanwhile, and a RAFT cluster may hold an election',
  },
  { name: /^kubelet$/, reason: 'the node turns NotReady when its lease expires, and pods may be evicted' },
  { name: /^(kube-.*|k3s.*|cluster-api.*)$/, reason: 'the control plane of the Kubernetes cluster blocks' },
  { name: /^etcd$/, reason: 'the cluster elects a leader within about a second' },
  {
    name: /^(containerd.*|dockerd|crio|conmon|podman|lxd|incusd|lxc.*)$/,
    reason: 'container operations on this host block',
  },
  {
    name: /^(mysqld|mariadbd?|postgres|postmaster|mongod|redis-server|beam\.smp|java)$/,
    reason: 'clients block, and a cluster may fail over',
  },
  {
    name: /^(corosync|pacemaker.*|keepalived|haproxy|memcached)$/,
    reason: 'the cluster may fail over or fence this host',
  },
  {
    name: /^(systemd|systemd-journal|systemd-journald|systemd-logind|dbus-daemon|dbus-broker.*)$/,
    reason: 'services that log to it or call it block; logins may hang',
  },
  {
    name: /^(sshd|sshd-session|systemd-network|systemd-resolve|NetworkManager|dhclient)$/,
    reason: 'logins and the network of this host depend on it',
  },
  {
    name: /^(multipathd|iscsid|nfsd|rpcbind|watchdog|wd_keepalive)$/,
    reason: 'storage, or the watchdog that resets this host, depends on it',
  },
];

/** Programs with the comm of an interpreter or a thread, matched by command line. */
const byCommandLine =
  /^\S*\/?((?:qemu-[a-z0-9-]+)|rabbitmq\S*|(?:kube-[a-z-]+))(?:\s|$)|rabbit@|org\.apache\.cassandra/;

/** Protection of a process. `ours` are the processes that carry this session: a stop would freeze the connection that ends it. */
export function protectionOf(process: Candidate, ours: ReadonlySet<number>): Protection {
  if (ours.has(process.pid))
    return { level: 'refused', reason: 'it carries this session: a stop would freeze this screen' };
  if (process.pid === 1) return { level: 'typed', reason: 'it is pid 1: everything on this host depends on it' };
  const rule = rules.find(({ name }) => name.test(process.name));
  if (rule) return { level: 'typed', reason: rule.reason };
  return byCommandLine.test(process.commandLine)
    ? { level: 'typed', reason: 'other processes depend on it, and a cluster may declare it dead' }
    : { level: 'free' };
}

/** Our programs and their ancestors: sudo, shell, the sshd of our session, but not the listening sshd. */
export function ownProcesses(
  table: ReadonlyMap<number, { readonly parentPid: number; readonly commandLine: string }>,
  ownPids: readonly number[],
): ReadonlySet<number> {
  const ours = new Set<number>();
  for (const start of ownPids) {
    for (let pid = start; pid > 1 && !ours.has(pid);) {
      const process = table.get(pid);
      if (process && /^sshd: .*\[listener\]/.test(process.commandLine)) break;
      ours.add(pid);
      pid = process?.parentPid ?? 0;
    }
  }
  return ours;
}
