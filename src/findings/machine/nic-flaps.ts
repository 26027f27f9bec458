import { count, plural, span } from '../../lib/units.ts';
import { nics } from '../../sources/machine/nics.ts';
import { defineFinding, type Found } from '../finding.ts';
import { counterEvents, pastAfter } from '../../timeline/last-event.ts';

const WINDOW_SECONDS = 900;

/** A link that comes and goes: each time, neighbours, bonds and routes have to settle again. */
export const nicFlaps = defineFinding({
  id: 'nic-flaps',
  title: 'A link comes and goes',
  needs: { nics },
  authority:
    'kube-prometheus NodeNetworkInterfaceFlapping: more than 2 changes (in 2 minutes there, in the 15 that we remember here)',
  judge: (moment) => {
    return [...(moment.nics.now?.nics.values() ?? [])].flatMap((nic): Found[] => {
      // Interfaces of containers and guests come and go as they please.
      if (nic.virtual !== false) return [];
      const {
        count: changes,
        ageSeconds,
        watchedSeconds,
      } = counterEvents(moment.nics, (sample) => sample?.nics.get(nic.name)?.carrierChanges, WINDOW_SECONDS);
      if (changes <= 2) return [];
      const state = nic.operState ?? 'unknown';
      return [
        {
          severity: 'warn',
          subject: nic.name,
          sentence: `${plural(changes, 'link change')} in ${span(watchedSeconds)}, last ${span(ageSeconds)} ago, link ${state} now`,
          evidence: [
            {
              what: 'link changes since it exists',
              value: count(nic.carrierChanges),
              source: `/sys/class/net/${nic.name}/carrier_changes`,
            },
            { what: 'state', value: state, source: `/sys/class/net/${nic.name}/operstate` },
          ],
          next: 'look at cable, transceiver and switch port; the kernel log has the times',
          pane: 'hardware',
          // A link that stayed down is a fault of now, whenever it changed.
          ...(state === 'down' ? {} : pastAfter(ageSeconds)),
        },
      ];
    });
  },
});
