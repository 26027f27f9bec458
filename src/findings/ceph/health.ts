import { downSince } from '../../entities/ceph/down-osds.ts';
import { checkMembers, subjectsOf } from '../../entities/ceph/check-members.ts';
import { checkNext } from '../../entities/ceph/check-next.ts';
import { clientEvidence, opClientNeeds } from '../../entities/ceph/op-clients.ts';
import { checkOnset } from '../../entities/ceph/check-onset.ts';
import { standingChecks } from '../../entities/ceph/standing-checks.ts';
import { unreportedChecks } from '../../entities/ceph/unreported-checks.ts';
import { plain } from '../../lib/plain.ts';
import { cephFleet } from '../../sources/ceph/fleet.ts';
import { cephHealth, type HealthCheck } from '../../sources/ceph/health.ts';
import { cephOsdmap } from '../../sources/ceph/osdmap.ts';
import { cephStatus } from '../../sources/ceph/status.ts';
import { cephCluster } from '../entity-ref.ts';
import { defineFinding, onsetAgo, type Found } from '../finding.ts';

/** Commands of checks that Ceph itself does not report (yet). */
const UNREPORTED: Readonly<Record<string, string>> = {
  HEALTH_ERR: 'ceph status',
  HEALTH_WARN: 'ceph status',
  DAEMON_OLD_VERSION: 'ceph versions',
};

/** Length of a sentence that 80 columns show. */
const MAX_SENTENCE = 90;

/** Health checks of the cluster that are not muted, unknown codes included: the lines of `ceph health detail`. */
export const cephHealthChecks = defineFinding({
  id: 'ceph-health',
  title: 'Ceph health check',
  needs: { cephHealth, cephStatus, cephOsdmap, cephFleet, ...opClientNeeds },
  authority: 'Ceph: docs.ceph.com/rados/operations/health-checks; HEALTH_ERR is critical, HEALTH_WARN a warning',
  judge: (moment) =>
    [...standingChecks(moment), ...unreportedChecks(moment)]
      .filter(({ muted }) => !muted)
      .map((check): Found => {
        const onset = checkOnset(check, moment.cephStatus.now, (osd) => downSince(moment.cephOsdmap, osd));
        const members = subjectsOf(check);
        return {
          severity: check.severity === 'HEALTH_ERR' ? 'crit' : 'warn',
          subject: plain(check.code),
          subjectVocabulary: 'fixed',
          entity: cephCluster,
          condition: check.code,
          ...(members.length > 0 && { members }),
          sentence: sentenceOf(check),
          evidence: [
            {
              what: plain(check.code),
              value: plain(check.detail[0] ?? check.message),
              source: (check.detail.length === 0 ? UNREPORTED[check.code] : undefined) ?? 'ceph health detail',
            },
            ...(check.code === 'SLOW_OPS' ? clientEvidence(moment) : []),
          ],
          next: checkNext(check.code),
          pane: 'ceph',
          ...onsetAgo(onset?.secondsAgo, onset?.source ?? ''),
        };
      }),
});

/** Message of Ceph and the objects that its lines name, as many as fit: `3 nearfull osd(s): osd.0 osd.1 osd.2`. */
function sentenceOf(check: HealthCheck): string {
  const message = plain(check.message);
  const names = checkMembers(check)
    .map(({ name }) => plain(name))
    .filter((name) => !message.includes(name));
  if (names.length === 0) return message;
  const withNames = (text: string) => `${text}: ${fitting(names, MAX_SENTENCE - text.length - 2)}`;
  const whole = withNames(message);
  // `Degraded data redundancy: 72/108 objects degraded (66.667%), 8 pgs degraded`: the code has what precedes the colon.
  return whole.length <= MAX_SENTENCE ? whole : withNames(message.replace(/^[A-Z][\w ]{1,40}: /, ''));
}

/** Names within a width, at least one, and how many are left out: `osd.0 osd.1 +7`. */
function fitting(names: readonly string[], width: number): string {
  let [text = ''] = names;
  let shown = 1;
  for (const name of names.slice(1)) {
    const rest = names.length - shown - 1;
    if (`${text} ${name}${rest > 0 ? ` +${rest}` : ''}`.length > width) break;
    text += ` ${name}`;
    shown++;
  }
  return shown < names.length ? `${text} +${names.length - shown}` : text;
}
