import { bcacheDegraded } from '../findings/storage/bcache.ts';
import { btrfsDegraded, btrfsMetadataFull, filesystemErrorsCounted } from '../findings/storage/filesystem-errors.ts';
import { cifsServer } from '../findings/storage/cifs.ts';
import { filesystemFull, mountReadOnly, mountUnresponsive } from '../findings/storage/filesystems.ts';
import { cephClientStuck } from '../findings/storage/ceph-clients.ts';
import { diskHealth, zfsPoolState } from '../findings/storage/disk-health.ts';
import { nvmePathsLost } from '../findings/storage/nvme-paths.ts';
import { scsiErrors, storageLinkErrors } from '../findings/storage/link-errors.ts';
import { storageLinkDown } from '../findings/storage/links.ts';
import { nfsRetransmits } from '../findings/storage/nfs.ts';
import { nfsServerBusy } from '../findings/storage/nfs-server.ts';
import { storageSteps } from '../findings/storage/steps.ts';
import {
  multipathPaths,
  thinPoolFull,
  volumeDegraded,
  volumeHung,
  volumeSlow,
  volumeSuspended,
} from '../findings/storage/volumes.ts';
import { storageDependencies } from '../incidents/dependencies/storage.ts';
import { filesystemChecks } from '../ledger/checks/filesystems.ts';
import { storagePane } from '../panes/storage/pane.ts';
import { bcache } from '../sources/storage/bcache.ts';
import { blockStack } from '../sources/storage/block-stack.ts';
import { cephClients } from '../sources/storage/ceph-clients.ts';
import { cifs } from '../sources/storage/cifs.ts';
import { filesystemErrors } from '../sources/storage/filesystem-errors.ts';
import { filesystems } from '../sources/storage/filesystems.ts';
import { linkCounters } from '../sources/storage/link-counters.ts';
import { mappedDevices } from '../sources/storage/mapped-devices.ts';
import { DU, mountFolders } from '../sources/storage/mount-folders.ts';
import { mountUsers } from '../sources/storage/mount-users.ts';
import { nfsMounts } from '../sources/storage/nfs-mounts.ts';
import { nfsServer } from '../sources/storage/nfs-server.ts';
import { nvmeHealth } from '../sources/storage/nvme-health.ts';
import { PERCCLI, raidTools, SSACLI, SSACLI_STATUS, STORCLI } from '../sources/storage/raid-tools.ts';
import { scsiCounters } from '../sources/storage/scsi-counters.ts';
import { SMARTCTL, smartLog } from '../sources/storage/smart-log.ts';
import { storageLinks } from '../sources/storage/storage-links.ts';
import { swaps } from '../sources/storage/swaps.ts';
import { zfsPools, zpoolStatus } from '../sources/storage/zfs-pools.ts';
import { withExample } from './details.ts';
import type { Subsystem } from './subsystem.ts';

/** Manifest of storage: filesystems and their mounts, stacked block devices, NFS mounts, swap areas. */
export const storageSubsystem: Subsystem = {
  id: 'storage',
  sources: [
    filesystems,
    filesystemErrors,
    blockStack,
    mappedDevices,
    bcache,
    nfsMounts,
    nfsServer,
    cifs,
    cephClients,
    swaps,
    storageLinks,
    linkCounters,
    scsiCounters,
    nvmeHealth,
    zfsPools,
  ],
  details: [
    withExample(mountUsers),
    withExample(mountFolders),
    withExample(smartLog),
    withExample(zpoolStatus),
    withExample(raidTools),
  ],
  findings: [
    mountUnresponsive,
    filesystemErrorsCounted,
    mountReadOnly,
    filesystemFull,
    btrfsDegraded,
    btrfsMetadataFull,
    thinPoolFull,
    volumeDegraded,
    volumeSuspended,
    volumeHung,
    volumeSlow,
    bcacheDegraded,
    multipathPaths,
    nvmePathsLost,
    storageLinkDown,
    storageLinkErrors,
    scsiErrors,
    nfsRetransmits,
    nfsServerBusy,
    cifsServer,
    cephClientStuck,
    zfsPoolState,
    diskHealth,
  ],
  steps: storageSteps,
  dependencies: [storageDependencies],
  checks: [filesystemChecks],
  pane: storagePane,
  policy: {
    files: ['/etc/fstab'],
    commands: [
      {
        argv: [...SMARTCTL, '<disk>'],
        why: 'errors, wear and temperature that a disk counted, when the engineer opens them; it wakes no sleeping disk',
      },
      ...[STORCLI, PERCCLI, SSACLI, SSACLI_STATUS].map((argv) => ({
        argv,
        why: 'drives and battery of RAID controllers, when the engineer opens them; asks the firmware, up to 60 s',
      })),
      {
        argv: ['zpool', 'status', '-p', '<pool>'],
        why: 'devices of a ZFS pool with their errors, when the engineer opens it',
      },
      {
        argv: [...DU, '<path>'],
        why: 'the biggest folders of a filesystem, when the engineer opens them; idle priority, up to 30 s',
      },
    ],
  },
};
