import { slowPings } from '../../entities/ceph/slow-pings.ts';
import { ms } from '../../lib/units.ts';
import { cephHeartbeats, type Ping } from '../../sources/ceph/heartbeats.ts';
import { osdRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { limits } from '../../thresholds.ts';

/** Slow heartbeats, attributed to the OSD that most of them have in common: its host is the place to look. */
export const cephPingsSlow = defineFinding({
  id: 'ceph-pings-slow',
  title: 'Slow OSD heartbeats',
  needs: { cephHeartbeats },
  authority: limits.osdPingMs.authority,
  judge: ({ cephHeartbeats: { now } }) => {
    const { slow, medianMs } = slowPings(now ?? []);
    const worst = slow.toSorted((a, b) => (b.oneMinuteMs ?? 0) - (a.oneMinuteMs ?? 0))[0];
    const common = mostCommon(slow);
    if (!worst || common === undefined) return [];
    const found: Found = {
      severity: (worst.oneMinuteMs ?? 0) >= limits.osdPingMs.crit ? 'crit' : 'warn',
      subject: `osd.${common.osd}`,
      subjectVocabulary: 'fixed',
      entity: osdRef(common.osd),
      sentence: `slow heartbeats, up to ${ms(worst.oneMinuteMs)} (median ${ms(medianMs)}), common to ${common.pings} of ${slow.length} slow pings`,
      evidence: [
        {
          what: `osd.${worst.from} to osd.${worst.to}`,
          value: `${ms(worst.oneMinuteMs)}, max ${ms(worst.maxMs)}`,
          source: `dump_osd_network of osd.${worst.from}`,
        },
      ],
      next: `\`ceph tell osd.${common.osd} dump_osd_network 0\`; check NICs, MTU and bonds of its host`,
      pane: 'ceph',
    };
    return [found];
  },
});

function mostCommon(pings: readonly Ping[]): { readonly osd: number; readonly pings: number } | undefined {
  const votes = new Map<number, number>();
  for (const { from, to } of pings) for (const osd of [to, from]) votes.set(osd, (votes.get(osd) ?? 0) + 1);
  const [most] = [...votes].toSorted((a, b) => b[1] - a[1]);
  return most && { osd: most[0], pings: most[1] };
}
