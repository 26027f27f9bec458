import { count, percent } from '../../lib/units.ts';
import { ovsDatapath } from '../../sources/ovs/datapath.ts';
import { eventRate } from '../../sources/ovs/rates.ts';
import { ovsSwitch } from '../../sources/ovs/switch.ts';
import { grade, limits } from '../../thresholds.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** Conntrack tables of a datapath, and ct zones, near or at their limit: new connections are invalid, and dropped by the rules. */
export const ovsConntrackFull = defineFinding({
  id: 'ovs-conntrack-full',
  title: 'OVS conntrack: table or ct zone full',
  needs: { ovsSwitch, ovsDatapath },
  authority: limits.conntrackUsedPct.authority,
  judge: ({ ovsSwitch: { now }, ovsDatapath: datapath }) => {
    const refused = eventRate(datapath, 'conntrack_full') ?? 0;
    const tables = (now?.conntrack ?? []).flatMap(({ where, connections, most }): Found[] => {
      // The rule conntrack-full judges the kernel's table.
      if (where === 'kernel' || connections === undefined || !most) return [];
      const usedPct = (100 * connections) / most;
      const graded = grade(usedPct, limits.conntrackUsedPct);
      if (graded === 'text') return [];
      return [
        {
          severity: refused > 0 ? 'crit' : graded,
          subject: where,
          entity: entityRef('datapath', where),
          sentence: `conntrack ${percent(usedPct)} full, ${count(connections)} of ${count(most)}${refused > 0 ? `, ${count(refused)} refused/s` : ''}`,
          evidence: [
            {
              what: 'connections',
              value: `${count(connections)} of ${count(most)}`,
              source: 'dpctl/ct-get-nconns, dpctl/ct-get-maxconns',
            },
            { what: 'refused', value: `${count(refused)}/s`, source: 'coverage/show conntrack_full' },
          ],
          next: 'open OVS, Bonds, conntrack, memory, ↵ on the table: connections by zone; `ovs-appctl dpctl/ct-set-maxconns`',
          pane: 'ovs',
        },
      ];
    });
    const zones = (now?.zones ?? []).flatMap(({ where, zone, connections, most }): Found[] => {
      const usedPct = (100 * connections) / most;
      const severity = grade(usedPct, limits.conntrackUsedPct);
      if (severity === 'text') return [];
      return [
        {
          severity,
          subject: `${where} zone ${zone}`,
          entity: entityRef('datapath', where),
          condition: `zone-${zone}`,
          sentence: `ct zone ${percent(usedPct)} full, ${count(connections)} of ${count(most)} connections`,
          evidence: [
            { what: 'connections', value: `${count(connections)} of ${count(most)}`, source: 'dpctl/ct-get-limits' },
          ],
          next: 'open OVS, Bonds, conntrack, memory, ↵ on the table: its owner and states; `ovs-appctl dpctl/ct-set-limits`',
          pane: 'ovs',
        },
      ];
    });
    return [...tables, ...zones];
  },
});
