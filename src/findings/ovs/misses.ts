import { count, percent } from '../../lib/units.ts';
import { ovsDatapath } from '../../sources/ovs/datapath.ts';
import { lookupRate, type LookupRate } from '../../sources/ovs/rates.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { grade, limits } from '../../thresholds.ts';
import { overLast } from '../../timeline/window.ts';

/** Below this rate the share is noise. */
const LEAST_PER_SEC = 100;

const missPctOf = ({ hitPct }: LookupRate): number | undefined => (hitPct === undefined ? undefined : 100 - hitPct);

const isHigh = (rate: LookupRate): boolean =>
  (rate.missesPerSec ?? 0) >= LEAST_PER_SEC && grade(missPctOf(rate), limits.ovsMissedPct) !== 'text';

/** A high share of datapath misses: each is an upcall to ovs-vswitchd. */
export const ovsMisses = defineFinding({
  id: 'ovs-misses',
  title: 'High datapath miss rate',
  needs: { ovsDatapath },
  authority: limits.ovsMissedPct.authority,
  judge: ({ ovsDatapath: latest }) => {
    const seen = overLast(latest, 10, 1.5);
    return (latest.now?.datapaths ?? []).flatMap(({ name }): Found[] => {
      // The longer window keeps one odd reading out, the latest reading ends the finding and has its figures.
      const rate = lookupRate(latest, name);
      if (!isHigh(lookupRate(seen, name)) || !isHigh(rate)) return [];
      return [
        {
          severity: 'warn',
          subject: name,
          entity: entityRef('datapath', name),
          sentence: `${percent(missPctOf(rate))} of lookups missed, ${count(rate.missesPerSec)} upcalls/s`,
          evidence: [
            { what: 'missed', value: `${count(rate.missesPerSec)}/s`, source: 'dpctl/show' },
            { what: 'hit', value: `${count(rate.hitsPerSec)}/s`, source: 'dpctl/show' },
          ],
          next: 'open OVS, Flows by source and service, sort by NEW: a scan, or rules that match the ports of short connections',
          pane: 'ovs',
        },
      ];
    });
  },
});
