import type { RaftMember, RaftView } from '../../sources/ovn/raft.ts';

/** A leader speaks to each follower three times within the election timer; twice that is no jitter any more. */
const TIMERS = 2;
const LEAST_MS = 5000;

export const silentAfterMs = ({ electionTimerMs }: RaftView): number =>
  Math.max(LEAST_MS, TIMERS * (electionTimerMs ?? 0));

export const isLeader = ({ id, self }: RaftMember, { leader }: RaftView): boolean =>
  leader === 'self' ? self : leader === id;

/** No member that this server hears of leads: changes are refused. */
export const isLeaderless = ({ leader }: RaftView): boolean => leader === undefined || leader === 'unknown';

/** Of which this server should hear and does not. A follower hears from its leader alone: it can tell nothing of others. */
export function isSilent(member: RaftMember, view: RaftView): boolean {
  if (member.self || (view.role === 'follower' && !isLeader(member, view))) return false;
  const limit = silentAfterMs(view);
  // One that was never heard is silent once this server has had the time to hear it.
  return (member.heardMs ?? view.lastElectionMs ?? 0) > limit;
}

/** How many more may be lost before there is no majority; negative: there is none. */
export function spareMembers(view: RaftView): number {
  const here = view.members.filter((member) => !isSilent(member, view)).length;
  return here - (Math.floor(view.members.length / 2) + 1);
}

/** Entries of the log that a member has not got; only the leader can tell. */
export function entriesBehind(member: RaftMember, { members }: RaftView): number | undefined {
  const own = members.find(({ self }) => self)?.matchIndex;
  return own === undefined || member.matchIndex === undefined ? undefined : Math.max(0, own - member.matchIndex);
}
