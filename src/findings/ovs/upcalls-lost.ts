import { count, percent } from '../../lib/units.ts';
import { ovsDatapath } from '../../sources/ovs/datapath.ts';
import { lookupRate } from '../../sources/ovs/rates.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { grade, limits } from '../../thresholds.ts';
import type { SampleOf } from '../../sources/source.ts';
import type { Seen } from '../../timeline/moment.ts';
import { orSinceStart } from '../../timeline/since-start.ts';
import { overLast } from '../../timeline/window.ts';

/** Upcalls that never reached ovs-vswitchd: each is a dropped packet of a guest. */
export const ovsUpcallsLost = defineFinding({
  id: 'ovs-upcalls-lost',
  title: 'Lost upcalls',
  needs: { ovsDatapath },
  authority: limits.ovsLostPerSec.authority,
  judge: ({ ovsDatapath: latest }) => {
    const seen = overLast(latest, 10, 1.5);
    return (latest.now?.datapaths ?? []).flatMap(({ name, lost }): Found[] => {
      const life = ofLife(latest, name, lost);
      if (life) return [life];
      // The longer window keeps one odd reading out, the latest reading ends the finding and has its figures.
      const rate = lookupRate(latest, name);
      const severity = grade(lookupRate(seen, name).lostPerSec, limits.ovsLostPerSec);
      if (severity === 'text' || !rate.lostPerSec) return [];
      return [
        {
          severity,
          subject: name,
          entity: entityRef('datapath', name),
          sentence: `${count(rate.lostPerSec)} lost upcalls/s`,
          evidence: [
            { what: 'lost', value: `${count(rate.lostPerSec)}/s, ${count(lost)} since start`, source: 'dpctl/show' },
            { what: 'missed', value: `${count(rate.missesPerSec)}/s`, source: 'dpctl/show' },
            { what: 'hit', value: percent(rate.hitPct), source: 'dpctl/show' },
          ],
          next: NEXT,
          pane: 'ovs',
        },
      ];
    });
  },
});

const NEXT =
  'open OVS, Flows by source, sort by NEW: a scan or flood; Datapath: CPU of the handlers, flows against the limit';
/** Fewer are the first packets after a restart. */
const LEAST_OF_LIFE = 100;

/** Lost upcalls since the start of the datapath, where a recording has one reading. */
function ofLife(seen: Seen<SampleOf<typeof ovsDatapath>>, name: string, lost: number | undefined): Found | undefined {
  if (seen.sinceStart === undefined || lost === undefined || lost < LEAST_OF_LIFE) return undefined;
  const { lostPct, hitPct } = lookupRate(orSinceStart(seen), name);
  const severity = grade(lostPct, limits.ovsLostPct);
  if (severity === 'text') return undefined;
  return {
    severity,
    subject: name,
    entity: entityRef('datapath', name),
    sentence: `${count(lost)} lost upcalls since start, ${percent(lostPct)} of all`,
    evidence: [
      { what: 'lost', value: String(lost), source: 'dpctl/show' },
      { what: 'hit', value: percent(hitPct), source: 'dpctl/show' },
    ],
    next: NEXT,
    pane: 'ovs',
  };
}
