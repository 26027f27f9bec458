import { lines, toCount, words } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';

/**
 * Connection tracking table of the kernel: count, limit and drops since boot, of the network namespace of the host.
 * https://docs.kernel.org/networking/nf_conntrack-sysctl.html; the statistics are hexadecimal, a line per CPU.
 *
 *     entries  clashres found new invalid ignore delete chainlength insert insert_failed drop early_drop icmp_error …
 *     00000100  00000000 00000000 00000000 00000000 00000000 00000000 00000003 00000000 00000a01 00000a01 0000b7f1 …
 */
export const conntrack = defineSource({
  id: 'conntrack',
  title: 'Kernel conntrack table',
  why: 'Shows connections against the limit of the table, and packets dropped because it is full.',
  everySeconds: 5,
  countsSince: 'boot',
  reads: {
    count: { kind: 'file', path: '/proc/sys/net/netfilter/nf_conntrack_count' },
    most: { kind: 'file', path: '/proc/sys/net/netfilter/nf_conntrack_max' },
    stat: { kind: 'file', path: '/proc/net/stat/nf_conntrack' },
  },
  parse: ({ count, most, stat }): ConntrackTable | undefined => {
    const connections = toCount(words(count ?? '')[0]);
    if (connections === undefined) return undefined;
    return { connections, most: toCount(words(most ?? '')[0]), ...statOf(stat ?? '') };
  },
});

export interface ConntrackTable {
  readonly connections: number;
  /** 0: unlimited. */
  readonly most: number | undefined;
  /** Packets dropped since the kernel could not add a connection. */
  readonly dropped: number | undefined;
  /** Connections evicted to make room while the table was full. */
  readonly evicted: number | undefined;
  /** Connections that could not be added: another had the same addresses and ports, or there was no memory. */
  readonly insertFailed: number | undefined;
  /** Packets that fit no connection. */
  readonly invalid: number | undefined;
}

export type ConntrackStat = Omit<ConntrackTable, 'connections' | 'most'>;

function statOf(text: string): ConntrackStat {
  const [head = '', ...cpus] = lines(text);
  const names = words(head);
  const rows = cpus.map(words).filter((row) => row.length === names.length);
  const total = (name: string): number | undefined => {
    const column = names.indexOf(name);
    const values = rows.map((row) => hex(row[column]));
    return values.length === 0
      ? undefined
      : values.reduce((sum, value) => (sum === undefined || value === undefined ? undefined : sum + value), 0);
  };
  return {
    dropped: total('drop'),
    evicted: total('early_drop'),
    insertFailed: total('insert_failed'),
    invalid: total('invalid'),
  };
}

const hex = (text: string | undefined): number | undefined =>
  text !== undefined && /^[\da-f]{1,12}$/i.test(text) ? Number.parseInt(text, 16) : undefined;
