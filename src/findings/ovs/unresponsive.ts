import type { Missing } from '../../host/host.ts';
import { plain } from '../../lib/plain.ts';
import { ovsDatapath } from '../../sources/ovs/datapath.ts';
import { ovsDb } from '../../sources/ovs/db.ts';
import { ovnDaemons } from '../../sources/ovn/daemons.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding } from '../finding.ts';

/** Daemons of OVS and OVN that have a control socket and do not respond, or have ended and left it behind. */
export const ovsUnresponsive = defineFinding({
  id: 'ovs-unresponsive',
  title: 'OVS or OVN daemon unresponsive or gone',
  needs: { ovsDatapath, ovsDb, ovnDaemons },
  authority: '[own]: no reply within 5 s to a request that takes microseconds',
  judge: ({ ovsDatapath: datapath, ovsDb: db, ovnDaemons: ovn }) =>
    (
      [
        [
          'ovs-vswitchd',
          datapath.now?.silent,
          'no new datapath flows, upcalls are lost',
          'userspace datapaths forward nothing',
        ],
        ['ovsdb-server', db.now?.silent, 'ports cannot be added or removed', 'ports cannot be added or removed'],
        [
          'ovn-controller',
          ovn.now?.controllerSilent,
          'this chassis applies no changes',
          'this chassis applies no changes',
        ],
        ['ovn-northd', ovn.now?.northdSilent, 'no change reaches any chassis', 'no change reaches any chassis'],
      ] as const
    ).flatMap(([daemon, silent, meaning, meaningGone]) =>
      // A socket without access proves nothing about its daemon.
      silent === undefined || silent.why === 'denied' || silent.why === 'absent'
        ? []
        : [
            {
              severity: 'crit' as const,
              subject: daemon,
              subjectVocabulary: 'fixed',
              entity: entityRef('daemon', daemon),
              sentence: isGone(silent)
                ? `process gone, stale control socket (crashed or killed): ${meaningGone}`
                : `unresponsive (${silent.why}): ${meaning}`,
              evidence: [{ what: silent.why, value: plain(silent.detail), source: 'control socket' }],
              next: isGone(silent)
                ? `\`systemctl status ${daemon}\`, then its log and \`journalctl -k -g "oom-kill|segfault"\``
                : 'open Processes, filter the daemon: stopped (T), blocked in the kernel (D) or busy; press t for thread stacks',
              pane: daemon.startsWith('ovn') ? 'ovn' : 'ovs',
            },
          ],
    ),
});

/** Whether a socket is left behind by a process that has ended: the kernel refuses the connection. */
const isGone = ({ why, detail }: Missing): boolean => why === 'failed' && detail.includes('nothing listens there');
