import { commitSeverity, diskOf, etcdRole, fsyncSeverity, quotaSeverity, unreachablePeers } from '../../entities/databases/etcd.ts'; // prettier-ignore
import { gradeOf, OUTSTANDING } from '../../entities/databases/limits.ts';
import { serversRead, type SeenServers } from '../../entities/databases/seen-servers.ts';
import { followersMissing, fsyncMean, fsyncMeanSeverity } from '../../entities/databases/zookeeper.ts';
import { label, plain } from '../../lib/plain.ts';
import type { EtcdMember } from '../../sources/databases/etcd.ts';
import type { ZookeeperServer } from '../../sources/databases/zookeeper.ts';
import { delta } from '../../timeline/moment.ts';
import type { NothingWords } from '../../timeline/reading-state.ts';
import { bytesColumn, countColumn, secondsColumn, textColumn, totalColumn } from '../../ui/kit/columns.ts';
import type { Column, TableSection } from '../pane.ts';
import { problemColumn, serverColumn, serverTable, unreadServers } from './server-table.ts';
import { versionOf } from './server-version.ts';

type Severity = 'crit' | 'warn' | undefined;

/** Member of etcd, or server of ZooKeeper. */
export interface CoordinationRow {
  readonly server: string;
  readonly version?: string | undefined;
  readonly role?: string | undefined;
  readonly roleSeverity?: Severity;
  readonly raftTerm?: number | undefined;
  /** Peers or followers, and how many of them there should be. */
  readonly peers?: string | undefined;
  readonly peersSeverity?: Severity;
  readonly alarms?: string | undefined;
  readonly dataBytes?: number | undefined;
  readonly quotaBytes?: number | undefined;
  readonly quotaSeverity?: Severity;
  readonly fsyncSeconds?: number | undefined;
  readonly fsyncSeverity?: Severity;
  readonly commitSeconds?: number | undefined;
  readonly waiting?: number | undefined;
  readonly waitingSeverity?: Severity;
  readonly requestsPerSec?: number | undefined;
  readonly connections?: number | undefined;
  readonly watches?: number | undefined;
  readonly problem?: string | undefined;
}

export const coordinationRows = (etcd: SeenServers<EtcdMember>, zookeeper: SeenServers<ZookeeperServer>): readonly CoordinationRow[] => [
  ...serversRead(etcd).map((one): CoordinationRow => {
    const { server, state, before, seconds } = one;
    const { fsync, commit } = diskOf(one);
    const away = unreachablePeers(state).length;
    return {
      server,
      version: state.version,
      role: etcdRole(state),
      roleSeverity: state.hasLeader === false ? 'crit' : undefined,
      raftTerm: state.raftTerm,
      peers: state.peers.length === 0 ? undefined : `${state.peers.length - away}/${state.peers.length}`,
      peersSeverity: away > 0 && state.hasLeader !== false ? 'warn' : undefined,
      alarms: state.alarms && (state.alarms.join(', ') || 'none'),
      dataBytes: state.databaseBytes,
      quotaBytes: state.quotaBytes,
      quotaSeverity: state.alarms?.includes('NOSPACE') === true ? undefined : quotaSeverity(state),
      fsyncSeconds: fsync,
      fsyncSeverity: fsyncSeverity(fsync),
      commitSeconds: commit,
      waiting: state.proposalsPending,
      requestsPerSec: delta(state.proposalsCommitted, before?.proposalsCommitted, seconds),
      problem: state.alarms === undefined ? 'alarms not read: no gRPC gateway' : undefined,
    };
  }),
  ...serversRead(zookeeper).map((one): CoordinationRow => {
    const { server, state, before, seconds } = one;
    const fsync = fsyncMean(one);
    const missing = followersMissing(state);
    return {
      server,
      version: state.version,
      role: state.isServing ? state.mode : 'no quorum',
      roleSeverity: state.isServing ? undefined : 'crit',
      peers: missing === undefined ? undefined : `${state.syncedFollowers}/${(state.voters ?? 1) - 1}`,
      peersSeverity: missing !== undefined && missing > 0 ? 'warn' : undefined,
      dataBytes: state.dataBytes,
      fsyncSeconds: fsync,
      fsyncSeverity: fsyncMeanSeverity(fsync),
      waiting: state.outstanding,
      waitingSeverity: gradeOf(state.outstanding, OUTSTANDING),
      requestsPerSec: delta(state.received, before?.received, seconds),
      connections: state.connections,
      watches: state.watches,
      problem: state.isServing && !state.hasMonitor ? 'mntr not read (4lw.commands.whitelist): no watches, fsync, followers' : undefined,
    };
  }),
  ...unreadServers(etcd),
  ...unreadServers(zookeeper),
]; // prettier-ignore

const columns: readonly Column<CoordinationRow>[] = [
  serverColumn('Engine and port, and pid where two have the same.', 15),
  textColumn({ id: 'version', title: 'VERSION', about: 'Version of the server.', width: 7, rank: 2, value: ({ version }) => versionOf(version) }),
  textColumn({ id: 'role', title: 'ROLE', about: 'leader, follower, learner, observer, standalone, or why it does not serve.', vocabulary: 'fixed', width: 10, rank: 0, role: ({ roleSeverity }) => roleSeverity ?? 'text', value: ({ role }) => role && label(role) }),
  totalColumn({ id: 'term', title: 'TERM', about: 'Raft term of etcd: each election has the next.', width: 5, rank: 3, missing: '', value: ({ raftTerm }) => raftTerm }),
  textColumn({ id: 'peers', title: 'PEERS', about: 'Peers that a member of etcd reaches, followers in sync with a leader of ZooKeeper.', vocabulary: 'fixed', width: 5, rank: 0, role: ({ peersSeverity }) => peersSeverity ?? 'text', value: ({ peers }) => peers }),
  textColumn({ id: 'alarms', title: 'ALARMS', about: 'Alarms of etcd in force, in the whole cluster.', vocabulary: 'fixed', width: 7, widest: 16, rank: 1, role: ({ alarms }) => (alarms === undefined || alarms === 'none' ? 'text' : 'crit'), value: ({ alarms }) => (alarms === 'none' ? label(alarms) : alarms && label(plain(alarms))) }),
  bytesColumn({ id: 'size', title: 'SIZE', about: 'Database of etcd, data of ZooKeeper.', width: 6, rank: 0, missing: '', role: ({ quotaSeverity: severity }) => severity ?? 'text', value: ({ dataBytes }) => dataBytes }),
  bytesColumn({ id: 'quota', title: 'QUOTA', about: 'Size at which etcd refuses writes.', width: 6, rank: 1, missing: '', value: ({ quotaBytes }) => quotaBytes }),
  secondsColumn({ id: 'fsync', title: 'FSYNC', about: 'fsync of the log since the reading before: of etcd 99th percentile, upper bound, of ZooKeeper mean.', width: 7, rank: 0, missing: '', role: ({ fsyncSeverity: severity }) => severity ?? 'text', value: ({ fsyncSeconds }) => fsyncSeconds }),
  secondsColumn({ id: 'commit', title: 'COMMIT', about: 'Commit of the backend of etcd since the reading before, 99th percentile, upper bound.', width: 7, rank: 2, missing: '', role: ({ commitSeconds }) => commitSeverity(commitSeconds) ?? 'text', value: ({ commitSeconds }) => commitSeconds }),
  totalColumn({ id: 'waiting', title: 'WAITING', about: 'Pending proposals of etcd, outstanding requests of ZooKeeper.', width: 7, rank: 0, role: ({ waitingSeverity }) => waitingSeverity ?? 'text', value: ({ waiting }) => waiting }),
  countColumn({ id: 'requests', title: 'REQ/s', about: 'Committed proposals of etcd, packets of ZooKeeper, per second.', width: 6, rank: 1, value: ({ requestsPerSec }) => requestsPerSec }),
  totalColumn({ id: 'connections', title: 'CONNS', about: 'Client connections of ZooKeeper.', width: 6, rank: 2, missing: '', value: ({ connections }) => connections }),
  countColumn({ id: 'watches', title: 'WATCHES', about: 'Watches of the clients of ZooKeeper.', width: 7, rank: 3, missing: '', value: ({ watches }) => watches }),
  problemColumn('Why it, or a part of it, was not read.', 1),
]; // prettier-ignore

export const coordinationSection = (
  rows: readonly CoordinationRow[],
  empty: NothingWords,
): TableSection<CoordinationRow> =>
  serverTable(
    { id: 'coordination', title: 'Coordination', sources: ['etcd-members', 'zookeeper-servers'], columns },
    rows,
    empty,
  );
