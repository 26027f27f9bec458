import { protocolRate, type CountersSeen } from '../../sources/network/protocols.ts';

/** Segments per second below which a share of retransmits is chance. */
const LEAST_SEGMENTS_PER_SEC = 20;

/** Retransmits of TCP: rate, and share of the segments sent; undefined where too few are sent to tell. */
export interface Retransmits {
  readonly perSec: number;
  readonly sharePct: number | undefined;
  /** Retransmits by a timer, not by duplicate acknowledgements: the peer or the path is silent. */
  readonly timeoutsPerSec: number | undefined;
  /** Retransmits that the host itself could not send. */
  readonly failedPerSec: number | undefined;
}

export function retransmits(seen: CountersSeen): Retransmits | undefined {
  const perSec = protocolRate(seen, 'Tcp RetransSegs');
  const outPerSec = protocolRate(seen, 'Tcp OutSegs');
  if (perSec === undefined) return undefined;
  return {
    perSec,
    sharePct:
      outPerSec === undefined || outPerSec < LEAST_SEGMENTS_PER_SEC ? undefined : (100 * perSec) / (outPerSec + perSec),
    timeoutsPerSec: protocolRate(seen, 'TcpExt TCPTimeouts'),
    failedPerSec: protocolRate(seen, 'TcpExt TCPRetransFail'),
  };
}
