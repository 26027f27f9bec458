import { bindDetail } from '../../sources/source.ts';
import { ovnLogicalObject, type LogicalObject, type NorthboundRulesSample } from '../../sources/ovn/logical-object.ts';
import { northboundRulesSection } from '../../ui/kit/northbound-rules.ts';
import type { Detail } from '../pane.ts';

const TITLES: Readonly<Record<LogicalObject['kind'], string>> = {
  switch: 'ACLs, load balancers and QoS',
  router: 'NAT, load balancers, routes and policies',
  port: 'ACLs of the port and its groups, NAT to its addresses',
};

/** Detail of a logical switch, router or port: what the northbound database states about its packets. */
export const logicalDetail = (name: string, object: LogicalObject): Detail => ({
  id: 'ovn-logical',
  title: `logical ${object.kind} ${name}`,
  sources: { rows: bindDetail(ovnLogicalObject, object) },
  everySeconds: 30,
  sections: (samples, missing) => {
    // bindDetail gave it the sample of ovnLogicalObject, or there is none yet.
    const { rows } = samples as { readonly rows?: NorthboundRulesSample };
    return [
      northboundRulesSection(rows, missing['rows'], {
        title: TITLES[object.kind],
        sources: ['ovn-logical-object'],
        none: 'none',
      }),
    ];
  },
});
