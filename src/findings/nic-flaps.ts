import { count, duration } from '../lib/units.ts';
import { nics } from '../sources/nics.ts';
import { delta } from '../timeline/moment.ts';
import { defineFinding, type Found } from './finding.ts';
import { overLast } from './window.ts';

const WINDOW_SECONDS = 900;

/** A link that comes and goes: each time, neighbours, bonds and routes have to settle again. */
export const nicFlaps = defineFinding({
  id: 'nic-flaps',
  title: 'A link comes and goes',
  needs: { nics },
  authority:
    'kube-prometheus NodeNetworkInterfaceFlapping: more than 2 changes (in 2 minutes there, in the 15 that we remember here)',
  judge: (moment) => {
    const { now, before, seconds } = overLast(moment.nics, WINDOW_SECONDS);
    return [...(now?.nics.values() ?? [])].flatMap((nic): Found[] => {
      // Interfaces of containers and guests come and go as they please.
      if (nic.virtual !== false) return [];
      const changes = delta(nic.carrierChanges, before?.nics.get(nic.name)?.carrierChanges, 1) ?? 0;
      if (changes <= 2) return [];
      return [
        {
          severity: 'warn',
          subject: nic.name,
          sentence: `the link of ${nic.name} changed ${count(changes)} times within ${duration(seconds)}; it is ${nic.operState ?? 'unknown'} now`,
          evidence: [
            {
              what: 'link changes since it exists',
              value: count(nic.carrierChanges),
              source: `/sys/class/net/${nic.name}/carrier_changes`,
            },
            { what: 'state', value: nic.operState ?? 'unknown', source: `/sys/class/net/${nic.name}/operstate` },
          ],
          next: 'look at cable, transceiver and switch port; the kernel log has the times',
          pane: 'hardware',
        },
      ];
    });
  },
});
