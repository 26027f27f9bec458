import type { EtcdMember, Histogram } from '../../sources/databases/etcd.ts';
import type { SeenServer } from './seen-servers.ts';
import { shareOf } from './connections.ts';
import { COMMIT_SECONDS, FSYNC_SECONDS, gradeOf, QUOTA_PCT } from './limits.ts';

type Severity = 'crit' | 'warn' | undefined;

/**
 * Upper bound of the bucket that holds this share of what was counted between two readings, of few without the longest: one alone shows
 * nothing. Undefined below two.
 */
export function quantile(now: Histogram, before: Histogram | undefined, share: number): number | undefined {
  if (before === undefined || before.length !== now.length) return undefined;
  const counts = now.map(([upTo, count], at) => [upTo, count - (before[at]?.[1] ?? 0)] as const);
  const total = counts.at(-1)?.[1] ?? 0;
  if (total < 2 || counts.some(([, count]) => count < 0)) return undefined;
  const [upTo] = counts.find(([, count]) => count >= Math.min(share * total, total - 1)) ?? [];
  // Above the last bound nothing is known but that.
  return upTo ?? counts.at(-2)?.[0];
}

/** 99th percentiles of its disk since the reading before, seconds. */
export const diskOf = ({ state, before }: Pick<SeenServer<EtcdMember>, 'state' | 'before'>) => ({
  fsync: quantile(state.walFsync, before?.walFsync, 0.99),
  commit: quantile(state.backendCommit, before?.backendCommit, 0.99),
});

export const fsyncSeverity = (seconds: number | undefined): Severity => gradeOf(seconds, FSYNC_SECONDS);
export const commitSeverity = (seconds: number | undefined): Severity => gradeOf(seconds, COMMIT_SECONDS);

/** Size against the quota, at which the alarm NOSPACE refuses writes of the whole cluster. */
export const quotaSeverity = ({ databaseBytes, quotaBytes }: EtcdMember): Severity =>
  gradeOf(shareOf(databaseBytes, quotaBytes), QUOTA_PCT);

/** Members that this one has no connection to. */
export const unreachablePeers = ({ peers }: EtcdMember): readonly string[] =>
  peers.filter(({ isReachable }) => !isReachable).map(({ name }) => name);

/** `leader`, `follower`, `learner`, or that it has no leader. */
export const etcdRole = ({ hasLeader, isLeader, isLearner }: EtcdMember): string | undefined =>
  hasLeader === false ? 'no leader' : isLearner === true ? 'learner' : isLeader === undefined ? undefined : isLeader ? 'leader' : 'follower'; // prettier-ignore
