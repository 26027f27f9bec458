import type { OpsSample } from '../../sources/ceph/ops.ts';

/** Ops in flight that probably wait for an OSD, by OSD: fractions where several are possible. */
export type Suspects = ReadonlyMap<number, number>;

/**
 * OSDs that ops in flight wait for. A dump has the replicas of a write and the number of replies, not which one is missing: an
 * op that waits for one of two counts half for each. The OSD that all have in common gets the most.
 */
export function suspectsOf(ops: OpsSample | undefined): Suspects {
  const votes = new Map<number, number>();
  const vote = (osd: number, weight: number) => votes.set(osd, (votes.get(osd) ?? 0) + weight);
  for (const [osd, dump] of ops ?? [])
    for (const { flagPoint, peers, peerReplies, committed } of dump.ops) {
      if (flagPoint !== 'waiting for sub ops') continue;
      const missing = peers.length - peerReplies;
      if (!committed) vote(osd, missing > 0 ? 0.5 : 1);
      if (missing > 0) for (const peer of peers) vote(peer, missing / peers.length / (committed ? 1 : 2));
    }
  return votes;
}
