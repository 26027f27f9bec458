import { downSince } from '../../entities/ceph/down-osds.ts';
import { isGone, osdLoads } from '../../entities/ceph/osd-load.ts';
import { span } from '../../lib/units.ts';
import { plain } from '../../lib/plain.ts';
import { cephAllOsds } from '../../sources/ceph/all-osds.ts';
import { cephOsdmap } from '../../sources/ceph/osdmap.ts';
import { cephOsds } from '../../sources/ceph/osds.ts';
import { osdRef } from '../entity-ref.ts';
import { defineFinding, onsetAgo, type Found } from '../finding.ts';

/** Shortest silence that counts: a busy OSD replies late once, not for this long. */
const LEAST_SECONDS = 5;

/** OSD that is frozen or unreachable, or whose process is gone and left its admin socket behind. */
export const cephOsdUnresponsive = defineFinding({
  id: 'ceph-osd-unresponsive',
  title: 'OSD unresponsive or gone',
  needs: { cephOsds, cephAllOsds, cephOsdmap },
  authority: '[own]: an admin socket replies in milliseconds; 5 s without a reply, or a stale socket',
  judge: (moment) =>
    osdLoads(moment).flatMap((load): readonly Found[] => {
      const { missing, missingSeconds, osd } = load;
      if (missing === undefined) return [];
      const gone = isGone(load);
      // One that never replied counts from its first request: at our own start a busy host is slow to run it.
      if (!gone && (missing.why !== 'timeout' || (missingSeconds ?? 0) < LEAST_SECONDS)) return [];
      const since = missingSeconds === undefined ? '' : ` for ${span(missingSeconds)}`;
      return [
        {
          severity: 'crit',
          subject: `osd.${osd}`,
          subjectVocabulary: 'fixed',
          entity: osdRef(osd),
          sentence: gone
            ? 'process gone, stale admin socket (crashed or killed)'
            : `unresponsive${since} (${load.local ? 'admin socket timeout: process hung or stopped' : 'process hung, or its host unreachable'})`,
          evidence: [
            {
              what: 'perf dump',
              value: plain(missing.detail),
              source: load.local ? 'admin socket' : 'librados',
            },
          ],
          next: gone
            ? '`ceph crash ls`; read its log and `journalctl -k -g "oom-kill|segfault|I/O error"`'
            : 'open its process in Processes: state T or D, t for its stacks; Ceph lists the ops that wait for it',
          pane: 'ceph',
          ...onsetAgo(downSince(moment.cephOsdmap, osd), 'OSD map, time of down'),
        },
      ];
    }),
});
