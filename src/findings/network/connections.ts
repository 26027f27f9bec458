import { addressPort, portsPct, stuckPeer, type StuckPeer } from '../../entities/network/peers.ts';
import { bytes, percent, plural } from '../../lib/units.ts';
import { connections } from '../../sources/network/connections.ts';
import { grade, limits } from '../../thresholds.ts';
import { thisHost } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** Connections from which a peer is more than one that went. */
const CRITICAL = 5;
/** Peers that are named; the rest is in the pane. */
const MOST_NAMED = 5;

const common = { entity: thisHost, pane: 'network' } as const;

const sentenceOf = ({ how, stuck, resent, unackedBytes }: StuckPeer): string => {
  if (how === 'does not open') return `${plural(stuck, 'connection')} in SYN-SENT, SYN sent ${(resent ?? 0) + 1} times without a reply`; // prettier-ignore
  if (how === 'window closed') return `${plural(stuck, 'connection')} with a closed window: its program does not read`;
  return `${plural(stuck, 'connection')} not acknowledged, retransmitted ${resent} times, ${bytes(unackedBytes)} unacked`;
};

const NEXT: Readonly<Record<StuckPeer['how'], string>> = {
  'does not open': 'check that its host is up and a firewall on the path drops nothing: open Network, Peers',
  'not acknowledged': 'open Network, Peers, ↵: RTO, path MTU and RTT; then its host, the path, and a smaller MTU there',
  'window closed': 'look at the program on the peer: it takes no data; open Network, Peers, ↵ for its connections',
};

/** Peer that this host connects to and that does not reply, does not acknowledge, or does not read. */
export const peerUnresponsive = defineFinding({
  id: 'peer-unresponsive',
  title: 'Peer does not respond',
  needs: { connections },
  authority: '[own]: 3 s without an acknowledgement, crit from 5 connections; RFC 6298, tcp(7) tcp_retries2',
  judge: ({ connections: { now, before } }): readonly Found[] =>
    (now?.peers ?? [])
      .flatMap((peer) => stuckPeer(peer, before) ?? [])
      .toSorted((a, b) => b.stuck - a.stuck)
      .slice(0, MOST_NAMED)
      .map((peer): Found => ({
        ...common,
        severity: peer.stuck >= CRITICAL && peer.how !== 'window closed' ? 'crit' : 'warn',
        condition: addressPort(peer.address, peer.port),
        subject: addressPort(peer.address, peer.port),
        sentence: sentenceOf(peer),
        evidence: [
          { what: 'connections', value: `${peer.sockets}, ${peer.established} established`, source: 'sock_diag' },
          ...(peer.resent === undefined ? [] : [{ what: 'retransmits', value: String(peer.resent), source: 'sock_diag' }]), // prettier-ignore
          { what: 'unacknowledged', value: bytes(peer.unackedBytes), source: 'sock_diag' },
        ],
        next: NEXT[peer.how],
      })),
});

/** Destination to which nearly all ephemeral ports are in use: connect(2) fails with EADDRNOTAVAIL, and no counter shows it. */
export const portsExhausted = defineFinding({
  id: 'ports-exhausted',
  title: 'Local ports run out',
  needs: { connections },
  authority: limits.ephemeralPortsPct.authority,
  judge: ({ connections: { now } }): readonly Found[] =>
    (now?.ports ?? []).flatMap((use): Found[] => {
      const usedPct = now && portsPct(use, now);
      const severity = grade(usedPct, limits.ephemeralPortsPct);
      if (severity !== 'warn' && severity !== 'crit') return [];
      const peer = now?.peers.find(({ side, address, port }) => side === 'to' && address === use.remote && port === use.port); // prettier-ignore
      return [
        {
          ...common,
          severity,
          condition: addressPort(use.remote, use.port),
          subject: addressPort(use.remote, use.port),
          sentence: `${percent(usedPct)} of local ports in use, ${use.used} of ${now?.portRange}${peer && peer.timeWait > 0 ? `, ${peer.timeWait} in TIME-WAIT` : ''}`,
          evidence: [
            { what: `from ${use.local}`, value: `${use.used} ports`, source: 'sock_diag' },
            { what: 'range', value: `${now?.portRange} ports`, source: '/proc/sys/net/ipv4/ip_local_port_range' },
          ],
          next: 'let its client keep connections open (a pool), or widen `sysctl net.ipv4.ip_local_port_range`',
        },
      ];
    }),
});
