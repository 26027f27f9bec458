import { plain } from '../../lib/plain.ts';
import { shortMessage, lxdCluster, type LxdMember } from '../../sources/containers/lxd-cluster.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** The cluster works while most database voters are online; instances of an offline member cannot be managed. */
export const lxdMemberOffline = defineFinding({
  id: 'lxd-member-offline',
  title: 'LXD cluster member offline',
  needs: { lxdCluster },
  authority: 'LXD itself: no heartbeat for cluster.offline_threshold (20 s)',
  judge: (moment) =>
    [...(moment.lxdCluster.now?.servers ?? [])].flatMap(([place, members]) => {
      const voters = members.filter(votes);
      return members
        .filter(({ status }) => status === 'Offline')
        .map((member): Found => {
          const name = plain(member.name);
          return {
            severity: 'crit',
            subject: `member ${name}`,
            entity: entityRef('lxd-member', `${place}/${member.name}`),
            sentence: `Offline, ${online(members)} of ${members.length} members and ${online(voters)} of ${voters.length} database voters online${member.message === undefined ? '' : ` (${plain(shortMessage(member.message))})`}`,
            evidence: [{ what: 'status', value: plain(member.status ?? '—'), source: 'LXD /1.0/cluster/members' }],
            next: `check that ${name} is up and reachable on port 8443, then read its lxd log; \`lxc cluster list\``,
            pane: 'containers',
          };
        });
    }),
});

const online = (members: readonly LxdMember[]): number => members.filter(({ status }) => status !== 'Offline').length;

/** Whether a member votes: `database-standby` and `database-spare` do not. Without roles (before LXD 4.0) every database member votes. */
const votes = ({ database, roles }: LxdMember): boolean =>
  roles.length === 0 ? database === true : roles.some((role) => /^database(-leader|-voter)?$/.test(role));
