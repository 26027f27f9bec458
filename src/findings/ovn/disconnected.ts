import { isLeaderless } from '../../entities/ovn/raft.ts';
import { plain } from '../../lib/plain.ts';
import { ovnDaemons } from '../../sources/ovn/daemons.ts';
import { defineFinding, type Found } from '../finding.ts';

/** ovn-controller without its database, a paused northd, a clustered database without a leader. */
export const ovnDisconnected = defineFinding({
  id: 'ovn-disconnected',
  title: 'OVN is cut off from its databases',
  needs: { ovnDaemons },
  authority: 'ovn-controller(8) connection-status; ovn-northd(8) status; ovsdb(7), clustered databases',
  judge: ({ ovnDaemons: seen }) => {
    const found: Found[] = [];
    const { connection, northd, clusters = [] } = seen.now ?? {};
    const add = (subject: string, sentence: string, value: string, source: string, next: string) =>
      found.push({
        severity: 'crit',
        subject,
        sentence,
        evidence: [{ what: 'says', value: plain(value), source }],
        next,
        pane: 'ovn',
      });
    if (connection !== undefined && connection !== 'connected')
      add(
        'ovn-controller',
        `ovn-controller is ${plain(connection)} to the southbound database: this host does not hear of changes`,
        connection,
        'connection-status',
        'is the database at external_ids:ovn-remote up and reachable; certificates; its log',
      );
    if (northd === 'paused')
      add(
        'ovn-northd',
        'ovn-northd is paused: nothing that is configured reaches any host',
        northd,
        'status',
        'who paused it (ovn-appctl -t ovn-northd resume ends it)',
      );
    for (const view of clusters)
      if (isLeaderless(view))
        add(
          `${view.database} database`,
          `the ${view.database} database has no leader that this server (${plain(view.role ?? 'role not known')}, of ${view.members.length}) knows of: it takes no changes`,
          view.leader ?? 'no leader',
          'cluster/status',
          'are a majority of its servers up, and do they reach each other',
        );
    return found;
  },
});
