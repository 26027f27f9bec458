import { plain } from '../../lib/plain.ts';
import { ovsDatapath } from '../../sources/ovs/datapath.ts';
import { ovsDb } from '../../sources/ovs/db.ts';
import { ovnDaemons } from '../../sources/ovn/daemons.ts';
import { defineFinding } from '../finding.ts';

/** A daemon of the switch or of OVN that has a socket and does not answer. */
export const ovsSilent = defineFinding({
  id: 'ovs-silent',
  title: 'A daemon of the switch does not answer',
  needs: { ovsDatapath, ovsDb, ovnDaemons },
  authority: 'own: it did not answer a question of some microseconds within 5 s',
  judge: ({ ovsDatapath: datapath, ovsDb: db, ovnDaemons: ovn }) =>
    (
      [
        [
          'ovs-vswitchd',
          datapath.now?.silent,
          'datapath flows stay as they are, new connections of guests find no flow',
        ],
        ['ovsdb-server', db.now?.silent, 'no port can be added or removed'],
        ['ovn-controller', ovn.now?.controllerSilent, 'this host does not carry out what is configured'],
        ['ovn-northd', ovn.now?.northdSilent, 'nothing that is configured reaches any host'],
      ] as const
    ).flatMap(([daemon, silent, meaning]) =>
      // A socket that nobody may open says nothing of its daemon.
      silent === undefined || silent.why === 'denied' || silent.why === 'absent'
        ? []
        : [
            {
              severity: 'crit' as const,
              subject: daemon,
              sentence: `${daemon} does not answer (${silent.why}): ${meaning}`,
              evidence: [{ what: silent.why, value: plain(silent.detail), source: 'its control socket' }],
              next: 'its state in Processes: stopped (T), hanging in the kernel (D), or busy; stacks of its threads (t)',
              pane: daemon.startsWith('ovn') ? 'ovn' : 'ovs',
            },
          ],
    ),
});
