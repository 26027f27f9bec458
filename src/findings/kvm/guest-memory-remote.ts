import { guestNeeds } from '../../entities/kvm/guests.ts';
import { kib, percent } from '../../lib/units.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { recentGuests } from '../../entities/kvm/recent-guests.ts';
import { grade, limits } from '../../thresholds.ts';

/** vCPUs bound to one NUMA node and memory on another: every access crosses the link between sockets. */
export const guestMemoryRemote = defineFinding({
  id: 'guest-memory-remote',
  title: 'Guest memory on a remote NUMA node',
  needs: guestNeeds,
  authority: limits.guestFarPct.authority,
  judge: (moment) =>
    recentGuests(moment).flatMap(({ key, name, place, definition }): Found[] => {
      const severity = grade(place?.remotePct, limits.guestFarPct);
      if (!place || severity === 'text') return [];
      const nodes = place.cpuNodes.join(', ');
      return [
        {
          severity: 'warn',
          subject: name,
          entity: entityRef('guest', key),
          sentence: `${percent(place.remotePct)} remote memory, vCPUs bound to NUMA node${place.cpuNodes.length === 1 ? '' : 's'} ${nodes}`,
          evidence: [
            { what: 'nodes of its vCPUs', value: nodes, source: 'Cpus_allowed_list of its threads' },
            ...place.memory.map(({ node, kiB }) => ({
              what: `memory on node ${node}`,
              value: kib(kiB),
              source: 'memory.numa_stat of its cgroup',
            })),
            {
              what: 'nodeset',
              value: definition?.memoryNodes?.join(', ') ?? 'any node',
              source: 'numatune in the domain XML',
            },
          ],
          next: 'bind memory and vCPUs to one node (numatune and vcpupin, or hw:numa_nodes of the flavor), or move it: `migratepages PID FROM TO`',
          pane: 'kvm',
        },
      ];
    }),
});
