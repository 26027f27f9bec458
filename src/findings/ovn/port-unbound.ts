import { bindingTrouble } from '../../entities/ovn/binding.ts';
import { plain } from '../../lib/plain.ts';
import { ovnCentral } from '../../sources/ovn/central.ts';
import { defineFinding } from '../finding.ts';

/** Most to be named one by one. */
const MOST = 20;

/** A guest's port that is wanted on a chassis and is not there, or that is bound and not up. */
export const ovnPortUnbound = defineFinding({
  id: 'ovn-port-unbound',
  title: 'A logical port that is not where it is wanted',
  needs: { ovnCentral },
  authority: 'ovn-sb(5): chassis, requested_chassis and up of a Port_Binding',
  judge: ({ ovnCentral: seen }) =>
    (seen.now?.bindings ?? [])
      .flatMap((binding) => {
        const trouble = bindingTrouble(binding);
        return trouble === undefined ? [] : [{ binding, trouble }];
      })
      .slice(0, MOST)
      .map(({ binding, trouble }) => ({
        severity: 'warn' as const,
        subject: plain(binding.port),
        sentence: `port ${plain(binding.port)}${binding.datapath === undefined ? '' : ` of ${plain(binding.datapath)}`}: ${plain(trouble)}`,
        evidence: [
          { what: 'bound to', value: plain(binding.chassis ?? 'no chassis'), source: 'southbound Port_Binding' },
          { what: 'wanted on', value: plain(binding.requested ?? 'any'), source: 'southbound Port_Binding' },
        ],
        next: 'on the chassis that should have it: is there an interface with its iface-id (external_ids), and does ovn-controller run',
        pane: 'ovn',
      })),
});
