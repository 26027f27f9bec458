import { bindingProblem } from '../../entities/ovn/binding.ts';
import { plain } from '../../lib/plain.ts';
import { ovnCentral } from '../../sources/ovn/central.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding } from '../finding.ts';

/** Above this number further ports are left out. */
const MAX_PORTS = 20;

/** VIF ports not bound to their requested chassis, or bound and not up. */
export const ovnPortUnbound = defineFinding({
  id: 'ovn-port-unbound',
  title: 'OVN logical port: not on its requested chassis, or not up',
  needs: { ovnCentral },
  authority: 'ovn-sb(5): chassis, requested_chassis and up of a Port_Binding',
  judge: ({ ovnCentral: seen }) =>
    (seen.now?.bindings ?? [])
      .flatMap((binding) => {
        const problem = bindingProblem(binding);
        return problem === undefined ? [] : [{ binding, problem }];
      })
      .slice(0, MAX_PORTS)
      .map(({ binding, problem }) => ({
        severity: 'warn' as const,
        subject: plain(binding.port),
        entity: entityRef('logical-port', binding.port),
        sentence: `${plain(problem)}${binding.datapath === undefined ? '' : `, switch ${plain(binding.datapath)}`}`,
        evidence: [
          { what: 'chassis', value: plain(binding.chassis ?? 'not bound'), source: 'southbound Port_Binding' },
          { what: 'requested_chassis', value: plain(binding.requested ?? 'any'), source: 'southbound Port_Binding' },
        ],
        next: 'on the requested chassis: `ovs-vsctl --columns=name,external_ids list Interface`, look for the iface-id; check that ovn-controller runs',
        pane: 'ovn',
      })),
});
