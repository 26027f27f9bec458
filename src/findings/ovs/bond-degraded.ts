import { plain } from '../../lib/plain.ts';
import { ovsSwitch } from '../../sources/ovs/switch.ts';
import { defineFinding, type Found } from '../finding.ts';

/** A bond of the switch that lost a member, or whose partner does not speak LACP. */
export const ovsBondDegraded = defineFinding({
  id: 'ovs-bond-degraded',
  title: 'A bond of the switch without a member',
  needs: { ovsSwitch },
  authority: 'ovs-vswitchd(8), bond/show: a member that is disabled; lacp_status',
  judge: ({ ovsSwitch: seen }) =>
    (seen.now?.bonds ?? []).flatMap(({ name, lacp, members }): Found[] => {
      const down = members.filter(({ enabled }) => !enabled);
      const alone = lacp === 'configured';
      if (down.length === 0 && !alone) return [];
      const none = down.length === members.length;
      return [
        {
          severity: none ? 'crit' : 'warn',
          subject: plain(name),
          sentence: `bond ${plain(name)}: ${down.length === 0 ? 'no LACP partner' : `${down.map((one) => plain(one.name)).join(', ')} ${down.length === 1 ? 'is' : 'are'} disabled, ${members.length - down.length} of ${members.length} carry traffic`}`,
          evidence: [
            ...members.map((one) => ({
              what: plain(one.name),
              value: plain(
                `${one.enabled ? 'enabled' : 'disabled'}${one.lacp === undefined ? '' : `, lacp ${one.lacp}`}`,
              ),
              source: 'bond/show, lacp/show',
            })),
            { what: 'lacp', value: plain(lacp ?? 'off'), source: 'bond/show' },
          ],
          next: 'the link of that member (Hardware, network cards), its cable and the port of the switch at the other end',
          pane: 'ovs',
        },
      ];
    }),
});
