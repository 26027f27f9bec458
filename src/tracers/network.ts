import { histograms } from './histogram.ts';
import { always, bcc, BTF, KPROBES, libbpf, orPid, script, tracepoint } from './programs.ts';
import { rows, type RowColumn } from './rows.ts';
import type { KeyPart } from './bpftrace-json.ts';
import type { TraceColumn, Tracer } from './tracer.ts';

/** States of include/net/tcp_states.h. */
const STATES = [
  '', 'ESTABLISHED', 'SYN_SENT', 'SYN_RECV', 'FIN_WAIT1', 'FIN_WAIT2', 'TIME_WAIT', 'CLOSE', 'CLOSE_WAIT', 'LAST_ACK',
  'LISTEN', 'CLOSING', 'NEW_SYN_RECV',
] as const; // prettier-ignore

const state = (value: string): string => STATES[Number(value)] ?? value;

/** EtherTypes of linux/if_ether.h. */
const PROTOCOLS: Readonly<Record<string, string>> = {
  2048: 'IPv4',
  34525: 'IPv6',
  2054: 'ARP',
  33024: 'VLAN',
  35020: 'LLDP',
  0: '',
};

const part = (title: string, about: string, text?: KeyPart['text']): KeyPart => ({
  title,
  about,
  ...(text && { text }),
});

const count: TraceColumn = { title: 'COUNT', unit: 'count', about: 'Number while the trace ran.' };

const time: RowColumn = { title: 'TIME', cell: 'word', about: 'Time of the event.', hidden: true };
const pid: RowColumn = {
  title: 'PID',
  cell: 'figure',
  about: 'Process on the CPU; 0 where the kernel worked by itself.',
  hidden: true,
};
const version: RowColumn = { title: 'IP', cell: 'figure', about: 'IP version.', hidden: true };

/*
TIME     PID    IP LADDR:LPORT          T> RADDR:RPORT          STATE
01:55:05 0      4  10.153.223.157:22    R> 69.53.245.40:34619   ESTABLISHED
*/
const tcpretrans = rows({
  title: 'Retransmits by connection',
  columns: [
    time,
    pid,
    version,
    { title: 'LOCAL', cell: 'word', about: 'Local address and port.' },
    { title: 'T', cell: 'word', about: 'R> retransmit, L> tail loss probe.' },
    { title: 'REMOTE', cell: 'word', about: 'Remote address and port.' },
    { title: 'STATE', cell: 'word', about: 'State of the connection.' },
  ],
  sort: 'COUNT',
  fold: true,
});

/*
TIME     PID    IP SADDR:SPORT          > DADDR:DPORT          STATE (FLAGS)
20:49:06 0      4  10.32.119.56:443     > 10.66.65.252:22912   CLOSE (ACK)
*/
const tcpdrop = rows({
  title: 'Dropped segments',
  line: /^\S+\s+\d+\s+\d\s+(\S+)\s+>\s+(\S+)\s+(\S+) \((\S*)\)/,
  columns: [
    { title: 'FROM', cell: 'word', about: 'Source address and port.' },
    { title: 'TO', cell: 'word', about: 'Destination address and port.' },
    { title: 'STATE', cell: 'word', about: 'State of the connection.' },
    { title: 'FLAGS', cell: 'word', about: 'TCP flags of the segment.' },
  ],
  sort: 'COUNT',
  fold: true,
});

/*
PID    COMM         IP SADDR            DADDR            DPORT LAT(ms)
32151  isc-worker00 4  10.0.2.15        8.8.8.8          53    0.46
*/
const tcpconnlat = rows({
  title: 'Connects, slowest first',
  columns: [
    pid,
    { title: 'COMMAND', cell: 'words', about: 'Command that connected.' },
    version,
    { title: 'FROM', cell: 'word', about: 'Local address.' },
    { title: 'TO', cell: 'word', about: 'Remote address.' },
    { title: 'PORT', cell: 'figure', about: 'Remote port.' },
    { title: 'LATENCY', cell: 'figure', unit: 'ms', about: 'Time from the SYN to the reply.' },
  ],
  sort: 'LATENCY',
});

export const networkTracers: readonly Tracer[] = [
  {
    id: 'skb-drops',
    question: 'packets that the kernel drops, by its drop reason and function',
    cost: 'about 1 µs of CPU per dropped packet; none for others',
    seconds: 10,
    programs: [
      script(
        [tracepoint('skb/kfree_skb', 'reason')],
        {
          '@drops': {
            kind: 'table',
            title: 'Dropped packets',
            keys: [
              part('FUNCTION', 'Kernel function that dropped the packet.'),
              part(
                'REASON',
                "The kernel's drop reason.",
                (value, { symbol }) => symbol('skb/kfree_skb', 'reason', Number(value)) ?? value,
              ),
              part('PROTOCOL', 'EtherType.', (value) => PROTOCOLS[value] ?? value),
            ],
            value: count,
          },
        },
        'tracepoint:skb:kfree_skb { @drops[ksym(args->location), args->reason, args->protocol] = count(); }',
      ),
    ],
  },
  {
    id: 'tcpdrop',
    question: 'TCP segments that the kernel drops, by connection and state',
    cost: 'about 5 µs of CPU per dropped segment; none for others',
    seconds: 10,
    programs: [bcc('tcpdrop', always(), tcpdrop)],
  },
  {
    id: 'tcpretrans',
    question: 'TCP retransmits, by connection and state',
    cost: 'about 1 µs of CPU per retransmit',
    seconds: 10,
    programs: [
      script(
        [tracepoint('tcp/tcp_retransmit_skb', 'family')],
        {
          '@retransmits': {
            kind: 'table',
            title: 'Retransmits by connection',
            keys: [
              part('LOCAL', 'Local address.'),
              part('LOCAL PORT', 'Local port.'),
              part('REMOTE', 'Remote address.'),
              part('REMOTE PORT', 'Remote port.'),
              part('STATE', 'State of the connection.', state),
            ],
            value: count,
          },
        },
        `tracepoint:tcp:tcp_retransmit_skb {
           if (args->family == 2) { @retransmits[ntop(args->saddr), args->sport, ntop(args->daddr), args->dport, args->state] = count(); }
           else { @retransmits[ntop(args->saddr_v6), args->sport, ntop(args->daddr_v6), args->dport, args->state] = count(); } }`,
      ),
      bcc('tcpretrans', always(), tcpretrans),
    ],
  },
  {
    id: 'tcpsynbl',
    question: 'fill of accept queues at each new connection, by limit of the listener',
    cost: 'about 1 µs of CPU per accepted connection',
    seconds: 10,
    programs: [
      libbpf('tcpsynbl', always(), histograms, [KPROBES]),
      script(
        [BTF, KPROBES],
        { '@backlog': { kind: 'histogram', unit: 'count', of: (limit) => `backlog_max ${limit}` } },
        `kprobe:tcp_v4_syn_recv_sock, kprobe:tcp_v6_syn_recv_sock {
           $sock = (struct sock *)arg0; @backlog[$sock->sk_max_ack_backlog] = hist($sock->sk_ack_backlog); }`,
      ),
      bcc('tcpsynbl', always(), histograms),
    ],
  },
  {
    id: 'tcpconnlat',
    question: 'how long outgoing TCP connects take, by program and destination',
    cost: 'about 2 µs of CPU per connect',
    seconds: 10,
    programs: [
      script(
        [tracepoint('sock/inet_sock_set_state', 'protocol', 'family')],
        {
          '@to': {
            kind: 'table',
            title: 'Connects by destination',
            keys: [
              part('COMMAND', 'Command that connected.'),
              part('TO', 'Remote address.'),
              part('PORT', 'Remote port.'),
              part('RESULT', 'State that followed: ESTABLISHED, or CLOSE where it was refused or gave up.', state),
            ],
            value: { title: 'MEAN', unit: 'us', about: 'Mean time from the SYN to the reply.' },
          },
          '@us': { kind: 'histogram', unit: 'us' },
        },
        `tracepoint:sock:inet_sock_set_state /args->protocol == 6 && args->newstate == 2/ { @s[args->skaddr] = nsecs; @c[args->skaddr] = comm; }
         tracepoint:sock:inet_sock_set_state /args->protocol == 6 && args->oldstate == 2 && @s[args->skaddr] != 0/ {
           $us = (nsecs - @s[args->skaddr]) / 1000; @us = hist($us);
           if (args->family == 2) { @to[@c[args->skaddr], ntop(args->daddr), args->dport, args->newstate] = stats($us); }
           else { @to[@c[args->skaddr], ntop(args->daddr_v6), args->dport, args->newstate] = stats($us); }
           delete(@s[args->skaddr]); delete(@c[args->skaddr]); }
         END { clear(@s); clear(@c); }`,
      ),
      libbpf('tcpconnlat', orPid(), tcpconnlat, [KPROBES]),
      bcc('tcpconnlat', orPid(), tcpconnlat),
    ],
  },
];
