import { plain } from '../../lib/plain.ts';
import { cephHealth } from '../../sources/ceph/health.ts';
import { cephCluster } from '../entity-ref.ts';
import { defineFinding, onsetAgo, type Found } from '../finding.ts';

/** Health checks of the cluster that are not muted, unknown codes included: the lines of `ceph health detail`. */
export const cephHealthChecks = defineFinding({
  id: 'ceph-health',
  title: 'Ceph health check',
  needs: { cephHealth },
  authority: 'Ceph: docs.ceph.com/rados/operations/health-checks; HEALTH_ERR is critical, HEALTH_WARN a warning',
  judge: ({ cephHealth: { now, missing } }) =>
    missing['health'] !== undefined
      ? []
      : (now?.checks ?? [])
          .filter(({ muted }) => !muted)
          .map((check): Found => ({
            severity: check.severity === 'HEALTH_ERR' ? 'crit' : 'warn',
            subject: plain(check.code),
            subjectVocabulary: 'fixed',
            entity: cephCluster,
            condition: check.code,
            sentence: plain(check.message),
            evidence: [
              { what: plain(check.code), value: plain(check.detail[0] ?? check.message), source: 'ceph health detail' },
            ],
            next:
              check.code === 'SLOW_OPS'
                ? '`ceph osd perf`; open Ceph: the slow OSD stands first, those in SLOW_OPS often only wait for it'
                : '`ceph health detail`; open Ceph, Health checks, enter shows the OSDs and PGs concerned',
            pane: 'ceph',
            ...onsetAgo(blockedSeconds(check.message), 'SLOW_OPS, oldest op'),
          })),
});

/** Age of the oldest op in `13 slow ops, oldest one blocked for 7 sec, daemons [osd.0,osd.2] have slow ops.` */
function blockedSeconds(message: string): number | undefined {
  const seconds = /oldest one blocked for (\d{1,9}) sec/.exec(message)?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}
