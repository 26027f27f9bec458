import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';
import { attribute, pciOf } from '../sysfs.ts';

/**
 * Ways to disks of other hosts: drivers/scsi/scsi_transport_{iscsi,fc}.c, drivers/nvme/host/sysfs.c.
 *
 *     /sys/class/iscsi_session/session1/state          LOGGED_IN, FAILED, FREE
 *     /sys/class/iscsi_session/session1/targetname     iqn.2010-10.org.openstack:volume-1
 *     /sys/class/fc_host/host1/port_state              Online, Linkdown
 *     /sys/class/fc_remote_ports/rport-1:0-2/port_state  Online, Blocked
 *     /sys/class/nvme/nvme0/state                      live, connecting, resetting, dead
 *     /sys/block/nvme0c1n1/ana_state                   optimized, non-optimized, inaccessible
 */
export const storageLinks = defineSource({
  id: 'storage-links',
  title: 'iSCSI, Fibre Channel and NVMe paths',
  why: 'Shows sessions, ports and controllers that lost their target.',
  everySeconds: 10,
  reads: {
    sessions: { kind: 'glob', pattern: '/sys/class/iscsi_session/*/state' },
    targets: { kind: 'glob', pattern: '/sys/class/iscsi_session/*/targetname' },
    ports: { kind: 'glob', pattern: '/sys/class/fc_host/*/port_state' },
    portLinks: { kind: 'glob', pattern: '/sys/class/fc_host/*', links: true },
    remotePorts: { kind: 'glob', pattern: '/sys/class/fc_remote_ports/*/port_state' },
    controllers: { kind: 'glob', pattern: '/sys/class/nvme/*/state' },
    ana: { kind: 'glob', pattern: '/sys/block/nvme*/ana_state' },
  },
  parse: (values): readonly StorageLink[] => {
    const targets = attribute(values.targets, 4);
    const hosts = attribute(values.portLinks, 4);
    const of = (
      kind: LinkKind,
      glob: ReadonlyMap<string, string> | undefined,
      depth: number,
      more: (name: string) => Partial<StorageLink> = () => ({}),
    ): readonly StorageLink[] =>
      [...attribute(glob, depth)].map(([name, state]) => ({
        kind,
        name,
        state,
        target: undefined,
        pci: undefined,
        ...more(name),
      }));
    return [
      ...of('iSCSI session', values.sessions, 4, (name) => ({ target: targets.get(name) })),
      ...of('FC port', values.ports, 4, (name) => ({ pci: pciOf(hosts.get(name)) })),
      ...of('FC remote port', values.remotePorts, 4),
      ...of('NVMe controller', values.controllers, 4),
      ...of('NVMe path', values.ana, 3),
    ];
  },
  identifiers: (all) =>
    named(
      'host',
      all.map(({ target }) => target),
    ),
});

export type LinkKind = 'iSCSI session' | 'FC port' | 'FC remote port' | 'NVMe controller' | 'NVMe path';

export interface StorageLink {
  readonly kind: LinkKind;
  /** `session1`, `host1`, `rport-1:0-2`, `nvme0`, `nvme0c1n1`. */
  readonly name: string;
  readonly state: string;
  /** Name of the iSCSI target. */
  readonly target: string | undefined;
  /** PCI function of an FC port. */
  readonly pci: string | undefined;
}
