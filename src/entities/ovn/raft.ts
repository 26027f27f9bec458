import type { RaftMember, RaftView } from '../../sources/ovn/raft.ts';

/** Election timers without a message; a leader sends three heartbeats to each follower within one. */
const TIMERS = 2;
const LEAST_MS = 5000;

export const unreachableAfterMs = ({ electionTimerMs }: RaftView): number =>
  Math.max(LEAST_MS, TIMERS * (electionTimerMs ?? 0));

export const isLeader = ({ id, self }: RaftMember, { leader }: RaftView): boolean =>
  leader === 'self' ? self : leader === id;

/** Clusters without a leader known to this server refuse transactions. */
export const isLeaderless = ({ leader }: RaftView): boolean => leader === undefined || leader === 'unknown';

/** Members without a recent message to this server. A follower gets some from its leader only. */
export function isUnreachable(member: RaftMember, view: RaftView): boolean {
  if (member.self || (view.role === 'follower' && !isLeader(member, view))) return false;
  const limit = unreachableAfterMs(view);
  // Without any message so far, the time since the last election counts.
  return (member.lastMessageMs ?? view.lastElectionMs ?? 0) > limit;
}

/** Members that may still fail without loss of quorum; negative: quorum is lost. */
export function spareMembers(view: RaftView): number {
  const here = view.members.filter((member) => !isUnreachable(member, view)).length;
  return here - (Math.floor(view.members.length / 2) + 1);
}

/** Fault tolerance that is left, by `spareMembers`. */
export const quorumWords = (spare: number): string =>
  spare < 0 ? 'quorum lost' : spare === 0 ? 'one more loses quorum' : `tolerates ${spare} more`;

/** RAFT log entries missing on a member; only the leader has the figures. */
export function entriesBehind(member: RaftMember, { members }: RaftView): number | undefined {
  const own = members.find(({ self }) => self)?.matchIndex;
  return own === undefined || member.matchIndex === undefined ? undefined : Math.max(0, own - member.matchIndex);
}
