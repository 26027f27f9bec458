import { portTrouble } from '../../entities/ovs/port-trouble.ts';
import { plain } from '../../lib/plain.ts';
import { ovsDb } from '../../sources/ovs/db.ts';
import { defineFinding } from '../finding.ts';

/** A port that the switch could not make, or whose link or path is down. */
export const ovsPortBroken = defineFinding({
  id: 'ovs-port-broken',
  title: 'A port of the switch that does not work',
  needs: { ovsDb },
  authority: 'ovs-vswitchd.conf.db(5): error, ofport -1, link_state, bfd_status of an Interface',
  judge: ({ ovsDb: seen }) =>
    (seen.now?.interfaces ?? []).flatMap((port) => {
      const trouble = portTrouble(port);
      if (trouble === undefined) return [];
      const name = plain(port.name);
      return [
        {
          severity: trouble.broken ? ('crit' as const) : ('warn' as const),
          subject: name,
          sentence: `port ${name} of ${plain(port.bridge ?? 'no bridge')}: ${plain(trouble.words)}`,
          evidence: [
            { what: 'ofport', value: String(port.ofport ?? '—'), source: 'Open_vSwitch database, Interface' },
            {
              what: 'link',
              value: plain(`${port.link ?? '—'} (admin ${port.admin ?? '—'})`),
              source: 'Open_vSwitch database, Interface',
            },
          ],
          next: trouble.broken
            ? 'does the device exist (ip link), in this namespace; was its guest or container removed without its port?'
            : 'the other end of it: a guest that is off, a cable, a switch; counters of the device',
          pane: 'ovs',
        },
      ];
    }),
});
