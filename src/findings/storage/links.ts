import { storageLinkRef } from '../../entities/storage/link-ref.ts';
import { storageLinks, type StorageLink } from '../../sources/storage/storage-links.ts';
import { defineFinding, type Found } from '../finding.ts';

/** States of a working link, by kind; another one in two readings is a lost link. A port without a cable is none: it was never online. */
const WORKS: Readonly<Record<StorageLink['kind'], RegExp>> = {
  'iSCSI session': /^LOGGED_IN$/,
  'FC port': /^Online$/,
  'FC remote port': /^(?:Online|Not Present|Unknown)$/,
  'NVMe controller': /^live$/,
  'NVMe path': /^(?:optimized|non-optimized)$/,
};

/** Session, port or controller without its target: I/O to its disks waits or fails. */
export const storageLinkDown = defineFinding({
  id: 'storage-link-down',
  title: 'Storage link down',
  needs: { storageLinks },
  authority: 'kernel: scsi_transport_iscsi, scsi_transport_fc, nvme: states of a working link, in two readings',
  judge: ({ storageLinks: { now, before, history } }) => {
    const earlier = new Map(before?.map((one) => [`${one.kind} ${one.name}`, one.state]));
    const online = new Set(history[0]?.sample.filter(({ state }) => state === 'Online').map(({ name }) => name));
    return (now ?? []).flatMap((link): Found[] => {
      const { kind, name, state, target } = link;
      const old = earlier.get(`${kind} ${name}`);
      if (WORKS[kind].test(state) || old === undefined || WORKS[kind].test(old)) return [];
      if (kind === 'FC port' && !online.has(name)) return [];
      return [
        {
          severity: kind === 'NVMe path' ? 'warn' : 'crit',
          subject: name,
          entity: storageLinkRef(link),
          condition: kind.toLowerCase().replaceAll(' ', '-'),
          sentence: `${kind} ${state}${target === undefined ? '' : `, target ${target}`}`,
          evidence: [{ what: 'state', value: state, source: `/sys/class/${kind.startsWith('iSCSI') ? 'iscsi_session' : kind.startsWith('FC') ? 'fc_host' : 'nvme'}/${name}` }], // prettier-ignore
          next: 'read the kernel log for its first error; check the network or fabric to its target',
          pane: 'storage',
        },
      ];
    });
  },
});
