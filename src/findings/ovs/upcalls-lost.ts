import { count, percent } from '../../lib/units.ts';
import { ovsDatapath } from '../../sources/ovs/datapath.ts';
import { lookupRate } from '../../sources/ovs/rates.ts';
import { defineFinding, type Found } from '../finding.ts';
import { grade, limits } from '../../thresholds.ts';
import { overLast } from '../../timeline/window.ts';

/** Packets without a flow that never reached ovs-vswitchd: each is a packet of a guest that was dropped. */
export const ovsUpcallsLost = defineFinding({
  id: 'ovs-upcalls-lost',
  title: 'Packets lost on the way to ovs-vswitchd',
  needs: { ovsDatapath },
  authority: limits.ovsLostPerSec.authority,
  judge: ({ ovsDatapath: latest }) => {
    const seen = overLast(latest, 10, 1.5);
    return (seen.now?.datapaths ?? []).flatMap(({ name, lost }): Found[] => {
      const rate = lookupRate(seen, name);
      const severity = grade(rate.lostPerSec, limits.ovsLostPerSec);
      if (severity === 'text') return [];
      return [
        {
          severity,
          subject: name,
          sentence: `${name} loses ${count(rate.lostPerSec)} packets/s: they found no flow and did not get through to ovs-vswitchd`,
          evidence: [
            { what: 'lost', value: `${count(rate.lostPerSec)}/s, ${count(lost)} since start`, source: 'dpctl/show' },
            { what: 'missed', value: `${count(rate.missesPerSec)}/s`, source: 'dpctl/show' },
            { what: 'found a flow', value: percent(rate.hitPct), source: 'dpctl/show' },
          ],
          next: 'a scan or a flood makes new flows faster than handlers can: new flows by source; CPU of the handlers; flows against their limit',
          pane: 'ovs',
        },
      ];
    });
  },
});
