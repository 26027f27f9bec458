import { downOsds, downSince } from '../../entities/ceph/down-osds.ts';
import { blockedOps, clientIo, inactivePgs, type InactivePgs } from '../../entities/ceph/inactive-pgs.ts';
import { checkOnset } from '../../entities/ceph/check-onset.ts';
import { count, plural } from '../../lib/units.ts';
import { plain } from '../../lib/plain.ts';
import { cephHealth } from '../../sources/ceph/health.ts';
import { cephOps } from '../../sources/ceph/ops.ts';
import { cephOsdmap } from '../../sources/ceph/osdmap.ts';
import { cephPools } from '../../sources/ceph/pools.ts';
import { cephStatus } from '../../sources/ceph/status.ts';
import { cephCluster, entityRef } from '../entity-ref.ts';
import { defineFinding, onsetAgo, type Found } from '../finding.ts';

/** PGs that serve no I/O: their clients stand still until the OSDs are back. */
export const cephPgsInactive = defineFinding({
  id: 'ceph-pgs-inactive',
  title: 'PGs inactive, client I/O blocked',
  needs: { cephStatus, cephHealth, cephOsdmap, cephPools, cephOps },
  authority:
    'Ceph: docs.ceph.com/rados/operations/pg-states; a PG without active, or stale, serves no I/O; 10 s of peering, creating or activating is [own]',
  judge: (moment) => {
    const inactive = inactivePgs(moment);
    if (!inactive) return [];
    const { number, all, pgs, pools } = inactive;
    const io = clientIo(moment.cephStatus);
    const ops = blockedOps(moment.cephOps.now);
    const down = inactive.down.length > 0 ? inactive.down : downOsds(moment.cephOsdmap);
    const stopped = io.stopped || ops > 0 || (number === all && io.nowPerSec === 0);
    // The newest of the missing OSDs took the PGs below min_size.
    const ages = down.flatMap((osd) => downSince(moment.cephOsdmap, osd) ?? []);
    const onset =
      (inactive.check && checkOnset(inactive.check, moment.cephStatus.now, () => undefined)) ??
      (ages.length > 0 ? { secondsAgo: Math.min(...ages), source: 'OSD map, time of down' } : undefined);
    const found: Found = {
      severity: 'crit',
      ...subjectOf(inactive),
      entity: cephCluster,
      members: [...pools.map((name) => entityRef('pool', name)), ...pgs.map((pg) => entityRef('pg', pg))],
      sentence: [
        `${number} of ${plural(all, 'PG')} inactive (${plain(inactive.state)})`,
        stopped ? 'client I/O stopped' : 'I/O to them blocked',
        ...(down.length > 0 ? [`${listed(down)} down`] : []),
      ].join(', '),
      evidence: [
        ...inactive.states.map(({ state, count: pgsInState }) => ({
          what: plain(state),
          value: plural(pgsInState, 'PG'),
          source: 'ceph status',
        })),
        {
          what: 'client I/O',
          value: `${count(io.nowPerSec)} op/s now${io.beforePerSec === undefined ? '' : `, ${count(io.beforePerSec)} op/s before`}`,
          source: 'ceph status',
        },
        ...(ops > 0
          ? [{ what: 'ops waiting for peered or active', value: count(ops), source: 'dump_ops_in_flight' }]
          : []),
        ...inactive.lines.slice(0, 3).map((line) => ({ what: 'PG', value: plain(line), source: 'ceph health detail' })),
      ],
      next:
        down.length > 0
          ? `start ${listed(down)}: \`ceph osd tree down\`, its log; then \`ceph pg PGID query\`, down_osds_we_would_probe`
          : '`ceph pg dump_stuck inactive`, `ceph pg PGID query`: blocked_by, recovery_state; min_size of the pool',
      pane: 'ceph',
      ...onsetAgo(onset?.secondsAgo, onset?.source ?? ''),
    };
    return [found];
  },
});

function subjectOf({ pools }: InactivePgs): Pick<Found, 'subject' | 'subjectVocabulary'> {
  const [first, ...others] = pools;
  if (first === undefined) return { subject: 'PGs', subjectVocabulary: 'fixed' };
  return { subject: plain(`pool ${first}${others.length > 0 ? ` +${others.length}` : ''}`) };
}

/** `osd.1 osd.2 +3` */
const listed = (osds: readonly number[]): string =>
  [...osds.slice(0, 2).map((osd) => `osd.${osd}`), ...(osds.length > 2 ? [`+${osds.length - 2}`] : [])].join(' ');
