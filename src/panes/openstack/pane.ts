import { guestNeeds, guestsOf } from '../../entities/kvm/guests.ts';
import { instancesOf, type Instance } from '../../entities/openstack/instances.ts';
import { serviceNeeds, servicesOf, type HostService } from '../../entities/openstack/services.ts';
import { failedServers, isDown, isRetired, isStuckBuild } from '../../entities/openstack/trouble.ts';
import { NONE, plural } from '../../lib/units.ts';
import { openstackCloud, type Cloud } from '../../sources/openstack/cloud.ts';
import type { Moment } from '../../timeline/moment.ts';
import {
  nothingWords,
  stateOf,
  stateOfAll,
  type NothingWords,
  type ReadingState,
} from '../../timeline/reading-state.ts';
import { presenceOf } from '../../ui/kit/presence.ts';
import { definePane, type Presence, type Tile } from '../pane.ts';
import { accessRows, accessSection } from './access.ts';
import { cloudSections } from './cloud-tables.ts';
import { hostServicesSection, layoutText } from './host-services.ts';
import { instancesSection } from './instances.ts';

const needs = { ...serviceNeeds, ...guestNeeds, openstackCloud };

export interface OpenstackModel {
  readonly presence: Presence;
  readonly services: readonly HostService[];
  readonly instances: readonly Instance[];
  readonly cloud: Cloud | undefined;
  readonly cloudState: ReadingState;
  readonly servicesEmpty: NothingWords;
  readonly instancesEmpty: NothingWords;
}

/** Services and instances of OpenStack on this host, their logs, and after consent the cloud by its APIs. */
export const openstackPane = definePane({
  id: 'openstack',
  title: 'OpenStack',
  aliases: ['nova', 'neutron', 'cinder', 'keystone', 'glance', 'placement', 'instance', 'instances', 'cloud', 'request'],
  needs,
  model: openstackModel,
  presence: ({ presence }) => presence,
  sections: (model) => [
    ...cloudSections(model.cloud).slice(0, 1),
    hostServicesSection(model.services, model.servicesEmpty),
    instancesSection(model.instances, model.instancesEmpty),
    ...cloudSections(model.cloud).slice(1),
    accessSection(accessRows(model.cloud, model.cloudState)),
  ],
  tile,
}); // prettier-ignore

export function openstackModel(moment: Moment<typeof needs>): OpenstackModel {
  const services = servicesOf(moment);
  const instances = instancesOf(guestsOf(moment));
  const { processes: table, units, openstackCloud: seen, libvirtXml, libvirtDomains } = moment;
  return {
    presence: presenceOf(
      services.length > 0 || instances.length > 0 || seen.now !== undefined,
      'no service of OpenStack on this host, no instance of Nova',
      table,
      libvirtXml,
    ),
    services,
    instances,
    cloud: seen.now,
    cloudState: stateOf(seen),
    servicesEmpty: nothingWords('none', stateOf(table), stateOf(units)),
    instancesEmpty: nothingWords('none', stateOfAll(stateOf(libvirtDomains), stateOf(libvirtXml))),
  };
}

/** Layout and services, then what the APIs show: a tile has 4 lines. */
function tile({ services, instances, cloud, servicesEmpty, instancesEmpty }: OpenstackModel): Tile {
  const off = services.filter(({ isRunning }) => !isRunning).length;
  const down = cloud?.services.filter((one) => isDown(one) && !isRetired(one)).length ?? 0;
  const stuck = cloud?.servers.filter(isStuckBuild).length ?? 0;
  const failed = cloud ? failedServers(cloud).length : 0;
  return {
    figures: [
      { label: 'services', value: services.length === 0 ? servicesEmpty : `${services.length - off}${off > 0 ? ` of ${services.length}` : ''} running, ${layoutText(services)}`, ...(services.length === 0 && { role: 'dim' as const }) },
      { label: 'instances', value: instances.length === 0 ? instancesEmpty : String(instances.length), ...(instances.length === 0 && { role: 'dim' as const }) },
      ...(cloud
        ? [
            { label: 'cloud', value: cloud.services.length === 0 ? NONE : down === 0 ? 'all services up' : `${plural(down, 'service')} down` },
            { label: 'servers', value: cloud.missing.has('failed') || cloud.missing.has('building') ? NONE : `${failed} in ERROR, ${plural(stuck, 'build')} stuck` },
          ]
        : []),
    ],
  };
} // prettier-ignore
