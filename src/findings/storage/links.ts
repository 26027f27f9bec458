import { storageLinkRef } from '../../entities/storage/link-ref.ts';
import { storageLinks, type StorageLink } from '../../sources/storage/storage-links.ts';
import { defineFinding, type Found } from '../finding.ts';

/** States of a working link, by kind; another one in two readings is a lost link. */
const WORKS: Readonly<Record<StorageLink['kind'], RegExp>> = {
  'iSCSI session': /^LOGGED_IN$/,
  'FC port': /^Online$/,
  'FC remote port': /^(?:Online|Not Present|Unknown)$/,
  'SAS phy': /Gbit$/,
  'NVMe controller': /^live$/,
  'NVMe path': /^(?:optimized|non-optimized)$/,
};

/**
 * Kinds that are lost only if they worked before: a port or phy may have no cable, and a path is inaccessible by design where another
 * controller or gateway serves its namespaces.
 */
const MAY_BE_UNUSED: ReadonlySet<StorageLink['kind']> = new Set(['FC port', 'SAS phy', 'NVMe path']);

/** Where the kernel shows the state. */
const FILES: Readonly<Record<StorageLink['kind'], (name: string) => string>> = {
  'iSCSI session': (name) => `/sys/class/iscsi_session/${name}/state`,
  'FC port': (name) => `/sys/class/fc_host/${name}/port_state`,
  'FC remote port': (name) => `/sys/class/fc_remote_ports/${name}/port_state`,
  'SAS phy': (name) => `/sys/class/sas_phy/${name}/negotiated_linkrate`,
  'NVMe controller': (name) => `/sys/class/nvme/${name}/state`,
  'NVMe path': (name) => `/sys/block/${name}/ana_state`,
};

/** Session, port or controller without its target: I/O to its disks waits or fails. */
export const storageLinkDown = defineFinding({
  id: 'storage-link-down',
  title: 'Storage link down',
  needs: { storageLinks },
  authority:
    'kernel: scsi_transport_iscsi, scsi_transport_fc, scsi_transport_sas, nvme: states of a working link, in two readings',
  judge: ({ storageLinks: { now, before, history } }) => {
    const earlier = new Map(before?.map((one) => [`${one.kind} ${one.name}`, one.state]));
    const worked = new Set(
      history[0]?.sample.filter(({ kind, state }) => WORKS[kind].test(state)).map(({ name }) => name),
    );
    return (now ?? []).flatMap((link): Found[] => {
      const { kind, name, state, target } = link;
      const old = earlier.get(`${kind} ${name}`);
      if (WORKS[kind].test(state) || old === undefined || WORKS[kind].test(old)) return [];
      if (MAY_BE_UNUSED.has(kind) && !worked.has(name)) return [];
      return [
        {
          severity: kind === 'NVMe path' || kind === 'SAS phy' ? 'warn' : 'crit',
          subject: name,
          entity: storageLinkRef(link),
          condition: kind.toLowerCase().replaceAll(' ', '-'),
          sentence: `${kind} ${state}${target === undefined ? '' : `, target ${target}`}`,
          evidence: [{ what: 'state', value: state, source: FILES[kind](name) }],
          next: 'read the kernel log for its first error; check the network or fabric to its target',
          pane: 'storage',
        },
      ];
    });
  },
});
