import { hostEpochSeconds } from '../../entities/containers/containers.ts';
import { idleSeconds, isStuck, STUCK_SECONDS } from '../../entities/containers/lxd-stuck.ts';
import { span } from '../../lib/units.ts';
import { plain } from '../../lib/plain.ts';
import { cpuStat } from '../../sources/machine/cpu-stat.ts';
import { lxdOperations } from '../../sources/containers/lxd-operations.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, onsetAgo, type Found } from '../finding.ts';

/** An operation without progress blocks its client and every other operation on its instance. */
export const lxdOperationStuck = defineFinding({
  id: 'lxd-operation-stuck',
  title: 'LXD operation stuck',
  needs: { lxdOperations, cpuStat },
  authority: `[own]: no progress for ${STUCK_SECONDS} s`,
  judge: (moment) => {
    const now = hostEpochSeconds(moment);
    return [...(moment.lxdOperations.now?.servers.values() ?? [])]
      .flat()
      .filter((operation) => isStuck(operation, now))
      .map((operation): Found => {
        const what = plain(operation.description ?? 'an operation');
        const instances = operation.instances.map(plain).join(', ');
        const idle = span(idleSeconds(operation, now));
        return {
          severity: 'warn',
          subject: `${what} ${instances || operation.id.slice(0, 8)}`,
          entity: entityRef('lxd-operation', operation.id),
          sentence: `operation stuck, no progress for ${idle}`,
          evidence: [
            {
              what: 'status',
              value: `${plain(operation.status ?? '—')}, no progress for ${idle}`,
              source: `LXD /1.0/operations/${plain(operation.id)}`,
            },
          ],
          next: '`lxc operation list`; a stop waits for pid 1 inside: open Containers, press t on its row',
          pane: 'containers',
          ...onsetAgo(idleSeconds(operation, now), 'LXD /1.0/operations updated_at'),
        };
      });
  },
});
