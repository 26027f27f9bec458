import type { ZookeeperServer } from '../../sources/databases/zookeeper.ts';
import { delta } from '../../timeline/moment.ts';
import type { SeenServer } from './seen-servers.ts';
import { gradeOf, ZOOKEEPER_FSYNC_SECONDS } from './limits.ts';

/** Mean time of fsync since the reading before, seconds; undefined where there was none. */
export function fsyncMean({
  state,
  before,
}: Pick<SeenServer<ZookeeperServer>, 'state' | 'before'>): number | undefined {
  const [calls, spentMs] = [delta(state.fsyncs, before?.fsyncs, 1), delta(state.fsyncMs, before?.fsyncMs, 1)];
  return calls === undefined || spentMs === undefined || calls === 0 ? undefined : spentMs / calls / 1000;
}

export const fsyncMeanSeverity = (seconds: number | undefined): 'crit' | 'warn' | undefined =>
  gradeOf(seconds, ZOOKEEPER_FSYNC_SECONDS);

/** Followers that a leader misses; undefined of other servers. */
export const followersMissing = ({ mode, voters, syncedFollowers }: ZookeeperServer): number | undefined =>
  mode === 'leader' && voters !== undefined && syncedFollowers !== undefined
    ? Math.max(0, voters - 1 - syncedFollowers)
    : undefined;
