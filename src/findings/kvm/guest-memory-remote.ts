import { guestNeeds } from '../../entities/kvm/guests.ts';
import { kib, percent } from '../../lib/units.ts';
import { defineFinding, type Found } from '../finding.ts';
import { guestsLately } from './guest-rates.ts';
import { grade, limits } from '../../thresholds.ts';

/** vCPUs bound to one memory node, memory on another: every access crosses the link between sockets. */
export const guestMemoryFar = defineFinding({
  id: 'guest-memory-far',
  title: 'Memory of a guest is far from its CPUs',
  needs: guestNeeds,
  authority: limits.guestFarPct.authority,
  judge: (moment) =>
    guestsLately(moment).flatMap(({ name, place, definition }): Found[] => {
      const severity = grade(place?.farPct, limits.guestFarPct);
      if (!place || severity === 'text') return [];
      const nodes = place.cpuNodes.join(', ');
      return [
        {
          severity: 'warn',
          subject: name,
          sentence: `${percent(place.farPct)} of the memory of ${name} is not on node ${nodes}, where its vCPUs are bound to`,
          evidence: [
            { what: 'vCPUs may run on nodes', value: nodes, source: 'Cpus_allowed_list of its threads' },
            ...place.memory.map(({ node, kiB }) => ({
              what: `memory on node ${node}`,
              value: kib(kiB),
              source: 'memory.numa_stat of its cgroup',
            })),
            {
              what: 'memory is to come from',
              value: definition?.memoryNodes?.join(', ') ?? 'anywhere',
              source: 'numatune of its definition',
            },
          ],
          next: 'bind memory and vCPUs to the same node (numatune and vcpupin, or hw:numa_nodes of the flavour), or move it with migratepages',
          pane: 'kvm',
        },
      ];
    }),
});
