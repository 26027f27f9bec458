import { count } from '../../lib/units.ts';
import { protocolRate, type CountersSeen } from '../../sources/network/protocols.ts';
import type { NothingWords } from '../../timeline/reading-state.ts';
import { countColumn, textColumn } from '../../ui/kit/columns.ts';
import type { Column, TableSection } from '../pane.ts';

export interface CounterRow {
  /** `TcpExt ListenOverflows`, as nstat(8) has it without the blank. */
  readonly name: string;
  readonly perSec: number | undefined;
  readonly total: number;
}

/** Counters of loss without a meaning below, as of newer kernels. */
const LOSS = /drop|fail|err|prune|overflow|abort|csum|discard/i;

/** Meaning of the counters of loss, delay and refusals. Documentation/networking/snmp_counter.rst, RFC 1213. */
const MEANINGS: Readonly<Record<string, string>> = {
  'Icmp InDestUnreachs': 'destination unreachable received: a peer, router or firewall refuses',
  'Icmp OutDestUnreachs': 'destination unreachable sent: no listener on a UDP port, or no route',
  'Icmp InTimeExcds': 'TTL exceeded received: a routing loop',
  'Ip InAddrErrors': 'packets to an address that is not of this host',
  'Ip InDiscards': 'received packets dropped, no memory',
  'Ip OutDiscards': 'sent packets dropped: neighbour table full, queue full',
  'Ip OutNoRoutes': 'no route to the destination',
  'Ip ReasmFails': 'fragments not reassembled in time',
  'Ip FragFails': 'packets larger than the MTU with DF',
  'IpExt InCsumErrors': 'IP header damaged',
  'Tcp AttemptFails': 'connections that did not open',
  'Tcp EstabResets': 'open connections that were reset',
  'Tcp InCsumErrors': 'TCP segments damaged on the way',
  'Tcp InErrs': 'TCP segments not valid',
  'Tcp OutRsts': 'resets sent: no listener, or closed with unread data',
  'Tcp RetransSegs': 'segments sent again',
  'TcpExt ListenDrops': 'connections dropped at a listener, for all reasons',
  'TcpExt ListenOverflows': 'connections dropped, accept queue full',
  'TcpExt OutOfWindowIcmps': 'ICMP errors outside of the window: stale or forged',
  'TcpExt PAWSEstab': 'segments with an old time stamp: NAT, or a peer that changed its clock',
  'TcpExt PruneCalled': 'receive buffers pruned, program reads slowly',
  'TcpExt RcvPruned': 'segments dropped, receive buffer full',
  'TcpExt OfoPruned': 'out-of-order segments dropped, receive buffer full',
  'TcpExt SyncookiesFailed': 'SYN cookies that were not valid',
  'TcpExt SyncookiesSent': 'SYN queue full, cookies sent',
  'TcpExt TCPAbortOnMemory': 'connections ended, tcp_mem full',
  'TcpExt TCPAbortOnTimeout': 'connections ended, no acknowledgement',
  'TcpExt TCPBacklogDrop': 'segments dropped, backlog of a socket full',
  'TcpExt TCPDSACKRecv': 'peer had the segment already: sent again too early',
  'TcpExt TCPLostRetransmit': 'retransmits that were lost too',
  'TcpExt TCPMemoryPressures': 'TCP memory above its pressure limit (tcp_mem)',
  'TcpExt TCPOFOQueue': 'segments that came out of order',
  'TcpExt TCPRcvQDrop': 'segments dropped, receive queue full',
  'TcpExt TCPReqQFullDrop': 'connections dropped, SYN queue full',
  'TcpExt TCPRetransFail': 'retransmits that this host could not send: MTU, queue',
  'TcpExt TCPSpuriousRTOs': 'timeouts that were too early: delay, not loss',
  'TcpExt TCPSynRetrans': 'SYNs sent again: peer does not reply',
  'TcpExt TCPTimeouts': 'retransmits by a timer: peer or path is silent',
  'TcpExt TCPZeroWindowDrop': 'segments dropped, window of this host closed',
  'TcpExt IPReversePathFilter': 'dropped by rp_filter',
  'Udp InCsumErrors': 'datagrams damaged on the way',
  'Udp InErrors': 'datagrams dropped, for all reasons',
  'Udp NoPorts': 'datagrams to a port without a socket',
  'Udp RcvbufErrors': 'datagrams dropped, receive buffer full',
  'Udp SndbufErrors': 'datagrams not sent, send buffer full',
};

/** Counters of loss, delay and refusals of the host's network namespace that are not 0. */
export const counterRows = (seen: CountersSeen): readonly CounterRow[] =>
  [...(seen.now ?? [])]
    .filter(([name, total]) => total > 0 && (Object.hasOwn(MEANINGS, name) || LOSS.test(name)))
    .map(([name, total]) => ({ name, perSec: protocolRate(seen, name), total }));

const columns: readonly Column<CounterRow>[] = [
  { id: 'counter', title: 'COUNTER', about: 'Group and name as in /proc/net/snmp and netstat; nstat writes them without the blank.', width: 26, widest: 34, rank: 0, value: ({ name }) => name },
  countColumn({ id: 'rate', title: '/s', about: 'Per second, over 10 s.', width: 7, rank: 0, zero: '·', value: ({ perSec }) => perSec }),
  countColumn({ id: 'total', title: 'SINCE BOOT', about: 'Since the host was started.', width: 10, rank: 0, value: ({ total }) => total }),
  textColumn({ id: 'meaning', title: 'MEANING', about: 'Meaning, by Documentation/networking/snmp_counter.rst.', vocabulary: 'fixed', width: 30, grow: true, rank: 1, value: ({ name }) => MEANINGS[name] }),
]; // prettier-ignore

export const countersSection = (rows: readonly CounterRow[], empty: NothingWords): TableSection<CounterRow> => ({
  kind: 'table',
  id: 'counters',
  title: 'Loss counters',
  // Without rows the table states whether none is above 0, or none was read.
  ...(rows.length > 0 && { note: count(rows.length) }),
  sources: ['protocol-counters'],
  columns,
  rows,
  key: ({ name }) => name,
  sort: { column: 'rate', descending: true },
  empty,
  minRows: 3,
});
