import { plain } from '../../lib/plain.ts';
import { ovsSwitch } from '../../sources/ovs/switch.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** Bonds with a disabled member, or with LACP that found no partner. */
export const ovsBondDegraded = defineFinding({
  id: 'ovs-bond-degraded',
  title: 'OVS bond: member disabled, or LACP without a partner',
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
          entity: entityRef('bond', name),
          sentence:
            down.length === 0
              ? 'LACP configured, no partner'
              : `${down.length} of ${members.length} members disabled: ${down.map((one) => plain(one.name)).join(', ')}`,
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
          next: 'check the link of the member (Hardware, network), its cable and the switch port at the other end; `ovs-appctl bond/show`',
          pane: 'ovs',
        },
      ];
    }),
});
