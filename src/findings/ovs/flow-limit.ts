import { count, ms, percent } from '../../lib/units.ts';
import { eventRate } from '../../sources/ovs/rates.ts';
import { ovsDatapath } from '../../sources/ovs/datapath.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { grade, limits } from '../../thresholds.ts';

/** Datapath flows near or above the flow limit: flows expire early, and their packets become upcalls again. */
export const ovsFlowLimit = defineFinding({
  id: 'ovs-flow-limit',
  title: 'Datapath flows at the flow limit',
  needs: { ovsDatapath },
  authority: limits.ovsFlowLimitPct.authority,
  judge: ({ ovsDatapath: seen }) =>
    (seen.now?.upcalls ?? []).flatMap(({ datapath, flows, limit, dumpMs }): Found[] => {
      if (flows === undefined || limit === undefined || limit === 0) return [];
      const usedPct = (100 * flows) / limit;
      const refused = eventRate(seen, 'upcall_flow_limit_hit') ?? 0;
      const grown = grade(usedPct, limits.ovsFlowLimitPct);
      const severity = grown === 'crit' || refused > 0 ? 'crit' : grown;
      if (severity === 'text') return [];
      return [
        {
          severity,
          subject: datapath,
          entity: entityRef('datapath', datapath),
          sentence: `flow limit: ${count(flows)} of ${count(limit)} flows (${percent(usedPct)})${refused > 0 ? `, ${count(refused)} new flows/s refused` : ''}`,
          evidence: [
            { what: 'flows', value: `${count(flows)} of ${count(limit)}`, source: 'upcall/show' },
            { what: 'refused', value: `${count(refused)}/s`, source: 'coverage/show upcall_flow_limit_hit' },
            { what: 'dump duration', value: ms(dumpMs), source: 'upcall/show' },
          ],
          next: 'open OVS, Flows by path and service, sort by NEW: a rule with one megaflow per connection; check `other_config:flow-limit`',
          pane: 'ovs',
        },
      ];
    }),
});
