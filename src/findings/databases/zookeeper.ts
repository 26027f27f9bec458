import { shareOf } from '../../entities/databases/connections.ts';
import { gradeOf, OUTSTANDING, RESOURCE_PCT } from '../../entities/databases/limits.ts';
import { serversRead } from '../../entities/databases/seen-servers.ts';
import { followersMissing, fsyncMean, fsyncMeanSeverity } from '../../entities/databases/zookeeper.ts';
import { count, ms, percent, plural } from '../../lib/units.ts';
import { zookeeperServers } from '../../sources/databases/zookeeper.ts';
import { delta } from '../../timeline/moment.ts';
import { defineFinding, type Found } from '../finding.ts';
import { aboutServer, unresponsiveFound } from './listener-rules.ts';

const needs = { zookeeperServers };

/** A server that does not reply, or has no quorum. */
export const zookeeperUnresponsive = defineFinding({
  id: 'zookeeper-unresponsive',
  title: 'ZooKeeper that does not serve',
  needs,
  authority: 'its own reply; [own]: no reply within 3 s',
  judge: ({ zookeeperServers: seen }): readonly Found[] => [
    ...unresponsiveFound(seen, 'java'),
    ...serversRead(seen).flatMap(({ server, state: { isServing } }): Found[] =>
      isServing
        ? []
        : [
            {
              ...aboutServer(server, 'quorum'),
              severity: 'crit',
              sentence: 'not serving requests, no quorum',
              evidence: [{ what: 'reply', value: 'not currently serving requests', source: 'srvr' }],
              next: 'check the other servers: process, 2888/tcp and 3888/tcp between them',
            },
          ],
    ),
  ],
});

/** Requests that wait: a slow disk, a pause of Java, too many clients. */
export const zookeeperRequests = defineFinding({
  id: 'zookeeper-requests',
  title: 'Outstanding requests of ZooKeeper',
  needs,
  authority: 'runbooks: 10 outstanding requests, 100 critical',
  judge: ({ zookeeperServers: seen }): readonly Found[] =>
    serversRead(seen).flatMap(({ server, state }): Found[] => {
      const severity = gradeOf(state.outstanding, OUTSTANDING);
      if (severity === undefined) return [];
      return [
        {
          ...aboutServer(server, 'requests'),
          severity,
          sentence: `${count(state.outstanding)} outstanding requests${state.connections === undefined ? '' : `, ${plural(state.connections, 'connection')}`}`,
          evidence: [{ what: 'latency since its start, mean and longest', value: `${ms(state.latencyMs)}, ${ms(state.maxLatencyMs)}`, source: 'srvr' }],
          next: 'open Hardware: latency of the disk of its transaction log; then pauses of Java in its log',
        },
      ];
    }),
}); // prettier-ignore

/** A slow disk: each write waits for the fsync of the transaction log. */
export const zookeeperDisk = defineFinding({
  id: 'zookeeper-disk',
  title: 'Slow disk of ZooKeeper',
  needs,
  authority: 'ZooKeeper: fsync.warningthresholdms, 1 s',
  judge: ({ zookeeperServers: seen }): readonly Found[] =>
    serversRead(seen).flatMap((one): Found[] => {
      const mean = fsyncMean(one);
      const severity = fsyncMeanSeverity(mean);
      if (severity === undefined || mean === undefined) return [];
      return [
        {
          ...aboutServer(one.server, 'disk'),
          severity,
          sentence: `slow disk: fsync of the transaction log ${ms(mean * 1000)}`,
          evidence: [{ what: 'outstanding requests', value: count(one.state.outstanding), source: 'srvr' }],
          next: 'open Hardware: latency and load of its disk; who writes to it beside ZooKeeper',
        },
      ];
    }),
}); // prettier-ignore

/** A leader without all of its followers. */
export const zookeeperFollowers = defineFinding({
  id: 'zookeeper-followers',
  title: 'Follower of ZooKeeper out of sync',
  needs,
  authority: 'state of the ensemble',
  judge: ({ zookeeperServers: seen }): readonly Found[] =>
    serversRead(seen).flatMap(({ server, state }): Found[] => {
      const missing = followersMissing(state);
      if (missing === undefined || missing === 0) return [];
      return [
        {
          ...aboutServer(server, 'followers'),
          severity: 'warn',
          sentence: `${count(state.syncedFollowers)} of ${plural((state.voters ?? 1) - 1, 'follower')} in sync`,
          evidence: [{ what: 'voters', value: count(state.voters), source: 'mntr' }],
          next: 'check the other servers: process, 2888/tcp; a follower that reads a large snapshot comes back by itself',
        },
      ];
    }),
}); // prettier-ignore

/** Connections that it rejects, or file descriptors near their limit. */
export const zookeeperConnections = defineFinding({
  id: 'zookeeper-connections',
  title: 'Connections of ZooKeeper near a limit',
  needs,
  authority: 'a rejected connection; 80 % of the file descriptors is [own]',
  judge: ({ zookeeperServers: seen }): readonly Found[] =>
    serversRead(seen).flatMap(({ server, state, before }): Found[] => {
      const rejected = delta(state.rejected, before?.rejected, 1) ?? 0;
      const files = shareOf(state.files, state.filesLimit);
      const severity = rejected > 0 ? 'crit' : gradeOf(files, RESOURCE_PCT);
      if (severity === undefined) return [];
      return [
        {
          ...aboutServer(server, 'connections'),
          severity,
          sentence: rejected > 0 ? `${plural(rejected, 'connection')} rejected, maxClientCnxns` : `${count(state.files)} of ${count(state.filesLimit)} file descriptors, ${percent(files)}`,
          evidence: [{ what: 'connections', value: count(state.connections), source: 'srvr' }],
          next: 'open Network: peers of 2181; a client that does not close its sessions',
        },
      ];
    }),
}); // prettier-ignore
