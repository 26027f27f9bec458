import { instanceIds } from '../../entities/openstack/instances.ts';
import { serviceNeeds, servicesOf } from '../../entities/openstack/services.ts';
import {
  entityRef,
  openstackCloudRef,
  openstackHostRef,
  openstackServiceRef,
  processRef,
} from '../../findings/entity-ref.ts';
import { libvirtXml } from '../../sources/kvm/libvirt-xml.ts';
import { openstackCloud } from '../../sources/openstack/cloud.ts';
import { defineDependencies, type Dependency } from '../dependency.ts';

const rabbitmq = entityRef('daemon', 'rabbitmq');
/** Lines of services about the broker have its client as their daemon: sources/systemd/service-patterns.ts. */
const messaging = entityRef('daemon', 'oslo.messaging');

/** Services of this host to process, unit and container; the cloud to its services and hosts; instances to Neutron's ports and volumes. */
export const openstackDependencies = defineDependencies({
  id: 'openstack',
  needs: { ...serviceNeeds, libvirtXml, openstackCloud },
  of: (moment): readonly Dependency[] => {
    const here = servicesOf(moment);
    const cloud = moment.openstackCloud.now;
    return [
      ...here.flatMap((service): readonly Dependency[] => {
        const self = openstackServiceRef(service);
        const [main] = service.processes;
        return [
          ...(main ? [{ dependent: self, via: 'runs-as', on: processRef(main) } as const] : []),
          ...(service.unit === undefined
            ? []
            : [{ dependent: self, via: 'member-of', on: entityRef('unit', service.unit) } as const]),
          ...(service.container
            ? [{ dependent: self, via: 'member-of', on: entityRef('container', service.container.key) } as const]
            : []),
          { dependent: self, via: 'connected-to', on: messaging },
        ];
      }),
      ...(here.length > 0 || cloud ? [{ dependent: messaging, via: 'served-by', on: rabbitmq } as const] : []),
      ...(cloud ? [{ dependent: openstackCloudRef, via: 'connected-to', on: messaging } as const] : []),
      ...(cloud?.services ?? []).flatMap(({ binary, host }): readonly Dependency[] => {
        const service = openstackServiceRef({ name: binary, host });
        return [
          { dependent: openstackCloudRef, via: 'served-by', on: service },
          { dependent: openstackHostRef(host), via: 'served-by', on: service },
        ];
      }),
      ...[...new Set(cloud?.capacities.map(({ provider }) => provider))].map((host): Dependency => ({
        dependent: openstackCloudRef,
        via: 'placed-on',
        on: openstackHostRef(host),
      })),
      ...[...(moment.libvirtXml.now?.values() ?? [])].flatMap((definition): readonly Dependency[] => {
        const self = entityRef('guest', definition.uuid);
        const { ports, volumes } = instanceIds(definition);
        return [
          ...ports.map((id): Dependency => ({
            dependent: self,
            via: 'plugged-into',
            on: entityRef('logical-port', id),
          })),
          ...volumes.map((id): Dependency => ({ dependent: self, via: 'stored-on', on: entityRef('volume', id) })),
        ];
      }),
    ];
  },
});
