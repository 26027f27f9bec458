import { plain } from '../../lib/plain.ts';
import { cephHealth } from '../../sources/ceph/health.ts';
import { defineFinding, type Found } from '../finding.ts';

/** What the cluster complains of, as it does, but for what somebody muted. Codes that we do not know count too. */
export const cephHealthChecks = defineFinding({
  id: 'ceph-health',
  title: "Ceph's own health checks",
  needs: { cephHealth },
  authority: 'Ceph: docs.ceph.com/rados/operations/health-checks; HEALTH_ERR is bad, HEALTH_WARN worth a look',
  judge: ({ cephHealth: { now, missing } }) =>
    missing['health'] !== undefined
      ? []
      : (now?.checks ?? [])
          .filter(({ muted }) => !muted)
          .map((check): Found => ({
            severity: check.severity === 'HEALTH_ERR' ? 'crit' : 'warn',
            subject: plain(check.code),
            sentence: `the cluster says: ${plain(check.message)}`,
            evidence: [
              { what: plain(check.code), value: plain(check.detail[0] ?? check.message), source: 'ceph health detail' },
            ],
            next:
              check.code === 'SLOW_OPS'
                ? 'the OSDs that it names are often those that wait: the one to blame stands first in Ceph'
                : 'its lines in Ceph, health checks',
            pane: 'ceph',
          })),
});
