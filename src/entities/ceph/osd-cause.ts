import { outlierAbove } from '../../lib/outlier.ts';
import type { OsdLoad } from './osd-load.ts';

/**
 * Cause of slow replica writes. `device`: commit latency; `queue`: waiting for op threads, CPU or PG lock; `network`: slow
 * arrival or messenger; `unclear`: none of these explains most of it.
 */
export type OsdCause = 'device' | 'queue' | 'network' | 'unclear';

export interface SlowOsd {
  readonly load: OsdLoad;
  readonly subopWriteMs: number;
  readonly cause: OsdCause;
  /** Share of the excess over its peers that the cause explains, percent. */
  readonly explainedPct: number;
  /** Median of the other OSDs of its class. */
  readonly medianMs: number;
  readonly peers: number;
}

/** Replica writes from which a mean is compared. */
const LEAST_SUBOPS = 5;
const LEAST_PEERS = 2;

/** Floor of a slow latency, ms: a rotating disk needs some 10 ms for a seek, a queue none. */
export const osdWarnMs = (deviceClass: string | undefined, cause: OsdCause = 'device'): number =>
  deviceClass === 'hdd' && cause === 'device' ? 50 : 10;

/**
 * Outliers of their device class by replica write latency, slowest first. Client write latency is not used: it includes all
 * replicas, so one slow OSD raises it on every primary.
 */
export function slowOsds(loads: readonly OsdLoad[], classOf: (osd: number) => string | undefined): readonly SlowOsd[] {
  const known = loads.filter((load) => load.subopWriteMs !== undefined && (load.subops ?? 0) >= LEAST_SUBOPS);
  return known
    .flatMap((load): SlowOsd[] => {
      const { subopWriteMs = 0 } = load;
      const peers = known.filter((other) => other !== load && classOf(other.osd) === classOf(load.osd));
      const normal = outlierAbove(peers.flatMap((peer) => peer.subopWriteMs ?? []));
      if (!normal || peers.length < LEAST_PEERS) return [];
      const why = causeOf(load, peers, normal.median);
      const leastMs = osdWarnMs(classOf(load.osd), why.cause);
      if (subopWriteMs <= Math.max(normal.limit, 2 * normal.median, leastMs)) return [];
      return [{ load, subopWriteMs, ...why, medianMs: normal.median, peers: peers.length }];
    })
    .toSorted((a, b) => b.subopWriteMs - a.subopWriteMs);
}

/** Share from which a component is the cause. */
const LEAST_EXPLAINED_PCT = 50;

/** Component with the largest excess over the peers. */
function causeOf(load: OsdLoad, peers: readonly OsdLoad[], medianMs: number): Pick<SlowOsd, 'cause' | 'explainedPct'> {
  const excess = (pick: (one: OsdLoad) => number | undefined): number => {
    const normal = outlierAbove(peers.flatMap((peer) => pick(peer) ?? []))?.median ?? 0;
    return Math.max(0, (pick(load) ?? 0) - normal);
  };
  const parts: readonly (readonly [OsdCause, number])[] = [
    ['device', excess(({ commitMs }) => commitMs)],
    ['queue', excess(({ queueMs }) => queueMs)],
    ['network', excess(({ receiveMs }) => receiveMs)],
  ];
  const [cause, mostMs] = parts.reduce((most, part) => (part[1] > most[1] ? part : most));
  // The three are means of different sets of ops: their sum may exceed the whole.
  const whole = Math.max((load.subopWriteMs ?? 0) - medianMs, ...parts.map(([, ms]) => ms));
  const explainedPct = whole > 0 ? (mostMs / whole) * 100 : 0;
  return { cause: explainedPct < LEAST_EXPLAINED_PCT ? 'unclear' : cause, explainedPct };
}

export const causeWords: Readonly<Record<OsdCause, string>> = {
  device: 'device',
  queue: 'queue/CPU',
  network: 'network',
  unclear: 'unclear',
};
