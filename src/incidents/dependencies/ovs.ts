import { portNeeds, portOwnersAt } from '../../entities/ovs/ports.ts';
import type { PortOwner } from '../../entities/ovs/port.ts';
import { entityRef, type EntityRef } from '../../findings/entity-ref.ts';
import { ovsDatapath } from '../../sources/ovs/datapath.ts';
import { defineDependencies, type Dependency } from '../dependency.ts';

const vswitchd = entityRef('daemon', 'ovs-vswitchd');

/** Owner to port, port to bridge and NIC, bridge and datapath to ovs-vswitchd, controller to its bridge. */
export const ovsDependencies = defineDependencies({
  id: 'ovs',
  needs: { ...portNeeds, ovsDatapath },
  of: (moment) => {
    const { bridges = [], interfaces = [], controllers = [] } = moment.ovsDb.now ?? {};
    const found: Dependency[] = [];
    if (bridges.length > 0)
      found.push({ dependent: vswitchd, via: 'served-by', on: entityRef('daemon', 'ovsdb-server') });
    for (const { name } of bridges)
      found.push({ dependent: entityRef('bridge', name), via: 'forwarded-by', on: vswitchd });
    for (const { name } of moment.ovsDatapath.now?.datapaths ?? [])
      found.push({ dependent: entityRef('datapath', name), via: 'forwarded-by', on: vswitchd });
    const owners = portOwnersAt(moment);
    for (const { name, bridge, port: bond } of interfaces) {
      const port = entityRef('port', name);
      if (bridge !== undefined) found.push({ dependent: port, via: 'plugged-into', on: entityRef('bridge', bridge) });
      found.push({ dependent: port, via: 'plugged-into', on: entityRef('nic', name) });
      if (bond !== undefined && bond !== name)
        found.push({ dependent: entityRef('bond', bond), via: 'plugged-into', on: port });
      const owner = ownerRef(owners.get(name));
      if (owner) found.push({ dependent: owner, via: 'plugged-into', on: port });
    }
    for (const { kind, bridge, target } of controllers)
      if (bridge !== undefined)
        found.push({
          dependent: entityRef('bridge', bridge),
          via: 'served-by',
          on: entityRef('controller', `${kind === 'manager' ? 'ovsdb-server' : bridge}/${target}`),
        });
    return found;
  },
});

/** Guests and containers have the same ids in their panes; a pod's row is its uid, which no finding is about. */
function ownerRef(owner: PortOwner | undefined): EntityRef | undefined {
  if (owner?.kind === 'port') return entityRef('logical-port', owner.name);
  if (owner?.place?.pane === 'kvm') return entityRef('guest', owner.place.row);
  return owner?.place?.pane === 'containers' ? entityRef('container', owner.place.row) : undefined;
}
