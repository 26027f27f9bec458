import { retransmits } from '../../entities/network/tcp.ts';
import { count, percent, plural, span } from '../../lib/units.ts';
import { connections, type Connections } from '../../sources/network/connections.ts';
import { listeners } from '../../sources/network/queues.ts';
import { protocolCounters, protocolRate } from '../../sources/network/protocols.ts';
import { grade, limits } from '../../thresholds.ts';
import { counterEvents } from '../../timeline/last-event.ts';
import { delta, type Seen } from '../../timeline/moment.ts';
import { overLast } from '../../timeline/window.ts';
import { thisHost } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

const WINDOW_SECONDS = 10;
const LEAST_SECONDS = 1.5;
const common = { entity: thisHost, subjectVocabulary: 'fixed', pane: 'network' } as const;

/** Share of TCP segments that are sent again: loss on the path, or an MTU that does not fit. */
export const tcpRetransmits = defineFinding({
  id: 'tcp-retransmits',
  title: 'TCP retransmits',
  needs: { protocolCounters },
  authority: 'hotsos: above 1 % of segments sent; 5 % is [own]; meaning: networking/snmp_counter.rst',
  judge: (moment): readonly Found[] => {
    const rate = retransmits(overLast(moment.protocolCounters, WINDOW_SECONDS, LEAST_SECONDS));
    const severity = grade(rate?.sharePct, limits.tcpRetransmitPct);
    if (!rate || (severity !== 'warn' && severity !== 'crit')) return [];
    const byTimer = (rate.timeoutsPerSec ?? 0) > rate.perSec / 2;
    return [
      {
        ...common,
        severity,
        subject: 'tcp',
        sentence: `${percent(rate.sharePct)} of segments retransmitted, ${count(rate.perSec)}/s${byTimer ? ', most by timeout' : ''}`,
        evidence: [
          { what: 'RetransSegs', value: `${count(rate.perSec)}/s`, source: '/proc/net/snmp Tcp' },
          { what: 'TCPTimeouts', value: `${count(rate.timeoutsPerSec)}/s`, source: '/proc/net/netstat TcpExt' },
          { what: 'TCPRetransFail', value: `${count(rate.failedPerSec)}/s`, source: '/proc/net/netstat TcpExt' },
        ],
        next: byTimer
          ? 'list stuck connections: `ss -tino state established`, then check the MTU of the path'
          : 'open Network, sort links by drops and errors; `ss -ti` names the peers that lose',
      },
    ];
  },
});

/** Listener whose accept queue is full: the kernel drops the connection, the client retries for seconds. */
export const listenOverflow = defineFinding({
  id: 'listen-overflow',
  title: 'Accept queue full',
  needs: { protocolCounters, listeners },
  authority: 'kernel: ListenOverflows, a connection dropped since the accept queue of its listener is full',
  judge: ({ protocolCounters: seen, listeners: open }): readonly Found[] => {
    const dropped = counterEvents(seen, (sample) => sample?.get('TcpExt ListenOverflows'), 60);
    const full = [...(open.now?.items ?? [])]
      .filter(({ waiting, backlog }) => backlog > 0 && waiting >= backlog * (limits.acceptQueuePct.warn / 100))
      .toSorted((a, b) => b.waiting / b.backlog - a.waiting / a.backlog);
    const isDropping = dropped.ageSeconds !== undefined && dropped.ageSeconds <= 15;
    if (!isDropping && full.length === 0) return [];
    const [worst] = full;
    const where = worst
      ? `port ${worst.port}: ${worst.waiting} of ${worst.backlog} waiting`
      : 'its listener has emptied';
    return [
      {
        ...common,
        severity: isDropping ? 'crit' : 'warn',
        subject: 'accept queue',
        sentence: isDropping
          ? `full, ${plural(dropped.count, 'connection')} dropped in ${span(dropped.watchedSeconds)}, ${where}`
          : `nearly full, ${where}`,
        evidence: [
          {
            what: 'ListenOverflows',
            value: `${dropped.count} in ${span(dropped.watchedSeconds)}`,
            source: '/proc/net/netstat TcpExt',
          },
          ...full.slice(0, 4).map(({ address, port, waiting, backlog }) => ({
            what: `${address}:${port}`,
            value: `${waiting} of ${backlog} waiting`,
            source: 'sock_diag',
          })),
        ],
        next: 'open Network, Listeners: its process does not accept; look at its threads, then somaxconn',
      },
    ];
  },
});

/** Datagrams dropped since the socket's buffer is full: the program reads too slowly, or the buffer is small. */
export const udpDrops = defineFinding({
  id: 'udp-drops',
  title: 'UDP buffers full',
  needs: { protocolCounters, connections },
  authority: '[own]: 1/s; meaning: networking/snmp_counter.rst, UdpRcvbufErrors',
  judge: (moment): readonly Found[] => {
    const seen = overLast(moment.protocolCounters, WINDOW_SECONDS, LEAST_SECONDS);
    const [socket, ...others] = dropping(moment.connections);
    // Drops of IPv6 are in no counter of /proc/net/snmp.
    const bySockets = [socket, ...others].reduce((sum, one) => sum + (one?.perSec ?? 0), 0);
    const received = Math.max(protocolRate(seen, 'Udp RcvbufErrors') ?? 0, bySockets);
    const sent = protocolRate(seen, 'Udp SndbufErrors') ?? 0;
    if (received < limits.udpDropsPerSec.warn && sent < limits.udpDropsPerSec.warn) return [];
    return [
      {
        ...common,
        severity: 'warn',
        subject: 'udp',
        sentence:
          received >= sent
            ? `receive buffers full, ${count(received)} drops/s${socket ? `, port ${socket.port}` : ''}`
            : `send buffers full, ${count(sent)} drops/s`,
        evidence: [
          { what: 'RcvbufErrors', value: `${count(received)}/s`, source: '/proc/net/snmp Udp' },
          { what: 'SndbufErrors', value: `${count(sent)}/s`, source: '/proc/net/snmp Udp' },
          ...(socket
            ? [socket, ...others].slice(0, 4).map(({ address, port, perSec }) => ({
                what: `${address}:${port}`,
                value: `${count(perSec)} drops/s`,
                source: '/proc/net/udp',
              }))
            : []),
        ],
        next: socket
          ? `name its process: \`ss -uanmp sport = :${socket.port}\`; it reads too slowly, or net.core.rmem_max is small`
          : 'name the socket: `ss -uanm` (d of skmem counts its drops); then its process, then net.core.rmem_max',
      },
    ];
  },
});

/** UDP sockets that drop, the most first. */
function dropping({ now, before, seconds }: Seen<Connections | undefined>) {
  const earlier = new Map(before?.udp.map((socket) => [socket.inode, socket.drops]));
  return (now?.udp ?? [])
    .flatMap(({ address, port, inode, drops }) => {
      const perSec = delta(drops, earlier.get(inode), seconds);
      return perSec === undefined || perSec === 0 ? [] : [{ address, port, perSec }];
    })
    .toSorted((a, b) => b.perSec - a.perSec);
}

/** Packets dropped since their source has no route back over the interface that they came in by. */
export const reversePath = defineFinding({
  id: 'reverse-path-drops',
  title: 'Packets dropped by rp_filter',
  needs: { protocolCounters },
  authority: '[own]: 1/s; kernel: ip-sysctl.rst, rp_filter',
  judge: (moment): readonly Found[] => {
    const rate = protocolRate(
      overLast(moment.protocolCounters, WINDOW_SECONDS, LEAST_SECONDS),
      'TcpExt IPReversePathFilter',
    );
    if (rate === undefined || rate < limits.reversePathPerSec.warn) return [];
    return [
      {
        ...common,
        severity: 'warn',
        subject: 'rp_filter',
        sentence: `${count(rate)} packets/s dropped, source not routed back over their interface`,
        evidence: [{ what: 'IPReversePathFilter', value: `${count(rate)}/s`, source: '/proc/net/netstat TcpExt' }],
        next: 'open Kernel log, filter `martian`; check asymmetric routes, or set rp_filter=2 on that interface',
      },
    ];
  },
});
