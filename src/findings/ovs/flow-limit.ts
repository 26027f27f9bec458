import { count, ms, percent } from '../../lib/units.ts';
import { ovsDatapath } from '../../sources/ovs/datapath.ts';
import { defineFinding, type Found } from '../finding.ts';
import { grade, limits } from '../../thresholds.ts';

/** More flows than the switch lets itself have: it deletes them early, and their packets go up again and again. */
export const ovsFlowLimit = defineFinding({
  id: 'ovs-flow-limit',
  title: 'Datapath flows at their limit',
  needs: { ovsDatapath },
  authority: limits.ovsFlowLimitPct.authority,
  judge: ({ ovsDatapath: seen }) =>
    (seen.now?.upcalls ?? []).flatMap(({ datapath, flows, limit, dumpMs }): Found[] => {
      if (flows === undefined || limit === undefined || limit === 0) return [];
      const usedPct = (100 * flows) / limit;
      const refused = seen.now?.coverage.get('upcall_flow_limit_hit')?.last5sPerSec ?? 0;
      const grown = grade(usedPct, limits.ovsFlowLimitPct);
      const severity = grown === 'crit' || refused > 0 ? 'crit' : grown;
      if (severity === 'text') return [];
      return [
        {
          severity,
          subject: datapath,
          sentence: `${datapath} has ${count(flows)} flows at a limit of ${count(limit)} (${percent(usedPct)})${refused > 0 ? `, ${count(refused)} new ones a second are refused` : ''}`,
          evidence: [
            { what: 'flows', value: `${count(flows)} of ${count(limit)}`, source: 'upcall/show' },
            { what: 'refused', value: `${count(refused)}/s`, source: 'coverage/show upcall_flow_limit_hit' },
            { what: 'dump', value: ms(dumpMs), source: 'upcall/show' },
          ],
          next: 'which rule makes one flow for each connection: look at new flows by path and service; other_config:flow-limit of the switch, if it was set, caps the limit',
          pane: 'ovs',
        },
      ];
    }),
});
