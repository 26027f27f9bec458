import { count, percent } from '../../lib/units.ts';
import { ovsDatapath } from '../../sources/ovs/datapath.ts';
import { lookupRate } from '../../sources/ovs/rates.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { grade, limits } from '../../thresholds.ts';
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
          next: 'open OVS, Flows by source, sort by NEW: a scan or flood; Datapath: CPU of the handlers, flows against the limit',
          pane: 'ovs',
        },
      ];
    });
  },
});
