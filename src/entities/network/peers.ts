import type { Connections, Peer, PortUse } from '../../sources/network/connections.ts';

/**
 * Times that a segment was sent again from which its peer is unresponsive: three seconds without an acknowledgement, of a SYN by RFC 6298
 * (1 s, doubled), of data by the least timeout of Linux (0.2 s, doubled).
 */
const MOST_SYNS = 2;
const MOST_RETRANSMITS = 4;

/** `192.0.2.7:5432`, `[fd00::7]:5432`. */
export const addressPort = (address: string, port: number): string =>
  `${address.includes(':') ? `[${address}]` : address}:${port}`;

/** Peer with stuck connections, and how they are stuck. */
export interface StuckPeer extends Peer {
  readonly how: 'does not open' | 'not acknowledged' | 'window closed';
  readonly stuck: number;
  /** Times that one of them was sent again; undefined with a closed window. */
  readonly resent: number | undefined;
}

/**
 * How connections to a peer are stuck; undefined for those that are not, and for clients, which often vanish. A window counts that was
 * closed at the reading before as well.
 */
export function stuckPeer(peer: Peer, before: Connections | undefined): StuckPeer | undefined {
  if (peer.side === 'from') return undefined;
  if (peer.unopened > 0 && peer.mostSyns >= MOST_SYNS)
    return { ...peer, how: 'does not open', stuck: peer.unopened, resent: peer.mostSyns };
  if (peer.retransmitting > 0 && peer.mostRetransmits >= MOST_RETRANSMITS)
    return { ...peer, how: 'not acknowledged', stuck: peer.retransmitting, resent: peer.mostRetransmits };
  const earlier = before?.peers.find(({ address, port, side }) => address === peer.address && port === peer.port && side === 'to'); // prettier-ignore
  return peer.probing > 0 && (earlier?.probing ?? 0) > 0
    ? { ...peer, how: 'window closed', stuck: peer.probing, resent: undefined }
    : undefined;
}

/** Share of the ephemeral ports that a destination uses. */
export const portsPct = ({ used }: PortUse, { portRange }: Pick<Connections, 'portRange'>): number | undefined =>
  portRange === undefined ? undefined : (100 * used) / portRange;
