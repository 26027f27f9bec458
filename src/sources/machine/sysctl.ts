import { lines } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';

/**
 * Settings below /proc/sys that a running host is tuned by: proc_sys(5). Left out are files with secrets (tcp_fastopen_key), side
 * effects (vm.stat_refresh) and values that the kernel itself moves (nf_conntrack_count).
 *
 *     /proc/sys/vm/swappiness: 60
 */
export const sysctl = defineSource({
  id: 'sysctl',
  title: 'Kernel settings',
  why: 'Shows settings of memory, network and limits (sysctl) that were changed while it was watched.',
  everySeconds: 60,
  reads: {
    vm: { kind: 'glob', pattern: '/proc/sys/vm/[e-rt-z]*' },
    swappiness: { kind: 'file', path: '/proc/sys/vm/swappiness' },
    dirty: { kind: 'glob', pattern: '/proc/sys/vm/dirty_*' },
    core: { kind: 'glob', pattern: '/proc/sys/net/core/[a-z]*mem_*' },
    backlog: { kind: 'glob', pattern: '/proc/sys/net/core/*backlog*' },
    tcp: { kind: 'glob', pattern: '/proc/sys/net/ipv4/tcp_[a-eg-z]*' },
    tcpF: { kind: 'glob', pattern: '/proc/sys/net/ipv4/tcp_f[i-z]*' },
    ip: { kind: 'glob', pattern: '/proc/sys/net/ipv4/ip_[a-z]*' },
    conntrack: { kind: 'glob', pattern: '/proc/sys/net/netfilter/nf_conntrack_[a-bd-z]*' },
    limits: { kind: 'glob', pattern: '/proc/sys/fs/*-max' },
    pids: { kind: 'file', path: '/proc/sys/kernel/pid_max' },
    threads: { kind: 'file', path: '/proc/sys/kernel/threads-max' },
  },
  parse: ({ swappiness, pids, threads, ...globs }): { readonly settings: ReadonlyMap<string, string> } => ({
    settings: new Map(
      [
        ...Object.values(globs).flatMap((files) => [...(files ?? [])]),
        ['/proc/sys/vm/swappiness', swappiness] as const,
        ['/proc/sys/kernel/pid_max', pids] as const,
        ['/proc/sys/kernel/threads-max', threads] as const,
      ].flatMap(([path, text]): [string, string][] =>
        text === undefined ? [] : [[nameOf(path), lines(text).join(' ').replaceAll(/\s+/g, ' ').trim()]],
      ),
    ),
  }),
  weightKiB: ({ settings }: { readonly settings: ReadonlyMap<string, string> }) => settings.size * 0.1,
});

/** `/proc/sys/net/ipv4/tcp_rmem` → `net.ipv4.tcp_rmem`. */
const nameOf = (path: string): string => path.slice('/proc/sys/'.length).replaceAll('/', '.');
