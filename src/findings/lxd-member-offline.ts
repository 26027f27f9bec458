import { plain } from '../lib/plain.ts';
import { lxdCluster } from '../sources/lxd-cluster.ts';
import { defineFinding, type Found } from './finding.ts';

/** The cluster goes on while most database members are there; the instances of the lost one cannot be reached. */
export const lxdMemberOffline = defineFinding({
  id: 'lxd-member-offline',
  title: 'A member of an LXD cluster that does not answer',
  needs: { lxdCluster },
  authority: 'LXD itself: no heartbeat for cluster.offline_threshold (20 s)',
  judge: (moment) =>
    [...(moment.lxdCluster.now?.servers.values() ?? [])].flatMap((members) => {
      const voters = members.filter(
        ({ database, roles }) => database === true || roles.some((role) => role.startsWith('database')),
      );
      const gone = voters.filter(({ status }) => status === 'Offline').length;
      return members
        .filter(({ status }) => status === 'Offline')
        .map((member): Found => {
          const name = plain(member.name);
          return {
            severity: 'crit',
            subject: `member ${name}`,
            sentence: `the LXD cluster member ${name} is offline${member.message === undefined ? '' : `: ${plain(member.message)}`}; ${members.length - members.filter(({ status }) => status === 'Offline').length} of ${members.length} members and ${voters.length - gone} of ${voters.length} database members are there`,
            evidence: [{ what: 'status', value: plain(member.status ?? '—'), source: 'LXD /1.0/cluster/members' }],
            next: 'is that host up and reachable on port 8443? its own lxd and its log tell the rest',
            pane: 'containers',
          };
        });
    }),
});
