import type { OpsSample } from '../../sources/ceph/ops.ts';

/** How many operations in flight seem to wait for an OSD: a share of one each where several could be meant. */
export type Suspects = ReadonlyMap<number, number>;

/**
 * Whom the operations in flight wait for. The OSD tells whom it sent a write to and how many answered, not who: an
 * operation that waits for one of two counts half for each. The one that all have in common gathers most.
 */
export function suspectsOf(ops: OpsSample | undefined): Suspects {
  const votes = new Map<number, number>();
  const vote = (osd: number, weight: number) => votes.set(osd, (votes.get(osd) ?? 0) + weight);
  for (const [osd, dump] of ops ?? [])
    for (const { flagPoint, peers, peerAnswers, committed } of dump.ops) {
      if (flagPoint !== 'waiting for sub ops') continue;
      const missing = peers.length - peerAnswers;
      if (!committed) vote(osd, missing > 0 ? 0.5 : 1);
      if (missing > 0) for (const peer of peers) vote(peer, missing / peers.length / (committed ? 1 : 2));
    }
  return votes;
}
