/** What is known of a process that somebody wants to trace; names are as the kernel has them. */
export interface Candidate {
  readonly pid: number;
  /** comm, at most 15 characters. */
  readonly name: string;
  /** Arguments with blanks between them. */
  readonly commandLine: string;
}

/** `free`: asked as always; `typed`: its name must be typed; `refused`: not with our help. */
export type Protection =
  | { readonly level: 'free' }
  | { readonly level: 'typed'; readonly reason: string }
  | { readonly level: 'refused'; readonly reason: string };

interface Rule {
  readonly name: RegExp;
  readonly reason: string;
}

/** What happens to others when the process stands still for a second or two. First match wins; names are cut at 15. */
const rules: readonly Rule[] = [
  { name: /^ceph-osd$/, reason: 'its peers report it down after a few missed heartbeats, and its clients wait' },
  { name: /^ceph-(mon|mgr|mds)$/, reason: 'the Ceph cluster may hold an election, and clients of a file system wait' },
  {
    name: /^(qemu.*|kvm|CPU \d+\/KVM)$/,
    reason: 'a whole guest stands still: its clock, its network, its cluster role',
  },
  { name: /^(libvirtd|virt[a-z]+d)$/, reason: 'no guest on this host can be managed or migrated meanwhile' },
  { name: /^ovs-vswitchd$/, reason: 'new network flows of every guest and container wait for it' },
  { name: /^(ovsdb-server|ovn-.*)$/, reason: 'the virtual network cannot change meanwhile, and a cluster may elect' },
  { name: /^kubelet$/, reason: 'the node is reported NotReady when its lease runs out, and pods may be moved' },
  { name: /^(kube-.*|k3s.*|cluster-api.*)$/, reason: 'the control plane of the Kubernetes cluster waits' },
  { name: /^etcd$/, reason: 'the cluster elects a leader within about a second' },
  {
    name: /^(containerd.*|dockerd|crio|conmon|podman|lxd|incusd|lxc.*)$/,
    reason: 'containers on this host wait for it',
  },
  {
    name: /^(mysqld|mariadbd?|postgres|postmaster|mongod|redis-server|beam\.smp|java)$/,
    reason: 'clients wait, and a cluster may fail over',
  },
  {
    name: /^(corosync|pacemaker.*|keepalived|haproxy|memcached)$/,
    reason: 'the cluster may fail over or fence this host',
  },
  {
    name: /^(systemd|systemd-journal|systemd-journald|systemd-logind|dbus-daemon|dbus-broker.*)$/,
    reason: 'services that log to it or ask it wait; logins may hang',
  },
  {
    name: /^(sshd|sshd-session|systemd-network|systemd-resolve|NetworkManager|dhclient)$/,
    reason: 'logins and the network of this host hang on it',
  },
  {
    name: /^(multipathd|iscsid|nfsd|rpcbind|watchdog|wd_keepalive)$/,
    reason: 'storage, or the watchdog that resets this host, depends on it',
  },
];

/** Programs that run under a name of their interpreter or a thread: looked for in the command line too. */
const byCommandLine =
  /^\S*\/?((?:qemu-[a-z0-9-]+)|rabbitmq\S*|(?:kube-[a-z-]+))(?:\s|$)|rabbit@|org\.apache\.cassandra/;

/**
 * May it be traced, and what must be asked first? `ours` are the processes through which we see the host: stopping one
 * of them would freeze the very line that lets it go.
 */
export function protectionOf(process: Candidate, ours: ReadonlySet<number>): Protection {
  if (ours.has(process.pid))
    return { level: 'refused', reason: 'it carries our own session: stopping it would freeze this screen' };
  if (process.pid === 1)
    return { level: 'typed', reason: 'it is the first process: everything on this host hangs on it' };
  const rule = rules.find(({ name }) => name.test(process.name));
  if (rule) return { level: 'typed', reason: rule.reason };
  return byCommandLine.test(process.commandLine)
    ? { level: 'typed', reason: 'others wait for it, and a cluster may take it for dead' }
    : { level: 'free' };
}

/** Our own programs and all that they hang on: sudo, shell, the sshd of our session, but not the sshd that listens. */
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
