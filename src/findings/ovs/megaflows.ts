import { count, percent, span } from '../../lib/units.ts';
import { ovsDatapath, type OvsDatapathSample } from '../../sources/ovs/datapath.ts';
import { lookupRate } from '../../sources/ovs/rates.ts';
import { grade, limits } from '../../thresholds.ts';
import type { Seen } from '../../timeline/moment.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** Growth that counts as fast, and the number from which it does: below it is a start of guests. */
const GROWTH = 8;
const LEAST = 1000;
/** Packets/s of a megaflow below which it serves single connections; 10 s without a packet remove it. */
const PACKETS_PER_FLOW = 5;

/** Many megaflows with few packets each: rules match single connections, and each new one is an upcall. */
export const ovsMegaflows = defineFinding({
  id: 'ovs-megaflows',
  title: 'Many megaflows with few packets each',
  needs: { ovsDatapath },
  authority: `${limits.ovsMegaflows.authority}; ${GROWTH}-fold growth and fewer than ${PACKETS_PER_FLOW} packets/s a flow: [own]`,
  judge: ({ ovsDatapath: seen }) =>
    (seen.now?.upcalls ?? []).flatMap(({ datapath, flows, limit }): Found[] => {
      if (flows === undefined || flows < LEAST) return [];
      // Near the limit ovs-flow-limit reports it.
      const usedPct = limit ? (100 * flows) / limit : undefined;
      if (grade(usedPct, limits.ovsFlowLimitPct) !== 'text') return [];
      const { hitsPerSec, missesPerSec } = lookupRate(seen, datapath);
      if (hitsPerSec === undefined || missesPerSec === undefined) return [];
      const perFlow = (hitsPerSec + missesPerSec) / flows;
      const start = fewest(seen, datapath);
      const grown = start !== undefined && flows >= GROWTH * start.flows;
      if (perFlow >= PACKETS_PER_FLOW || (!grown && grade(flows, limits.ovsMegaflows) === 'text')) return [];
      return [
        {
          severity: 'warn',
          subject: datapath,
          entity: entityRef('datapath', datapath),
          sentence: `${count(flows)} megaflows of single connections${grown ? `, from ${count(start.flows)} in ${span(start.secondsAgo)}` : ''}, ${perFlow.toFixed(1)} packets/s each`,
          evidence: [
            { what: 'flows', value: `${count(flows)} of ${count(limit)} (${percent(usedPct)})`, source: 'upcall/show' },
            { what: 'lookups', value: `${count(hitsPerSec + missesPerSec)}/s`, source: 'dpctl/show' },
          ],
          next: 'open OVS, Flows by path and service, or ↵ on a port: flows that match L4 ports; `ovs-appctl ofproto/trace` names the rule',
          pane: 'ovs',
        },
      ];
    }),
});

/** Fewest flows of the history, with its age. */
function fewest(
  { history }: Seen<OvsDatapathSample>,
  name: string,
): { readonly flows: number; readonly secondsAgo: number } | undefined {
  const end = history.at(-1)?.at;
  let least: { flows: number; at: number } | undefined;
  for (const { sample, at } of history) {
    const flows = sample?.upcalls.find(({ datapath }) => datapath === name)?.flows;
    if (flows !== undefined && flows > 0 && (least === undefined || flows <= least.flows)) least = { flows, at };
  }
  return least && end !== undefined && end >= least.at ? { flows: least.flows, secondsAgo: end - least.at } : undefined;
}
