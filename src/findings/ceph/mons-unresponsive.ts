import { duration } from '../../lib/units.ts';
import { plain } from '../../lib/plain.ts';
import { cephCommit } from '../../sources/ceph/commit.ts';
import { cephMons } from '../../sources/ceph/mons.ts';
import { cephStatus } from '../../sources/ceph/status.ts';
import type { Entry } from '../../timeline/moment.ts';
import { defineFinding, type Found } from '../finding.ts';

const GOOD = new Set(['leader', 'peon']);

/** Without a quorum of monitors nobody new gets in, and `ceph -s` hangs; OSDs and clients that know each other go on a while. */
export const cephMonsSilent = defineFinding({
  id: 'ceph-mons-silent',
  title: 'Monitors or mgr that do not answer',
  needs: { cephStatus, cephMons, cephCommit },
  authority:
    'Ceph: docs.ceph.com/rados/troubleshooting/troubleshooting-mon; mon_op_timeout of 3 s and a connect of 5 s are own',
  judge: ({ cephStatus: status, cephMons: mons, cephCommit: commit }) => {
    const found: Found[] = [];
    const next =
      'the monitors in Ceph, their processes and the network between them; the OSDs of this host are still read';
    const silent = status.missing['status'];
    if (silent?.why === 'timeout')
      found.push({
        severity: 'crit',
        subject: 'monitors',
        sentence: `the monitors do not answer${since(status.history, (sample) => sample !== undefined)}`,
        evidence: [{ what: 'asked for the status', value: plain(silent.detail), source: 'librados' }],
        next,
        pane: 'ceph',
      });
    for (const mon of mons.now?.local ?? [])
      if (mon.silent === undefined && mon.state !== undefined && !GOOD.has(mon.state))
        found.push({
          severity: 'crit',
          subject: `mon.${plain(mon.name)}`,
          sentence: `mon.${plain(mon.name)} is in no quorum: ${plain(mon.state)}`,
          evidence: [{ what: 'state', value: plain(mon.state), source: 'mon_status of its admin socket' }],
          next,
          pane: 'ceph',
        });
    // Without monitors the mgr is not reached either.
    const mgr = silent === undefined ? commit.missing['perf'] : undefined;
    if (mgr?.why === 'timeout')
      found.push({
        severity: 'warn',
        subject: 'mgr',
        sentence: `the mgr does not answer${since(commit.history, (sample) => (sample?.commitMs.size ?? 0) > 0)}: health, rates and space are as it last said`,
        evidence: [{ what: 'asked for commit latencies', value: plain(mgr.detail), source: 'librados' }],
        next: 'its process on the host where it is active; a standby takes over after 30 s (mon_mgr_beacon_grace)',
        pane: 'ceph',
      });
    return found;
  },
});

function since<Sample>(history: readonly Entry<Sample>[], spoke: (sample: Sample) => boolean): string {
  const [now, last] = [history.at(-1), history.findLast(({ sample }) => spoke(sample))];
  return now && last && now.wallMs > last.wallMs ? ` for ${duration((now.wallMs - last.wallMs) / 1000)}` : '';
}
