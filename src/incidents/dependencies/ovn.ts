import { entityRef } from '../../findings/entity-ref.ts';
import { ovnCentral } from '../../sources/ovn/central.ts';
import { ovnDaemons } from '../../sources/ovn/daemons.ts';
import { ovsDb } from '../../sources/ovs/db.ts';
import { defineDependencies, type Dependency } from '../dependency.ts';

const northd = entityRef('daemon', 'ovn-northd');
const controller = entityRef('daemon', 'ovn-controller');

/** Logical port to chassis, this chassis to its ovn-controller, all of them to northd and the databases. */
export const ovnDependencies = defineDependencies({
  id: 'ovn',
  needs: { ovnCentral, ovnDaemons, ovsDb },
  of: ({ ovnCentral: { now: central }, ovnDaemons: { now: daemons }, ovsDb: { now: db } }) => {
    const found: Dependency[] = [];
    const databases = (daemons?.clusters ?? []).map(({ database }) => entityRef('ovsdb', database));
    for (const database of databases)
      for (const daemon of [northd, controller]) found.push({ dependent: daemon, via: 'served-by', on: database });
    for (const { name } of central?.chassis ?? []) {
      const chassis = entityRef('chassis', name);
      found.push({ dependent: chassis, via: 'served-by', on: northd });
      if (name === db?.systemId) found.push({ dependent: chassis, via: 'runs-as', on: controller });
    }
    if (daemons?.connection !== undefined) {
      found.push({ dependent: controller, via: 'served-by', on: entityRef('daemon', 'ovsdb-server') });
      for (const { name } of db?.bridges ?? [])
        found.push({ dependent: entityRef('bridge', name), via: 'served-by', on: controller });
    }
    for (const { port, chassis } of central?.bindings ?? []) {
      const self = entityRef('logical-port', port);
      if (chassis !== undefined)
        found.push({ dependent: self, via: 'plugged-into', on: entityRef('chassis', chassis) });
      found.push({ dependent: self, via: 'served-by', on: northd });
    }
    return found;
  },
});
