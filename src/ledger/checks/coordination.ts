import { shareOf } from '../../entities/databases/connections.ts';
import { diskOf, etcdRole, unreachablePeers } from '../../entities/databases/etcd.ts';
import { followersMissing, fsyncMean } from '../../entities/databases/zookeeper.ts';
import { binaryBytes, count, ms } from '../../lib/units.ts';
import { etcdMembers } from '../../sources/databases/etcd.ts';
import { zookeeperServers } from '../../sources/databases/zookeeper.ts';
import { defineChecks, type Check } from '../check.ts';
import { linesOf, ofLimit, yes } from './server-lines.ts';

const seconds = (value: number | undefined): string | undefined => (value === undefined ? undefined : ms(value * 1000));

/** Members of etcd by rule. */
export const etcdChecks = defineChecks({
  id: 'etcd',
  needs: { etcdMembers },
  rules: ['etcd-unresponsive', 'etcd-leader', 'etcd-disk', 'etcd-space', 'etcd-peer'],
  of: ({ etcdMembers: seen }): readonly Check[] =>
    linesOf('etcdMembers', seen, (one) => {
      const of = one?.state;
      const disk = one && diskOf(one);
      const slowest = disk?.fsync === undefined ? disk?.commit : Math.max(disk.fsync, disk.commit ?? 0);
      const away = of && unreachablePeers(of).length;
      return [
        ['etcd-unresponsive', 'errors', 'replies', yes(of)],
        ['etcd-leader', 'errors', 'role', of && etcdRole(of)],
        ['etcd-disk', 'saturation', 'fsync or commit p99', seconds(slowest), slowest],
        ['etcd-space', 'utilisation', 'database of quota', of?.databaseBytes === undefined ? undefined : `${binaryBytes(of.databaseBytes)} of ${binaryBytes(of.quotaBytes)}`, shareOf(of?.databaseBytes, of?.quotaBytes)],
        ['etcd-peer', 'errors', 'peers reached', of && away !== undefined ? ofLimit(of.peers.length - away, of.peers.length) : undefined, away],
      ];
    }),
}); // prettier-ignore

/** Servers of ZooKeeper by rule. */
export const zookeeperChecks = defineChecks({
  id: 'zookeeper',
  needs: { zookeeperServers },
  rules: ['zookeeper-unresponsive', 'zookeeper-requests', 'zookeeper-disk', 'zookeeper-followers', 'zookeeper-connections'],
  of: ({ zookeeperServers: seen }): readonly Check[] =>
    linesOf('zookeeperServers', seen, (one) => {
      const of = one?.state;
      const fsync = one && fsyncMean(one);
      const missing = of && followersMissing(of);
      return [
        ['zookeeper-unresponsive', 'errors', 'mode', of && (of.isServing ? of.mode : 'no quorum')],
        ['zookeeper-requests', 'saturation', 'outstanding requests', of?.outstanding === undefined ? undefined : count(of.outstanding), of?.outstanding],
        ['zookeeper-disk', 'saturation', 'mean fsync', seconds(fsync), fsync],
        ['zookeeper-followers', 'errors', 'followers in sync', missing === undefined ? undefined : ofLimit(of?.syncedFollowers, (of?.voters ?? 1) - 1), missing],
        ['zookeeper-connections', 'utilisation', 'file descriptors', ofLimit(of?.files, of?.filesLimit), shareOf(of?.files, of?.filesLimit)],
      ];
    }),
}); // prettier-ignore
