import { monsReply } from '../../entities/ceph/mons-reply.ts';
import { span } from '../../lib/units.ts';
import { plain } from '../../lib/plain.ts';
import { cephCommit } from '../../sources/ceph/commit.ts';
import { cephMons } from '../../sources/ceph/mons.ts';
import { cephStatus } from '../../sources/ceph/status.ts';
import type { Entry } from '../../timeline/moment.ts';
import { cephCluster, entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

const IN_QUORUM = new Set(['leader', 'peon']);

/** Lost quorum or a hung mgr. Without quorum new clients cannot connect and `ceph -s` hangs; open sessions keep working for a while. */
export const cephMonsUnresponsive = defineFinding({
  id: 'ceph-mons-unresponsive',
  title: 'Ceph monitors or mgr unresponsive or slow',
  needs: { cephStatus, cephMons, cephCommit },
  authority:
    'Ceph: docs.ceph.com/rados/troubleshooting/troubleshooting-mon; rados_mon_op_timeout 3 s and client_mount_timeout 5 s are [own], slow from two timeouts in 30 s between replies or of a monitor in quorum',
  judge: ({ cephStatus: status, cephMons: mons, cephCommit: commit }) => {
    const found: Found[] = [];
    const next =
      'check the ceph-mon processes and the network between them: `ceph daemon mon.ID mon_status` on each host';
    const unanswered = status.missing['status'];
    const reply = monsReply(status, mons);
    if (reply.kind === 'unresponsive')
      found.push({
        severity: 'crit',
        subject: 'monitors',
        subjectVocabulary: 'fixed',
        entity: cephCluster,
        sentence: `unresponsive${since(status.history, (sample) => sample !== undefined)}, cluster status unknown`,
        evidence: [{ what: 'status', value: plain(reply.detail), source: 'librados' }],
        next,
        pane: 'ceph',
      });
    if (reply.kind === 'slow')
      found.push({
        severity: 'warn',
        subject: 'monitors',
        subjectVocabulary: 'fixed',
        entity: cephCluster,
        condition: 'slow',
        sentence: `slow, ${reply.timeouts} of ${reply.requests} requests timed out${reply.mon === undefined ? '' : `, mon.${plain(reply.mon)} in quorum`}`,
        evidence: [
          {
            what: 'requests of the last 30 s',
            value: `${reply.timeouts} timeouts of ${reply.requests}`,
            source: 'librados',
          },
        ],
        next: '`ceph daemon mon.ID perf dump paxos` (commit_latency); open Hardware: await of the disk of the store',
        pane: 'ceph',
      });
    for (const mon of mons.now?.local ?? [])
      if (mon.missing === undefined && mon.state !== undefined && !IN_QUORUM.has(mon.state))
        found.push({
          severity: 'crit',
          subject: `mon.${plain(mon.name)}`,
          entity: entityRef('mon', `mon.${mon.name}`),
          sentence: `out of quorum, state ${plain(mon.state)}`,
          evidence: [{ what: 'state', value: plain(mon.state), source: 'mon_status (admin socket)' }],
          next,
          pane: 'ceph',
        });
    // Without monitors the mgr is unreachable as well.
    const mgr = unanswered === undefined ? commit.missing['perf'] : undefined;
    if (mgr?.why === 'timeout')
      found.push({
        severity: 'warn',
        subject: 'mgr',
        subjectVocabulary: 'fixed',
        entity: entityRef('mgr', 'active'),
        sentence: `unresponsive${since(commit.history, (sample) => (sample?.commitMs.size ?? 0) > 0)}: PG states, rates and usage stale`,
        evidence: [{ what: 'osd perf', value: plain(mgr.detail), source: 'librados' }],
        next: '`ceph mgr stat` names the active mgr: check its process there; a standby takes over after 30 s',
        pane: 'ceph',
      });
    return found;
  },
});

function since<Sample>(history: readonly Entry<Sample>[], answered: (sample: Sample) => boolean): string {
  const [now, last] = [history.at(-1), history.findLast(({ sample }) => answered(sample))];
  return now && last && now.wallMs > last.wallMs ? ` for ${span((now.wallMs - last.wallMs) / 1000)}` : '';
}
