import { isGone, osdLoads } from '../../entities/ceph/osd-load.ts';
import { duration } from '../../lib/units.ts';
import { plain } from '../../lib/plain.ts';
import { cephAllOsds } from '../../sources/ceph/all-osds.ts';
import { cephOsds } from '../../sources/ceph/osds.ts';
import { defineFinding, type Found } from '../finding.ts';

/** A busy OSD answers late once; not for this long. */
const LEAST_SECONDS = 5;

/** An OSD that is there and does not answer, or whose socket nobody serves any more. */
export const cephOsdSilent = defineFinding({
  id: 'ceph-osd-silent',
  title: 'An OSD that does not answer',
  needs: { cephOsds, cephAllOsds },
  authority: 'own: an admin socket answers in milliseconds; 5 s without an answer, or a socket without a daemon',
  judge: (moment) =>
    osdLoads(moment).flatMap((load): readonly Found[] => {
      const { silent, silentSeconds, osd } = load;
      if (silent === undefined) return [];
      const gone = isGone(load);
      if (!gone && (silent.why !== 'timeout' || (silentSeconds !== undefined && silentSeconds < LEAST_SECONDS)))
        return [];
      const since = silentSeconds === undefined ? '' : ` for ${duration(silentSeconds)}`;
      return [
        {
          severity: 'crit',
          subject: `osd.${osd}`,
          sentence: gone
            ? `osd.${osd} has ended without taking its socket away: it crashed or was killed`
            : `osd.${osd} does not answer${since}: it is frozen, or its host is not reached`,
          evidence: [
            {
              what: 'asked for its counters',
              value: plain(silent.detail),
              source: load.local ? 'its admin socket' : 'the cluster (librados)',
            },
          ],
          next: gone
            ? 'its log, the kernel log and the crashes that the cluster keeps (Ceph, daemons)'
            : 'its process in Processes: stopped (T), or in the kernel (D) and where (stacks); operations that wait for it in Ceph',
          pane: 'ceph',
        },
      ];
    }),
});
