import { lines, toCount, words } from '../../lib/lines.ts';
import type { Seen } from '../../timeline/moment.ts';
import { delta } from '../../timeline/moment.ts';
import { defineSource } from '../source.ts';

/** Counters by group and name (`Tcp RetransSegs`, `TcpExt ListenOverflows`), since boot. */
export type ProtocolCounters = ReadonlyMap<string, number>;

/**
 * Protocol counters of the host's network namespace: proc_net(5); names of RFC 1213 and Documentation/networking/snmp_counter.rst.
 *
 *     Tcp: RtoAlgorithm RtoMin … OutSegs RetransSegs InErrs OutRsts InCsumErrors
 *     Tcp: 1 200 … 10871 351 0 7 0
 */
export const protocolCounters = defineSource({
  id: 'protocol-counters',
  title: 'TCP, UDP and IP counters',
  why: 'Shows retransmits, full accept queues, dropped datagrams and reassembly failures.',
  everySeconds: 2,
  value: 'high',
  reads: {
    snmp: { kind: 'file', path: '/proc/net/snmp' },
    netstat: { kind: 'file', path: '/proc/net/netstat' },
    sockstat: { kind: 'file', path: '/proc/net/sockstat' },
  },
  parse: ({ snmp, netstat, sockstat }): ProtocolCounters | undefined =>
    snmp === undefined && netstat === undefined
      ? undefined
      : new Map([...pairs(snmp ?? ''), ...pairs(netstat ?? ''), ...socketCounts(sockstat ?? '')]),
});

/** Lines of names and of values, in turn. */
function* pairs(text: string): Iterable<readonly [string, number]> {
  const all = lines(text);
  for (let i = 0; i + 1 < all.length; i += 2) {
    const [group = '', ...names] = words(all[i] ?? '');
    const [same, ...values] = words(all[i + 1] ?? '');
    if (same !== group) continue;
    for (const [at, name] of names.entries()) {
      const value = toCount(values[at]);
      if (value !== undefined) yield [`${group.replace(':', '')} ${name}`, value];
    }
  }
}

/** `TCP: inuse 14 orphan 0 tw 3 alloc 27 mem 4` → `TCP inuse` …; mem is in pages. */
function* socketCounts(text: string): Iterable<readonly [string, number]> {
  for (const line of lines(text)) {
    const [group = '', ...rest] = words(line);
    for (let i = 0; i + 1 < rest.length; i += 2) {
      const value = toCount(rest[i + 1]);
      if (value !== undefined) yield [`${group.replace(':', '')} ${rest[i]}`, value];
    }
  }
}

/** Counters at two times. */
export type CountersSeen = Pick<Seen<ProtocolCounters | undefined>, 'now' | 'before' | 'seconds'>;

/** Rate of a counter. */
export const protocolRate = (seen: CountersSeen, name: string): number | undefined =>
  delta(seen.now?.get(name), seen.before?.get(name), seen.seconds);
