import { instanceIds } from '../../entities/openstack/instances.ts';
import { isGone, serviceNeeds, servicesOf } from '../../entities/openstack/services.ts';
import { deadBinaries } from '../../entities/openstack/trouble.ts';
import {
  databaseRef,
  entityRef,
  openstackCloudRef,
  openstackHostRef,
  openstackServiceRef,
  processRef,
  shortHost,
} from '../../findings/entity-ref.ts';
import { rabbitmqNodes } from '../../sources/databases/rabbitmq.ts';
import { libvirtXml } from '../../sources/kvm/libvirt-xml.ts';
import { openstackCloud } from '../../sources/openstack/cloud.ts';
import { ovsDb } from '../../sources/ovs/db.ts';
import { defineDependencies, type Dependency } from '../dependency.ts';

const rabbitmq = entityRef('daemon', 'rabbitmq');
/** Lines of services about the broker have its client as their daemon: sources/systemd/service-patterns.ts. */
const messaging = entityRef('daemon', 'oslo.messaging');

/** Daemons that log the failure of a service that they call: calls that time out, builds for which no host or no port was found. */
function logged(service: { readonly name: string; readonly host: string }): readonly Dependency[] {
  const on = openstackServiceRef(service);
  const callers = [messaging];
  if (service.name === 'nova-compute') callers.push(entityRef('daemon', 'nova-conductor'));
  if (/^neutron-.*agent$/.test(service.name)) callers.push(entityRef('daemon', 'nova-compute'));
  return callers.map((dependent): Dependency => ({ dependent, via: 'served-by', on }));
}

/** OpenFlow controllers on loopback of this host's bridges: the agent of Open vSwitch is one. */
const controlled = (
  controllers: readonly { readonly kind: string; readonly bridge?: string | undefined; readonly target: string }[],
  host: string,
  services: readonly { readonly name: string; readonly host: string }[],
): readonly Dependency[] =>
  services.flatMap((service): readonly Dependency[] =>
    service.name !== 'neutron-openvswitch-agent' || shortHost(service.host) !== shortHost(host)
      ? []
      : controllers.flatMap(({ kind, bridge, target }): readonly Dependency[] =>
          kind === 'manager' || bridge === undefined || !target.startsWith('tcp:127.0.0.1:')
            ? []
            : [
                {
                  dependent: entityRef('controller', `${bridge}/${target}`),
                  via: 'served-by',
                  on: openstackServiceRef(service),
                },
              ],
        ),
  );

/** Services of this host to process, unit and container; the cloud to its services and hosts; instances to Neutron's ports and volumes. */
export const openstackDependencies = defineDependencies({
  id: 'openstack',
  needs: { ...serviceNeeds, libvirtXml, rabbitmqNodes, ovsDb, openstackCloud },
  of: (moment): readonly Dependency[] => {
    const here = servicesOf(moment);
    const cloud = moment.openstackCloud.now;
    const brokers = [...(moment.rabbitmqNodes.now?.servers.keys() ?? [])];
    // Computes write their heartbeat through any conductor.
    const isWithoutConductor = cloud !== undefined && deadBinaries(cloud).has('nova-conductor');
    const conductors = isWithoutConductor ? cloud.services.filter(({ binary }) => binary === 'nova-conductor') : [];
    const services = new Map(
      [...here, ...(cloud?.services ?? []).map(({ binary, host }) => ({ name: binary, host }))].map((one) => [
        openstackServiceRef(one).id,
        one,
      ]),
    );
    return [
      ...here.flatMap((service): readonly Dependency[] => {
        const self = openstackServiceRef(service);
        const [main] = service.processes;
        return [
          ...(main
            ? [
                { dependent: self, via: 'runs-as', on: processRef(main) } as const,
                { dependent: self, via: 'connected-to', on: messaging } as const,
              ]
            : []),
          ...(service.unit === undefined
            ? []
            : [{ dependent: self, via: 'member-of', on: entityRef('unit', service.unit) } as const]),
          ...(service.container
            ? [{ dependent: self, via: 'member-of', on: entityRef('container', service.container.key) } as const]
            : []),
        ];
      }),
      ...[...services.values()].flatMap((one) => logged(one)),
      ...controlled(moment.ovsDb.now?.controllers ?? [], moment.identity.now?.hostname ?? '', [...services.values()]),
      ...(here.length > 0 || cloud ? [{ dependent: messaging, via: 'served-by', on: rabbitmq } as const] : []),
      ...brokers.flatMap((name): readonly Dependency[] => [
        { dependent: messaging, via: 'served-by', on: databaseRef(name) },
        { dependent: rabbitmq, via: 'served-by', on: databaseRef(name) },
      ]),
      ...(cloud ? [{ dependent: openstackCloudRef, via: 'connected-to', on: messaging } as const] : []),
      ...(cloud?.services ?? []).flatMap(({ binary, host }): readonly Dependency[] => {
        const service = openstackServiceRef({ name: binary, host });
        const gone = isGone(moment, { binary, host });
        return [
          { dependent: openstackCloudRef, via: 'served-by', on: service },
          { dependent: openstackHostRef(host), via: 'served-by', on: service },
          // Without a process the broker has no part in it.
          ...(gone ? [] : [{ dependent: service, via: 'connected-to', on: messaging } as const]),
          ...(binary === 'nova-compute' && !gone ? conductors : []).map((one): Dependency => ({
            dependent: service,
            via: 'served-by',
            on: openstackServiceRef({ name: one.binary, host: one.host }),
          })),
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
