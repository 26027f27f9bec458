import { plain } from '../../lib/plain.ts';
import { inShort, lxdCluster, type LxdMember } from '../../sources/containers/lxd-cluster.ts';
import { defineFinding, type Found } from '../finding.ts';

/** The cluster goes on while most database members are there; the instances of the lost one cannot be reached. */
export const lxdMemberOffline = defineFinding({
  id: 'lxd-member-offline',
  title: 'A member of an LXD cluster that does not answer',
  needs: { lxdCluster },
  authority: 'LXD itself: no heartbeat for cluster.offline_threshold (20 s)',
  judge: (moment) =>
    [...(moment.lxdCluster.now?.servers.values() ?? [])].flatMap((members) => {
      const voters = members.filter(votes);
      return members
        .filter(({ status }) => status === 'Offline')
        .map((member): Found => {
          const name = plain(member.name);
          return {
            severity: 'crit',
            subject: `member ${name}`,
            sentence: `the LXD cluster member ${name} is offline; ${here(members)} of ${members.length} members and ${here(voters)} of ${voters.length} that vote in its database are there${member.message === undefined ? '' : ` (${plain(inShort(member.message))})`}`,
            evidence: [{ what: 'status', value: plain(member.status ?? '—'), source: 'LXD /1.0/cluster/members' }],
            next: 'is that host up and reachable on port 8443? its own lxd and its log tell the rest',
            pane: 'containers',
          };
        });
    }),
});

const here = (members: readonly LxdMember[]): number => members.filter(({ status }) => status !== 'Offline').length;

/** `database-standby` and `database-spare` only stand ready. Without roles (before LXD 4.0) all that hold the database vote. */
const votes = ({ database, roles }: LxdMember): boolean =>
  roles.length === 0 ? database === true : roles.some((role) => /^database(-leader|-voter)?$/.test(role));
