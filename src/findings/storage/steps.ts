import { command, kernelLog, literal, operand, type Standing, type StepTable } from '../next-step.ts';

const point = ({ entity }: Standing): string | undefined => (entity.kind === 'mount' ? operand(entity.id) : undefined);
/** The mount that the evidence of a finding about a device names. */
const mountPoint = ({ evidence }: Standing): string | undefined =>
  operand(evidence.find(({ what }) => what === 'mount')?.value);
const device = ({ entity }: Standing): string | undefined => (entity.kind === 'disk' ? operand(entity.id) : undefined);
const blocked = command(['ps', '-e', '-o', 'pid,stat,wchan:32,comm'], 'D state and wait channels');
// Without a path: findmnt would resolve it, which hangs on a dead mount.
const mounts = command(['findmnt', '-l', '-o', 'TARGET,SOURCE,FSTYPE,OPTIONS'], 'mounts with their options');

const ofVolume = (found: Standing, text: string) => [
  // Without a flush: a thin pool commits its metadata for a status otherwise.
  command(['dmsetup', 'status', '--noflush'], 'state of thin pools, snapshots, caches, RAID'),
  command(['lsblk', '-o', 'NAME,KNAME,TYPE,SIZE,MOUNTPOINTS'], 'volumes and what stands on them'),
  kernelLog(found, text, 'its lines in the kernel log'),
];

/** Next steps of the rules of storage. */
export const storageSteps: StepTable = {
  'mount-unresponsive': { commands: () => [blocked, mounts], section: 'filesystems' },
  'disk-health': {
    commands: (found) => [
      kernelLog(found, 'nvme|I/O error|critical', 'errors that reached the kernel'),
      command(['smartctl', '-x', device(found) && `/dev/${device(found)}`], 'all SMART data of the disk'),
    ],
    section: 'health',
  },
  'zfs-pool-state': {
    commands: (found) => [
      kernelLog(found, 'zfs|I/O error|WARNING: Pool', 'errors of its disks'),
      command(
        ['zpool', 'status', '-v', operand(found.entity.id.replace(/^zfs\//, ''))],
        'devices with their errors; it waits for a suspended pool',
      ),
    ],
    section: 'zfs',
  },
  'filesystem-full': {
    commands: (found) => [
      command(
        ['du', '-x', '-h', '-d', '2', ...(found.condition === 'inodes' ? ['--inodes'] : []), '--', point(found)],
        found.condition === 'inodes' ? 'folders by number of files' : 'folders by size; reads every folder',
      ),
      command(['lsof', '-nP', '+L1'], 'deleted files that are open'),
    ],
    section: 'filesystems',
  },
  'mount-read-only': {
    commands: (found) => [
      kernelLog(found, 'EXT4-fs|XFS|BTRFS|I/O error|Remounting', 'why it was made read-only'),
      mounts,
    ],
    section: 'filesystems',
  },
  'filesystem-errors-counted': {
    commands: (found) => [
      kernelLog(found, 'EXT4-fs|BTRFS|I/O error', 'errors of filesystems and disks'),
      command(['btrfs', 'device', 'stats', '--', mountPoint(found)], 'errors by device, of a btrfs'),
    ],
    section: 'filesystems',
  },
  'btrfs-metadata-full': {
    commands: (found) => [command(['btrfs', 'filesystem', 'usage', '--', mountPoint(found)], 'space by profile')],
    section: 'filesystems',
  },
  'nfs-retransmits': {
    commands: () => [command(['nfsiostat', '2', '5'], 'operations of each NFS mount')],
    tracers: () => ['nfsslower', 'tcpretrans'],
    section: 'nfs',
  },
  'cifs-server': {
    commands: (found) => [kernelLog(found, 'CIFS', 'lines of the SMB client in the kernel log'), blocked],
    section: 'cifs-servers',
  },
  'ceph-client-stuck': {
    commands: (found) => [kernelLog(found, 'libceph|ceph:|rbd', 'lines of the client in the kernel log'), blocked],
    section: 'ceph-clients',
  },
  'nfs-server-busy': {
    commands: () => [command(['cat', '/proc/fs/nfsd/pool_stats'], 'packets, and transports that waited for a thread')],
    section: 'figures',
  },
  'btrfs-degraded': {
    commands: (found) => [
      kernelLog(found, 'BTRFS', 'lines of btrfs in the kernel log'),
      command(['btrfs', 'filesystem', 'usage', '--', mountPoint(found)], 'space by profile and device'),
    ],
    section: 'filesystems',
  },
  'bcache-degraded': {
    commands: (found) => [
      kernelLog(found, 'bcache', 'lines of bcache in the kernel log'),
      command(['lsblk', '-o', 'NAME,KNAME,TYPE,SIZE,MOUNTPOINTS'], 'volumes and what stands on them'),
    ],
    section: 'stack',
  },
  'thin-pool-full': { commands: (found) => ofVolume(found, 'thin'), section: 'stack' },
  'volume-degraded': { commands: (found) => ofVolume(found, 'device-mapper'), section: 'stack' },
  'volume-hung': { commands: (found) => [...ofVolume(found, 'device-mapper'), blocked], section: 'stack' },
  'volume-slow': {
    commands: (found) => [
      ...ofVolume(found, 'device-mapper'),
      command(['iostat', '-x', '1', '5'], 'await of the volume and of its disks each second'),
    ],
    tracers: () => ['biolatency', 'biosnoop'],
    section: 'stack',
  },
  'volume-suspended': {
    commands: (found) => [
      command(['dmsetup', 'info'], 'state of mapped devices'),
      kernelLog(found, literal(device(found) ?? 'device-mapper'), 'its lines in the kernel log'),
    ],
    section: 'stack',
  },
  'storage-link-down': {
    commands: (found) => [
      kernelLog(found, 'iscsi|connection|rport|link down|nvme', 'lost sessions and ports in the kernel log'),
    ],
    section: 'links',
  },
  'nvme-paths-lost': {
    commands: (found) => [
      kernelLog(found, 'nvme', 'lost controllers in the kernel log'),
      command(['nvme', 'list-subsys'], 'subsystems with their controllers'),
    ],
    section: 'stack',
  },
  'storage-link-errors': {
    commands: (found) => [kernelLog(found, 'link down|rport|loop|phy|scsi', 'lost links in the kernel log')],
    section: 'links',
  },
  'scsi-errors': {
    commands: (found) => [
      kernelLog(found, 'I/O error|Sense Key|timing out|abort', 'failed commands in the kernel log'),
      command(['smartctl', '-x', device(found) && `/dev/${device(found)}`], 'all SMART data of the disk'),
    ],
    section: 'stack',
  },
  'multipath-paths': {
    commands: (found) => [
      command(['dmsetup', 'status'], 'state of multipath maps'),
      kernelLog(found, 'multipath|rport|Failing path', 'lost paths in the kernel log'),
    ],
    section: 'stack',
  },
};
