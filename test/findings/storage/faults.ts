import { bcacheDegraded } from '../../../src/findings/storage/bcache.ts';
import {
  btrfsDegraded,
  btrfsMetadataFull,
  filesystemErrorsCounted,
} from '../../../src/findings/storage/filesystem-errors.ts';
import { cifsServer } from '../../../src/findings/storage/cifs.ts';
import { filesystemFull, mountReadOnly, mountUnresponsive } from '../../../src/findings/storage/filesystems.ts';
import { diskHealth, zfsPoolState } from '../../../src/findings/storage/disk-health.ts';
import { nvmePathsLost } from '../../../src/findings/storage/nvme-paths.ts';
import { scsiErrors, storageLinkErrors } from '../../../src/findings/storage/link-errors.ts';
import { storageLinkDown } from '../../../src/findings/storage/links.ts';
import { cephClientStuck } from '../../../src/findings/storage/ceph-clients.ts';
import { nfsServerBusy } from '../../../src/findings/storage/nfs-server.ts';
import { nfsRetransmits } from '../../../src/findings/storage/nfs.ts';
import {
  multipathPaths,
  thinPoolFull,
  volumeDegraded,
  volumeHung,
  volumeSlow,
  volumeSuspended,
} from '../../../src/findings/storage/volumes.ts';
import { faultOn, type Fault } from '../../helpers/found-on.ts';
import { nvmeLog } from '../../helpers/nvme-log.ts';

const vm = faultOn('cloud-vm', 10);
const host = faultOn('storage-host', 10);

/** Reply of the collector with these mounts. */
const mounts = (...rows: readonly string[]) => ({
  'space of mounted filesystems': ['#\tbind=0,total=9', ...rows].join('\n'),
});
const ext4 = (space: string, device = '7:0 / /srv rw,relatime - ext4 /dev/loop0 rw') => `${space}\t664 27 ${device}`;
const NFS = '40 27 0:52 / /mnt/nas rw - nfs4 nas:/export rw,vers=4.2';
const UUID = '0f1e2d3c-0000-4000-8000-0123456789ab';
const btrfs = (name: string) => `/sys/fs/btrfs/${UUID}/${name}`;
const OF_BTRFS = {
  '/sys/fs/btrfs/*/devices/* (links)': () =>
    new Map([[btrfs('devices/loop2'), '../../../../devices/virtual/block/loop2']]),
};
const CACHE_SET = {
  '/sys/fs/bcache/*/* (links)': () =>
    new Map([['/sys/fs/bcache/u-1/cache0', '../../../devices/virtio8/block/vdb/vdb2/bcache']]),
};
const links = (...names: readonly string[]) => ({
  '/sys/class/block/* (links)': () =>
    new Map(names.map((name) => [`/sys/class/block/${name}`, `../../devices/virtual/block/${name}`])),
});
const paths = (name: string, ...slaves: readonly string[]) => ({
  '/sys/block/* (links)': () =>
    new Map(
      [name, ...slaves].map((one) => [`/sys/block/${one}`, `../devices/pci0000:00/0000:00:1f.2/host0/block/${one}`]),
    ),
  '/sys/block/*/slaves/* (links)': () =>
    new Map(slaves.map((slave) => [`/sys/block/${name}/slaves/${slave}`, `../../../${slave}`])),
});
const mountstats = (requests: number, transmissions: number, ms: number) => ({
  '/proc/self/mountstats': `device nas:/export mounted on /mnt/nas with fstype nfs4 statvers=1.1\n\txprt:\ttcp 832 0 1 0 24 4207 4206 1 9421 0 2 118 4113\n\t        READ: ${requests} ${transmissions} 0 230000 123456789 14 ${ms} ${ms + 44} 0\n`,
});

/** Files of nfsd after so many packets, of which some waited for a thread. */
const nfsd = (packets: number, waited: number) => ({
  '/proc/net/rpc/nfsd': `io 0 0\nth 8 0\nnet ${packets} 0 ${packets} 1\nrpc ${packets} 0 0 0 0\n`,
  '/proc/fs/nfsd/pool_stats': `# pool packets-arrived sockets-enqueued threads-woken threads-timedout\n0 ${packets} ${packets} ${packets - waited} 0\n`,
});

const CEPH_CLIENT = '/sys/kernel/debug/ceph/f-1.client4123';
/** A mapped RBD image with one request to this OSD. */
const rbdClient = (tid: number, osd: number) => ({
  [`${CEPH_CLIENT}/osdc`]: `REQUESTS 1 homeless 0\n${tid}\tosd${osd}\t2.7e6b2f4f\t2.36\t[3,1]/3\t[3,1]/3\te40\trbd_data.1.0a\t0x400024\t1\twrite\nLINGER REQUESTS\n`,
  '/sys/bus/rbd/devices/0/client_id': 'client4123\n',
});

/** A CephFS mount with one request to its MDS. */
const cephfs = {
  ...mounts(
    '4194304,1000,900,900,10,0,4096\t50 27 0:60 / /mnt/cephfs rw,relatime - ceph 10.0.0.1:6789:/ rw,name=admin,secret=<hidden>,acl',
  ),
  [`${CEPH_CLIENT}/osdc`]: 'REQUESTS 0 homeless 0\nLINGER REQUESTS\n',
  [`${CEPH_CLIENT}/mdsc`]: '12\tmds0\tcreate\t#1/name\n',
};

const iscsi = (state: string) => ({
  '/sys/class/iscsi_session/session1/state': `${state}\n`,
  '/sys/class/iscsi_session/session1/targetname': 'iqn.2010-10.org.openstack:volume-1\n',
});

/** DebugData of one SMB server, whose shares are mounted below /mnt/smb. */
const smb = (status: number, instance: number, inFlight: number, credits = 389, waiting = 0) => ({
  ...mounts('-\t51 27 0:61 / /mnt/smb rw,relatime - cifs //nas/share rw,vers=3.1.1'),
  '/proc/fs/cifs/DebugData': `Servers: \n1) ConnectionId: 0x4 Hostname: nas \nNumber of credits: ${credits},1,1 Dialect 0x311 signed\nTCP status: ${status} Instance: ${instance}\nLocal Users To Server: 1 SecMode: 0x3 Req On Wire: ${inFlight} Net namespace: 4026531840 \nIn Send: 0 In MaxReq Wait: ${waiting}\n\n\tSessions: \n\t\t[NONE]\n`,
});

/** State of the controller and ANA state of each path of one namespace. */
const nvmeOf = (...paths: readonly (readonly [state: string, ana: string] | undefined)[]) =>
  Object.fromEntries(
    paths.flatMap((path, i) =>
      path === undefined
        ? []
        : [
            [`/sys/class/nvme/nvme${i}/state`, `${path[0]}\n`],
            [`/sys/block/nvme0c${i}n1/ana_state`, `${path[1]}\n`],
          ],
    ),
  );
const twice = <Value>(value: Value): readonly Value[] => [value, value];

/** Counters of an FC port and of the commands of a SCSI disk, hexadecimal in sysfs. */
const fcErrors = (failures: number, crcs: number) => ({
  '/sys/class/fc_host/host1/port_state': 'Online\n',
  '/sys/class/fc_host/* (links)': () =>
    new Map([['/sys/class/fc_host/host1', '../../devices/pci0000:00/0000:05:00.0/host1/fc_host/host1']]),
  '/sys/class/fc_host/host1/statistics/link_failure_count': `0x${failures.toString(16)}\n`,
  '/sys/class/fc_host/host1/statistics/invalid_crc_count': `0x${crcs.toString(16)}\n`,
});
const scsi = (requests: number, errors: number, timeouts: number) => ({
  '/sys/block/sda/device/iorequest_cnt': `0x${requests.toString(16)}\n`,
  '/sys/block/sda/device/ioerr_cnt': `0x${errors.toString(16)}\n`,
  '/sys/block/sda/device/iotmo_cnt': `0x${timeouts.toString(16)}\n`,
  '/sys/block/sda/device/timeout': '30\n',
});

const nvme = (log: Parameters<typeof nvmeLog>[0]) => ({
  'facts:nvme < nvme': JSON.stringify({ all: 1, logs: { nvme0: nvmeLog(log) }, failed: {} }),
});
type Counters = readonly [writes: number, writeMs: number, inFlight: number];
/** Reply of the collector with the states of these mapped devices. */
const mapped = (
  devices: Readonly<
    Record<string, readonly (readonly [type: string, sectors: number, state: string, table?: string])[]>
  >,
) => ({
  'facts:mapped < mapped': JSON.stringify({ all: Object.keys(devices).length, devices }),
});
const named = (name: string, alias: string) => ({
  [`/sys/block/${name}/dm/name`]: `${alias}\n`,
  ...paths(name, 'vda'),
});
const pool = (state: string) => ({
  ...named('dm-2', 'vg0-pool-tpool'),
  ...mapped({ 'dm-2': [['thin-pool', 131072, state]] }),
});
/** /proc/diskstats of a volume and of vda below it. */
export const volumeStats = (dm: Counters, vda: Counters) => ({
  ...named('dm-3', 'crypt-data'),
  '/proc/diskstats': ` 252 0 vda 10 0 80 5 ${vda[0]} 0 800 ${vda[1]} ${vda[2]} 10 10\n 253 3 dm-3 10 0 80 5 ${dm[0]} 0 800 ${dm[1]} ${dm[2]} 10 10\n`,
});

/** Faults of filesystems and volumes; those of ext4, xfs and FUSE as read from a kernel 6.18. */
export const storageFaults: readonly Fault[] = [
  host(diskHealth, [{}, nvme({ criticalWarning: 0b1001, sparePct: 3 })], ['crit', 'nvme0', 'spare below its threshold, 3% left, media read-only']),
  vm(diskHealth, [nvme({ mediaErrors: 7 }), nvme({ mediaErrors: 9 })], ['crit', 'nvme0', '2 new media errors of 9']),
  vm(diskHealth, [{}, nvme({ mediaErrors: 7 })], ['warn', 'nvme0', '7 media errors since it was made']),
  vm(diskHealth, [{}, nvme({ usedPct: 104 })], ['warn', 'nvme0', 'wear 104%']),
  host(zfsPoolState, [{}, { '/proc/spl/kstat/zfs/tank/state': 'SUSPENDED\n' }], ['crit', 'tank', 'ZFS pool SUSPENDED, I/O waits or fails']),
  { ...vm(nfsServerBusy, [nfsd(1000, 10), nfsd(2000, 160)], ['warn', 'nfsd', '15% of packets waited for one of 8 threads, 100 calls/s']) },
  { ...vm(cephClientStuck, [rbdClient(4, 3), rbdClient(4, 3)], ['crit', 'rbd0', 'RBD 1 request in flight, oldest for 40 s: write on osd.3']), secondsApart: 40 },
  { ...vm(cephClientStuck, [rbdClient(4, -1), rbdClient(4, -1)], ['crit', 'rbd0', 'RBD 1 request in flight, oldest for 40 s: write without an up OSD']), secondsApart: 40 },
  { ...vm(cephClientStuck, [cephfs, cephfs], ['crit', '/mnt/cephfs', 'CephFS 1 request in flight, oldest for 40 s: create on mds.0']), secondsApart: 40 },
  vm(cephClientStuck, [{}, { ...rbdClient(4, 3), [`${CEPH_CLIENT}/mdsc`]: '', [`${CEPH_CLIENT}/status`]: 'blocklisted: true\n' }], ['crit', 'rbd0', 'CephFS client blocklisted, all I/O fails']),
  vm(zfsPoolState, [{}, { '/proc/spl/kstat/zfs/tank/state': 'DEGRADED\n' }], ['warn', 'tank', 'ZFS pool DEGRADED, redundancy lost']),
  vm(mountUnresponsive, [{}, mounts('!timeout,998.2,in S state at request_wait_answer\t668 27 0:125 / /mnt/hung rw,relatime - fuse.sshfs deadserver:/export rw,user_id=0')], ['crit', '/mnt/hung', 'fuse.sshfs unresponsive for 11 s at request_wait_answer']),
  vm(mountUnresponsive, [{}, mounts(`!error,ESTALE\t${NFS}`)], ['crit', '/mnt/nas', 'nfs4: statfs fails with ESTALE (stale file handle)']),
  vm(mountUnresponsive, [mounts(ext4('1024,296847,296833,276353,81920,81909,0'), 'D\t8878\tpercpu_rwsem_wait\t/srv/log'), mounts(ext4('1024,296847,296833,276353,81920,81909,0'), 'D\t8878\tpercpu_rwsem_wait\t/srv/log')], ['crit', '/srv', 'ext4 frozen for 10 s, 1 process in D state at percpu_rwsem_wait']),
  vm(filesystemFull, [{}, mounts(ext4('1024,317167,317144,296664,640,0,4096'))], ['crit', '/srv', 'no inode left of 640 (ENOSPC), 290 MiB available']),
  vm(filesystemFull, [{}, mounts('4096,65536,229,229,1896,1892,4096\t666 27 7:2 / /data rw,relatime - xfs /dev/loop2 rw,inode64')], ['crit', '/data', '100% used, 916 KiB of 256 MiB available']),
  vm(filesystemFull, [{}, mounts(ext4('1024,100000,5000,0,1000,900,0'))], ['crit', '/srv', 'ext4 full (ENOSPC), 0 of 98 MiB available']),
  { ...vm(filesystemFull, [mounts(ext4('1024,1000000,480000,480000,1000,900,0')), mounts(ext4('1024,1000000,460000,460000,1000,900,0')), mounts(ext4('1024,1000000,440000,440000,1000,900,0'))], ['warn', '/srv', '56% used, 430 MiB of 977 MiB available, full in 22m00s at 333 KiB/s']), secondsApart: 60 },
  vm(mountReadOnly, [{}, mounts('1024,296847,296833,276353,81920,81909,4096\t665 27 7:1 / /srv rw,relatime - ext4 /dev/loop1 rw,errors=remount-ro,emergency_ro')], ['crit', '/srv', 'ext4 read-only after an error (emergency_ro)']),
  vm(mountReadOnly, [{}, mounts(ext4('-', '7:1 / /srv rw,relatime - ext4 /dev/loop1 ro,errors=remount-ro'))], ['crit', '/srv', 'ext4 read-only, turned by the kernel below a mount that is rw']),
  vm(mountReadOnly, [{}, { ...mounts(ext4('-', '7:1 / /srv ro,relatime - ext4 /dev/loop1 ro')), '/etc/fstab': '/dev/loop1 /srv ext4 defaults 0 2\n' }], ['warn', '/srv', 'ext4 read-only, rw in /etc/fstab']),
  vm(mountReadOnly, ['rw', 'ro'].map((mode) => mounts(ext4('-', `7:1 / /srv ${mode},relatime - ext4 /dev/loop1 ${mode}`))), ['warn', '/srv', 'ext4 remounted read-only']),
  vm(filesystemErrorsCounted, [{ '/sys/fs/ext4/loop0/errors_count': '0\n' }, { '/sys/fs/ext4/loop0/errors_count': '1\n', '/sys/fs/ext4/loop0/last_error_func': 'trigger_test_error\n' }], ['crit', 'loop0', '1 ext4 error in trigger_test_error']),
  vm(filesystemErrorsCounted, [{ ...OF_BTRFS, [btrfs('devinfo/1/error_stats')]: 'corruption_errs 0\n' }, { ...OF_BTRFS, [btrfs('devinfo/1/error_stats')]: 'write_errs 0\nread_errs 0\nflush_errs 0\ncorruption_errs 5\ngeneration_errs 0\n' }], ['crit', 'loop2', 'btrfs errors: 5 corruption']),
  vm(filesystemErrorsCounted, [{}, {}].map(() => ({ ...OF_BTRFS, [btrfs('devinfo/1/error_stats')]: 'corruption_errs 5\ngeneration_errs 0\n' })), ['warn', 'loop2', 'btrfs errors: 5 corruption']),
  vm(btrfsDegraded, [{}, { ...OF_BTRFS, [btrfs('devinfo/2/missing')]: '1\n' }], ['crit', 'loop2', 'btrfs degraded, device 2 missing']),
  vm(bcacheDegraded, [{}, { '/sys/block/bcache0/bcache/state': 'no cache\n' }], ['warn', 'bcache0', 'bcache without cache (no cache), I/O goes to the backing device']),
  vm(bcacheDegraded, [{}, { ...CACHE_SET, '/sys/fs/bcache/u-1/cache_available_percent': '30\n' }], ['warn', 'vdb2', 'bcache 30% available, writes bypass the cache below 30%']),
  vm(bcacheDegraded, [{}, { ...CACHE_SET, '/sys/fs/bcache/u-1/cache_available_percent': '99\n', '/sys/fs/bcache/u-1/bdev0/cache_mode': '[writethrough] writeback\n', '/sys/fs/bcache/u-1/bdev0/sequential_cutoff': '4.0M\n' }], ['info', 'vdb2', 'bcache bypassed by its settings: writethrough, sequential_cutoff 4.0M']),
  vm(btrfsMetadataFull, [{}, { ...OF_BTRFS, [btrfs('devices/loop2/size')]: '655360\n', [btrfs('allocation/data/disk_total')]: '268435456\n', [btrfs('allocation/metadata/disk_total')]: '67108864\n', [btrfs('allocation/metadata/total_bytes')]: '33554432\n', [btrfs('allocation/metadata/bytes_used')]: '32000000\n' }], ['crit', 'loop2', 'btrfs metadata 95% of 32 MiB, 0 B unallocated']),
  vm(btrfsMetadataFull, [{}, { ...OF_BTRFS, [btrfs('devices/loop2/size')]: '2097152\n', [btrfs('allocation/data/disk_total')]: '947519488\n', [btrfs('allocation/metadata/disk_total')]: '107347968\n', [btrfs('allocation/system/disk_total')]: '16777216\n', [btrfs('allocation/metadata/total_bytes')]: '53673984\n', [btrfs('allocation/metadata/bytes_used')]: '43925504\n', [btrfs('allocation/global_rsv_size')]: '5767168\n', [btrfs('allocation/global_rsv_reserved')]: '5767168\n' }], ['crit', 'loop2', 'btrfs metadata 93% of 51 MiB, 2.0 MiB unallocated']),
  vm(volumeSuspended, [{ ...links('dm-0'), '/sys/block/dm-0/dm/suspended': '1\n' }, { ...links('dm-0'), ...mounts('-\t1 1 252:0 / /srv rw - ext4 /dev/mapper/vg0-srv rw'), '/sys/class/block/dm-0/dev': '252:0\n', '/sys/block/dm-0/dm/suspended': '1\n', '/sys/block/dm-0/dm/uuid': 'LVM-abc\n' }], ['crit', 'dm-0', 'LVM suspended, all I/O waits']),
  vm(thinPoolFull, [{}, pool('2 14/1024 1024/1024 - out_of_data_space discard_passdown queue_if_no_space - 1024 ')], ['crit', 'vg0-pool-tpool', 'thin pool out of data space, writes wait (queue_if_no_space)']),
  vm(thinPoolFull, [{}, pool('2 14/1024 850/1024 - rw discard_passdown error_if_no_space - 1024 ')], ['warn', 'vg0-pool-tpool', 'thin pool data 83% of 64 MiB used']),
  vm(thinPoolFull, [{}, pool('2 1000/1024 50/1024 - rw discard_passdown queue_if_no_space - 1024 ')], ['crit', 'vg0-pool-tpool', 'thin pool metadata 98% used']),
  vm(thinPoolFull, [{}, pool('2 1024/1024 50/1024 - ro discard_passdown queue_if_no_space needs_check 1024 ')], ['crit', 'vg0-pool-tpool', 'thin pool read-only, writes fail, metadata needs_check']),
  vm(thinPoolFull, [{}, pool('Fail')], ['crit', 'vg0-pool-tpool', 'thin pool failed, all I/O fails']),
  vm(volumeDegraded, [{}, { ...named('dm-5', 'vg0-data'), ...mapped({ 'dm-5': [['raid', 131072, 'raid1 2 AD 65536/131072 recover 0 0 -']] }) }], ['crit', 'vg0-data', 'raid1 degraded, 1 of 2 devices active, recover 50%']),
  vm(volumeDegraded, [{}, { ...named('dm-5', 'vg0-snap'), ...mapped({ 'dm-5': [['snapshot', 131072, 'Invalid']] }) }], ['warn', 'vg0-snap', 'snapshot lost (Invalid): its space was full']),
  vm(volumeDegraded, [{}, { ...named('dm-5', 'vg0-vdo'), ...mapped({ 'dm-5': [['vdo', 2097152, '/dev/sdb normal - online online 96 100']] }) }], ['crit', 'vg0-vdo', 'VDO 96% of its physical space used, writes fail at 100% (1.0 GiB logical)']),
  vm(volumeDegraded, [{}, { ...named('dm-5', 'vg0-fast'), ...mapped({ 'dm-5': [['cache', 131072, '8 3482/4096 128 5/512 4 9 2 8 0 1 0 1 writethrough 2 migration_threshold 2048 smq 0 rw - ']] }) }], ['warn', 'vg0-fast', 'cache metadata 85% used']),
  vm(volumeDegraded, [{}, mapped({ 'dm-5': [['error', 131072, '']] })], ['crit', 'dm-5', 'error target, all I/O fails']),
  vm(volumeSlow, [volumeStats([10, 100, 0], [10, 5, 0]), volumeStats([60, 15_100, 1], [60, 30, 0])], ['crit', 'crypt-data', 'volume: await 300ms at 5 IOPS, disks below 0.5ms']),
  vm(volumeHung, [volumeStats([10, 100, 3], [10, 5, 0]), volumeStats([10, 100, 3], [10, 5, 0])], ['crit', 'crypt-data', 'no completions for 10 s, 3 in flight, disks below idle']),
  vm(multipathPaths, [{}, { ...links('dm-4', 'vdi', 'vdj'), ...paths('dm-4', 'vdi', 'vdj'), '/sys/class/block/vdj/dev': '252:144\n', '/sys/block/dm-4/dm/uuid': 'mpath-3600\n', ...mapped({ 'dm-4': [['multipath', 131072, '2 0 0 0 1 1 A 0 2 0 252:128 A 0 252:144 F 1 ']] }) }], ['warn', 'dm-4', 'multipath: 1 path of 2 lost (failed)']),
  ...[['1 queue_if_no_path 0 1 1 round-robin', 'I/O waits (queue_if_no_path)'], ['0 0 1 1 round-robin', 'I/O fails']].map(([table = '', io = '']) =>
    vm(multipathPaths, [{}, { ...links('dm-4', 'vdi', 'vdj'), ...paths('dm-4', 'vdi', 'vdj'), '/sys/class/block/vdi/dev': '252:128\n', '/sys/class/block/vdj/dev': '252:144\n', '/sys/block/dm-4/dm/uuid': 'mpath-3600\n', ...mapped({ 'dm-4': [['multipath', 131072, '2 0 0 0 1 1 A 0 2 0 252:128 F 1 252:144 F 1 ', `${table} 0 2 1 252:128 1 252:144 1 `]] }) }], ['crit', 'dm-4', `multipath: no path left of 2 (failed), ${io}`])),
  vm(multipathPaths, [{}, { ...links('dm-0', 'sda', 'sdb'), ...paths('dm-0', 'sda', 'sdb'), '/sys/block/dm-0/dm/uuid': 'mpath-3600\n', '/sys/block/sda/device/state': 'running\n', '/sys/block/sdb/device/state': 'transport-offline\n' }], ['warn', 'dm-0', 'multipath: 1 path of 2 lost (transport-offline)']),
  vm(storageLinkDown, [iscsi('FAILED'), iscsi('FAILED')], ['crit', 'session1', 'iSCSI session FAILED, target iqn.2010-10.org.openstack:volume-1']),
  vm(storageLinkDown, [{ '/sys/class/fc_host/host1/port_state': 'Online\n' }, { '/sys/class/fc_host/host1/port_state': 'Linkdown\n' }, { '/sys/class/fc_host/host1/port_state': 'Linkdown\n', '/sys/class/fc_host/* (links)': () => new Map([['/sys/class/fc_host/host1', '../../devices/pci0000:00/0000:05:00.0/host1/fc_host/host1']]) }], ['crit', 'host1', 'FC port Linkdown']),
  vm(cifsServer, twice(smb(3, 22, 5)), ['crit', 'nas', 'SMB connection down (need reconnect), 5 in flight']),
  vm(cifsServer, twice(smb(1, 22, 0, 1, 4)), ['warn', 'nas', 'SMB out of credits, 4 requests waiting, 0 in flight']),
  vm(cifsServer, [smb(1, 22, 0), smb(1, 24, 0)], ['warn', 'nas', 'SMB: 2 reconnects in 10 s']),
  vm(storageLinkDown, ['12.0 Gbit', '12.0 Gbit', 'Unknown', 'Unknown'].map((rate) => ({ '/sys/class/sas_phy/phy-0:3/negotiated_linkrate': `${rate}\n` })), ['warn', 'phy-0:3', 'SAS phy Unknown']),
  { ...vm(storageLinkErrors, [fcErrors(4, 2), fcErrors(5, 19)], ['warn', 'host1', 'FC port: 17 invalid CRC, 1 link failure in 1m00s']), secondsApart: 60 },
  { ...vm(storageLinkErrors, [11, 96].map((dwords) => ({ '/sys/class/sas_phy/phy-0:3/invalid_dword_count': `${dwords}\n` })), ['warn', 'phy-0:3', 'SAS phy: 85 invalid dword in 1m00s']), secondsApart: 60 },
  vm(nvmePathsLost, [nvmeOf(['live', 'optimized'], ['live', 'non-optimized']), ...twice(nvmeOf(['connecting', 'optimized'], ['live', 'non-optimized']))], ['warn', 'nvme0n1', 'NVMe: 1 path of 2 lost (connecting)']),
  vm(nvmePathsLost, twice(nvmeOf(['connecting', 'optimized'], ['live', 'inaccessible'])), ['crit', 'nvme0n1', 'NVMe: no usable path of 2 (connecting, inaccessible), I/O waits']),
  vm(nvmePathsLost, [nvmeOf(['live', 'optimized'], ['live', 'non-optimized']), ...twice(nvmeOf(undefined, ['live', 'non-optimized']))], ['warn', 'nvme0n1', 'NVMe: 1 path of 2 lost (removed)']),
  vm(scsiErrors, [scsi(1000, 2, 0), scsi(2000, 3, 1)], ['warn', 'sda', 'SCSI: 1 command timeout of 30 s in 10 s']),
  vm(scsiErrors, [scsi(1000, 2, 0), scsi(2000, 102, 0)], ['warn', 'sda', 'SCSI: 100 of 1.0k commands failed (10%) in 10 s']),
  vm(nfsRetransmits, [{ ...mounts(`-\t${NFS}`), ...mountstats(1000, 1000, 4000) }, { ...mounts(`-\t${NFS}`), ...mountstats(1100, 1110, 6000) }], ['crit', '/mnt/nas', 'NFS 10% of requests retransmitted, RTT 20ms, execution 20ms']),
]; // prettier-ignore
