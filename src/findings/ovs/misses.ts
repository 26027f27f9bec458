import { count, percent } from '../../lib/units.ts';
import { ovsDatapath } from '../../sources/ovs/datapath.ts';
import { lookupRate } from '../../sources/ovs/rates.ts';
import { defineFinding, type Found } from '../finding.ts';
import { grade, limits } from '../../thresholds.ts';
import { overLast } from '../../timeline/window.ts';

/** With fewer a share says nothing. */
const LEAST_PER_SEC = 100;

/** Many packets find no flow: each costs a trip to ovs-vswitchd and back. */
export const ovsMisses = defineFinding({
  id: 'ovs-misses',
  title: 'Many packets without a flow',
  needs: { ovsDatapath },
  authority: limits.ovsMissedPct.authority,
  judge: ({ ovsDatapath: latest }) => {
    const seen = overLast(latest, 10, 1.5);
    return (seen.now?.datapaths ?? []).flatMap(({ name }): Found[] => {
      const rate = lookupRate(seen, name);
      const missPct = rate.hitPct === undefined ? undefined : 100 - rate.hitPct;
      if ((rate.missesPerSec ?? 0) < LEAST_PER_SEC || grade(missPct, limits.ovsMissedPct) === 'text') return [];
      return [
        {
          severity: 'warn',
          subject: name,
          sentence: `${percent(missPct)} of lookups of ${name} find no flow, ${count(rate.missesPerSec)}/s`,
          evidence: [
            { what: 'missed', value: `${count(rate.missesPerSec)}/s`, source: 'dpctl/show' },
            { what: 'hit', value: `${count(rate.hitsPerSec)}/s`, source: 'dpctl/show' },
          ],
          next: 'new flows by source and service: a scan, or short connections that a rule tells apart by port',
          pane: 'ovs',
        },
      ];
    });
  },
});
