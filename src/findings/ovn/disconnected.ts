import { isLeaderless } from '../../entities/ovn/raft.ts';
import { plain } from '../../lib/plain.ts';
import { ovnDaemons } from '../../sources/ovn/daemons.ts';
import { entityRef, type EntityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** ovn-controller without the southbound database, ovn-northd paused, a clustered database without a RAFT leader. */
export const ovnDisconnected = defineFinding({
  id: 'ovn-disconnected',
  title: 'OVN: controller disconnected, northd paused, or no RAFT leader',
  needs: { ovnDaemons },
  authority: 'ovn-controller(8) connection-status; ovn-northd(8) status; ovsdb(7), clustered databases',
  judge: ({ ovnDaemons: seen }) => {
    const found: Found[] = [];
    const { connection, northd, clusters = [] } = seen.now ?? {};
    const add = (entity: EntityRef, subject: string, sentence: string, value: string, source: string, next: string) =>
      found.push({
        severity: 'crit',
        entity,
        subject,
        subjectVocabulary: 'fixed',
        sentence,
        evidence: [{ what: 'status', value: plain(value), source }],
        next,
        pane: 'ovn',
      });
    if (connection !== undefined && connection !== 'connected')
      add(
        entityRef('daemon', 'ovn-controller'),
        'ovn-controller',
        `${plain(connection)} to the southbound database: this chassis gets no changes`,
        connection,
        'connection-status',
        'check the address: `ovs-vsctl get Open_vSwitch . external_ids:ovn-remote`, then its certificates and the log of ovn-controller',
      );
    if (northd === 'paused')
      add(
        entityRef('daemon', 'ovn-northd'),
        'ovn-northd',
        'paused: no change reaches any chassis',
        northd,
        'status',
        'find out who paused it; resume: `ovn-appctl -t ovn-northd resume`',
      );
    for (const view of clusters)
      if (isLeaderless(view))
        add(
          entityRef('ovsdb', view.database),
          `${view.database} database`,
          `no RAFT leader, ${view.members.length} members, this server ${plain(view.role ?? 'of unknown role')}: transactions fail`,
          view.leader ?? 'no leader',
          'cluster/status',
          'check on each server: `ovn-appctl cluster/status`; a majority must be up and reach each other',
        );
    return found;
  },
});
