import { portProblem } from '../../entities/ovs/port-problem.ts';
import { plain } from '../../lib/plain.ts';
import { ovsDb } from '../../sources/ovs/db.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding } from '../finding.ts';

/** Ports that ovs-vswitchd could not create, or whose link or BFD session is down. */
export const ovsPortBroken = defineFinding({
  id: 'ovs-port-broken',
  title: 'OVS port: not created, link down or BFD down',
  needs: { ovsDb },
  authority: 'ovs-vswitchd.conf.db(5): error, ofport -1, link_state, bfd_status of an Interface',
  judge: ({ ovsDb: seen }) =>
    (seen.now?.interfaces ?? []).flatMap((port) => {
      const problem = portProblem(port);
      if (problem === undefined) return [];
      const name = plain(port.name);
      return [
        {
          severity: problem.broken ? ('crit' as const) : ('warn' as const),
          subject: name,
          entity: entityRef('port', port.name),
          sentence: `${plain(problem.words)}, ${port.bridge === undefined ? 'on no bridge' : `bridge ${plain(port.bridge)}`}`,
          evidence: [
            { what: 'ofport', value: String(port.ofport ?? '—'), source: 'Open_vSwitch database, Interface' },
            {
              what: 'link',
              value: plain(`${port.link ?? '—'} (admin ${port.admin ?? '—'})`),
              source: 'Open_vSwitch database, Interface',
            },
          ],
          next: problem.broken
            ? 'check that the device exists: `ip link`, `ip netns`; look for a guest or container that was removed without its port'
            : 'check the other end (guest, cable, switch) and the counters of the device (Hardware, network)',
          pane: 'ovs',
        },
      ];
    }),
});
