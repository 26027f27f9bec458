import { toCount } from '../../lib/lines.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';
import { attribute, pciOf } from '../sysfs.ts';

/**
 * Ways to disks: drivers/scsi/scsi_transport_{iscsi,fc,sas}.c, drivers/nvme/host/sysfs.c.
 *
 *     /sys/class/iscsi_session/session1/state          LOGGED_IN, FAILED, FREE
 *     /sys/class/iscsi_session/session1/targetname     iqn.2010-10.org.openstack:volume-1
 *     /sys/class/fc_host/host1/port_state              Online, Linkdown
 *     /sys/class/fc_remote_ports/rport-1:0-2/port_state  Online, Blocked
 *     /sys/class/fc_remote_ports/rport-1:0-2/dev_loss_tmo  30
 *     /sys/class/sas_phy/phy-0:3/negotiated_linkrate   12.0 Gbit, Unknown, Phy disabled
 *     /sys/class/nvme/nvme0/address                    traddr=10.0.0.5,trsvcid=4420
 *     /sys/class/nvme/nvme0/state                      live, connecting, resetting, dead
 *     /sys/block/nvme0c1n1/ana_state                   optimized, non-optimized, inaccessible
 */
export const storageLinks = defineSource({
  id: 'storage-links',
  title: 'iSCSI, Fibre Channel, SAS and NVMe paths',
  why: 'Shows sessions, ports and controllers that lost their target.',
  everySeconds: 10,
  reads: {
    sessions: { kind: 'glob', pattern: '/sys/class/iscsi_session/*/state' },
    targets: { kind: 'glob', pattern: '/sys/class/iscsi_session/*/targetname' },
    ports: { kind: 'glob', pattern: '/sys/class/fc_host/*/port_state' },
    portLinks: { kind: 'glob', pattern: '/sys/class/fc_host/*', links: true },
    remotePorts: { kind: 'glob', pattern: '/sys/class/fc_remote_ports/*/port_state' },
    speeds: { kind: 'glob', pattern: '/sys/class/fc_host/*/speed' },
    lossTimeouts: { kind: 'glob', pattern: '/sys/class/fc_remote_ports/*/dev_loss_tmo' },
    phys: { kind: 'glob', pattern: '/sys/class/sas_phy/*/negotiated_linkrate' },
    phyLinks: { kind: 'glob', pattern: '/sys/class/sas_phy/*', links: true },
    controllers: { kind: 'glob', pattern: '/sys/class/nvme/*/state' },
    transports: { kind: 'glob', pattern: '/sys/class/nvme/*/transport' },
    addresses: { kind: 'glob', pattern: '/sys/class/nvme/*/address' },
    ana: { kind: 'glob', pattern: '/sys/block/nvme*/ana_state' },
  },
  parse: (values): readonly StorageLink[] => {
    const targets = attribute(values.targets, 4);
    const hosts = attribute(values.portLinks, 4);
    const phyHosts = attribute(values.phyLinks, 4);
    const [speeds, losses] = [attribute(values.speeds, 4), attribute(values.lossTimeouts, 4)];
    const [transports, addresses] = [attribute(values.transports, 4), attribute(values.addresses, 4)];
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
        speed: undefined,
        lossTimeoutSeconds: undefined,
        ...more(name),
      }));
    return [
      ...of('iSCSI session', values.sessions, 4, (name) => ({ target: targets.get(name) })),
      ...of('FC port', values.ports, 4, (name) => ({ pci: pciOf(hosts.get(name)), speed: speeds.get(name) })),
      ...of('FC remote port', values.remotePorts, 4, (name) => ({ lossTimeoutSeconds: toCount(losses.get(name)) })),
      ...of('SAS phy', values.phys, 4, (name) => ({ pci: pciOf(phyHosts.get(name)) })),
      ...of('NVMe controller', values.controllers, 4, (name) => ({
        target: [transports.get(name), addresses.get(name)].filter(Boolean).join(' ') || undefined,
      })),
      ...of('NVMe path', values.ana, 3),
    ];
  },
  identifiers: (all) => named('host', all.map(hostOf)),
});

export type LinkKind = 'iSCSI session' | 'FC port' | 'FC remote port' | 'SAS phy' | 'NVMe controller' | 'NVMe path';

export interface StorageLink {
  readonly kind: LinkKind;
  /** `session1`, `host1`, `rport-1:0-2`, `phy-0:3`, `nvme0`, `nvme0c1n1`. */
  readonly name: string;
  readonly state: string;
  /** Name of the iSCSI target, or transport and address of an NVMe controller. */
  readonly target: string | undefined;
  /** PCI function of an FC port, or of the controller of a SAS phy. */
  readonly pci: string | undefined;
  /** `16 Gbit` of an FC port. */
  readonly speed: string | undefined;
  /** Time from which the disks of a lost remote port fail their I/O, `dev_loss_tmo`. */
  readonly lossTimeoutSeconds: number | undefined;
}

/** Name of an iSCSI target, or host of an NVMe controller: `traddr=10.0.0.5,trsvcid=4420`. */
const hostOf = ({ kind, target }: StorageLink): string | undefined =>
  kind === 'NVMe controller' ? /\btraddr=([^,\s]+)/.exec(target ?? '')?.[1] : target;
