import { isFlapping, linkChanges } from '../../entities/machine/nic-link.ts';
import { count, plural, span } from '../../lib/units.ts';
import { nics } from '../../sources/machine/nics.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { pastAfter } from '../../timeline/last-event.ts';

/** Flapping link: neighbours, bonds and routes converge again each time. */
export const nicFlaps = defineFinding({
  id: 'nic-flaps',
  title: 'Link flapping',
  needs: { nics },
  authority: 'kube-prometheus NodeNetworkInterfaceFlapping: more than 2 changes (there in 2 min, here in 15 min)',
  judge: (moment) => {
    return [...(moment.nics.now?.nics.values() ?? [])].flatMap((nic): Found[] => {
      const { count: changes, ageSeconds, watchedSeconds } = linkChanges(moment.nics, nic.name);
      if (!isFlapping(nic, changes)) return [];
      const state = nic.operState ?? 'unknown';
      return [
        {
          severity: 'warn',
          subject: nic.name,
          entity: entityRef('nic', nic.name),
          sentence: `${plural(changes, 'link change')} in ${span(watchedSeconds)}, last ${span(ageSeconds)} ago, link ${state} now`,
          evidence: [
            {
              what: 'carrier changes',
              value: count(nic.carrierChanges),
              source: `/sys/class/net/${nic.name}/carrier_changes`,
            },
            { what: 'state', value: state, source: `/sys/class/net/${nic.name}/operstate` },
          ],
          next: 'check cable, transceiver, switch port; `journalctl -k -g "link"` for the times',
          pane: 'hardware',
          // A link that stayed down is a present fault, whenever it changed.
          ...(state === 'down' ? {} : pastAfter(ageSeconds)),
        },
      ];
    });
  },
});
