import { hostEpochSeconds } from '../../entities/containers/containers.ts';
import { idleSeconds, isStuck, STUCK_SECONDS } from '../../entities/containers/lxd-stuck.ts';
import { duration } from '../../lib/units.ts';
import { plain } from '../../lib/plain.ts';
import { cpuStat } from '../../sources/machine/cpu-stat.ts';
import { lxdOperations } from '../../sources/containers/lxd-operations.ts';
import { defineFinding, type Found } from '../finding.ts';

/** Neither done nor moving: whoever asked for it waits, and its instance takes no other order. */
export const lxdOperationStuck = defineFinding({
  id: 'lxd-operation-stuck',
  title: 'An operation of LXD that does not end',
  needs: { lxdOperations, cpuStat },
  authority: `[own]: no news for ${STUCK_SECONDS} s`,
  judge: (moment) => {
    const now = hostEpochSeconds(moment);
    return [...(moment.lxdOperations.now?.servers.values() ?? [])]
      .flat()
      .filter((operation) => isStuck(operation, now))
      .map((operation): Found => {
        const what = plain(operation.description ?? 'an operation');
        const whose = operation.instances.map(plain).join(', ');
        const idle = duration(idleSeconds(operation, now));
        return {
          severity: 'warn',
          subject: `${what} ${whose || operation.id.slice(0, 8)}`,
          sentence: `LXD has been at "${what}"${whose === '' ? '' : ` of ${whose}`} without any news for ${idle}`,
          evidence: [
            {
              what: 'status',
              value: `${plain(operation.status ?? '—')}, nothing new for ${idle}`,
              source: `LXD /1.0/operations/${plain(operation.id)}`,
            },
          ],
          next: 'a stop waits for the container to obey: look what its pid 1 does (t on its row); lxc operation list shows the rest',
          pane: 'containers',
        };
      });
  },
});
