import { describe, expect, test } from 'vitest';
import { bcache } from '../../../src/sources/storage/bcache.ts';
import { blockStack } from '../../../src/sources/storage/block-stack.ts';
import { cephClients } from '../../../src/sources/storage/ceph-clients.ts';
import { filesystemErrors } from '../../../src/sources/storage/filesystem-errors.ts';
import { filesystems, isRemote, parseFilesystems } from '../../../src/sources/storage/filesystems.ts';
import { mappedDevices } from '../../../src/sources/storage/mapped-devices.ts';
import { mountFolders } from '../../../src/sources/storage/mount-folders.ts';
import { mountUsers } from '../../../src/sources/storage/mount-users.ts';
import { nfsMounts } from '../../../src/sources/storage/nfs-mounts.ts';
import { nfsServer } from '../../../src/sources/storage/nfs-server.ts';
import { storageLinks } from '../../../src/sources/storage/storage-links.ts';
import { swaps } from '../../../src/sources/storage/swaps.ts';

const files = (texts: Readonly<Record<string, string>>) => new Map(Object.entries(texts));

describe('filesystems', () => {
  test('filesystems parses space, inodes and options, and the reason in their place', () => {
    const table = [
      '#\tbind=3,overlay=80,total=240',
      '1024,317167,317144,296664,640,0,4096\t664 27 7:0 / /srv/a\\040b rw,relatime - ext4 /dev/loop0 rw,emergency_ro',
      '!timeout,812.4,in S state at request_wait_answer\t668 27 0:125 / /hung rw - fuse.x deadserver:/export rw',
      '!slow,12.0,\t669 27 0:126 / /nas rw - nfs4 nas:/export rw',
      '!error,EIO\t41 27 7:1 / /data rw - xfs /dev/loop1 rw',
      '4096,100,50,50,0,0,0\t42 27 0:44 / /btr rw - btrfs /dev/loop2 rw',
      '-\t43 27 0:45 / /sys rw - sysfs sysfs rw',
      'D\t8878\tpercpu_rwsem_wait\t/srv/log',
    ].join('\n');
    const sample = filesystems.parse({ table, fstab: '# none\n/dev/loop0 /srv/a\\040b ext4 ro,noatime 0 2\n' });
    expect(sample?.counts.get('overlay')).toBe(80);
    expect(sample?.fstab?.get('/srv/a b')).toEqual(['ro', 'noatime']);
    expect(sample?.blocked).toEqual([{ pid: 8878, wchan: 'percpu_rwsem_wait', path: '/srv/log' }]);
    expect(sample?.filesystems.map(({ target, probe }) => [target, probe])).toEqual([
      ['/srv/a b', { state: 'answered' }],
      ['/hung', { state: 'hung', at: 812.4, where: 'in S state at request_wait_answer' }],
      ['/nas', { state: 'slow', tookSeconds: 12 }],
      ['/data', { state: 'failed', code: 'EIO' }],
      ['/btr', { state: 'answered' }],
    ]);
    expect(sample?.filesystems[0]).toMatchObject({
      sizeBytes: 317_167 * 1024,
      usedBytes: 23 * 1024,
      availableBytes: 296_664 * 1024,
      inodes: 640,
      inodesUsed: 640,
      superOptions: ['rw', 'emergency_ro'],
    });
    // btrfs has no fixed number of inodes.
    expect(sample?.filesystems[4]).toMatchObject({ inodes: undefined, inodesUsed: undefined, sizeBytes: 409_600 });
  });

  test('filesystems lists one mount of each filesystem, and up to 1024', () => {
    const line = (number: number) => `-\t${number} 1 8:${number} / /pod/${number} rw - ext4 /dev/rbd${number} rw`;
    const same = '-\t9 1 8:0 /sub /bind rw - ext4 /dev/rbd0 rw';
    const table = [...Array.from({ length: 4000 }, (_, number) => line(number)), same].join('\n');
    const sample = parseFilesystems(table, undefined);
    expect(sample.filesystems).toHaveLength(1024);
    expect(sample.filesystems.some(({ target }) => target === '/bind')).toBe(false);
    expect(sample.fstab).toBeUndefined();
  });

  test.each([['nfs4', true], ['fuse.sshfs', true], ['ceph', true], ['ext4', false], ['fuseblk', false]])('isRemote of %s is %s', (type, is) => expect(isRemote({ type })).toBe(is)); // prettier-ignore
});

test('filesystemErrors parses counters of ext4 and sums those of the devices of a btrfs', () => {
  const uuid = '/sys/fs/btrfs/u-1';
  const sample = filesystemErrors.parse({
    ext4Errors: files({ '/sys/fs/ext4/loop0/errors_count': '2\n' }),
    ext4First: files({ '/sys/fs/ext4/loop0/first_error_time': '0\n' }),
    ext4Last: files({ '/sys/fs/ext4/loop0/last_error_time': '1796029000\n' }),
    ext4Function: files({ '/sys/fs/ext4/loop0/last_error_func': 'ext4_lookup\n' }),
    btrfsErrors: files({
      [`${uuid}/devinfo/1/error_stats`]: 'write_errs 1\ncorruption_errs 5\n',
      [`${uuid}/devinfo/2/error_stats`]: 'write_errs 2\n',
    }),
    btrfsDevices: files({ [`${uuid}/devices/sda`]: '../x/sda', [`${uuid}/devices/sdb`]: '../x/sdb' }),
    btrfsSizes: files({ [`${uuid}/devices/sda/size`]: '2048\n', [`${uuid}/devices/sdb/size`]: '2048\n' }),
    btrfsMissing: files({ [`${uuid}/devinfo/1/missing`]: '0\n', [`${uuid}/devinfo/2/missing`]: '1\n' }),
    btrfsOperations: files({ [`${uuid}/exclusive_operation`]: 'balance\n' }),
    btrfsSpace: files({
      [`${uuid}/allocation/data/disk_total`]: '1048576\n',
      [`${uuid}/allocation/metadata/total_bytes`]: '524288\n',
      [`${uuid}/allocation/metadata/bytes_used`]: '262144\n',
    }),
    btrfsProfiles: files({
      [`${uuid}/allocation/metadata/raid1/total_bytes`]: '524288\n',
      [`${uuid}/allocation/metadata/raid1/used_bytes`]: '262144\n',
      [`${uuid}/allocation/data/single/total_bytes`]: '1048576\n',
      [`${uuid}/allocation/data/raid1/total_bytes`]: 'garbage\n',
      '/sys/fs/btrfs/u-2/allocation/data/single/total_bytes': '1\n',
    }),
    btrfsReserves: files({
      [`${uuid}/allocation/global_rsv_size`]: '4096\n',
      [`${uuid}/allocation/global_rsv_reserved`]: '1024\n',
    }),
  });
  expect(sample.ext4).toEqual([
    { device: 'loop0', errors: 2, firstAt: undefined, lastAt: 1_796_029_000, lastFunction: 'ext4_lookup' },
  ]);
  expect(sample.btrfs).toMatchObject([
    { uuid: 'u-1', devices: ['sda', 'sdb'], unallocatedBytes: 1_048_576, metadataBytes: 524_288 },
  ]);
  expect(sample.btrfs?.[0]).toMatchObject({ reserveBytes: 4096, reserveUsedBytes: 3072 });
  expect(sample.btrfs?.[0]?.profiles).toEqual([
    { kind: 'metadata', profile: 'raid1', totalBytes: 524_288, usedBytes: 262_144 },
    { kind: 'data', profile: 'single', totalBytes: 1_048_576, usedBytes: undefined },
  ]);
  expect(sample.btrfs?.[0]).toMatchObject({ faulty: ['1', '2'], lost: ['2'], operation: 'balance' });
  expect([...(sample.btrfs?.[0]?.errors ?? [])]).toEqual([['write', 3], ['corruption', 5]]); // prettier-ignore
});

test('blockStack names partitions, kinds of mapped devices and the scheduler in use', () => {
  const sample = blockStack.parse({
    links: files({
      '/sys/class/block/sda': '../../devices/pci0000:00/host0/block/sda',
      '/sys/class/block/sda1': '../../devices/pci0000:00/host0/block/sda/sda1',
      '/sys/class/block/dm-0': '../../devices/virtual/block/dm-0',
      '/sys/class/block/dm-1': '../../devices/virtual/block/dm-1',
    }),
    numbers: files({ '/sys/class/block/sda1/dev': '8:1\n' }),
    mappedIds: files({ '/sys/block/dm-0/dm/uuid': 'LVM-abc-tpool\n', '/sys/block/dm-1/dm/uuid': 'CRYPT-LUKS2-x\n' }),
    schedulers: files({ '/sys/block/sda/queue/scheduler': 'none [mq-deadline] kyber\n' }),
    requests: undefined,
    caches: undefined,
    depths: undefined,
    bcacheStates: undefined,
    zramStats: undefined,
    pathStates: undefined,
  });
  expect(sample?.get('sda1')).toMatchObject({ partitionOf: 'sda', number: '8:1' });
  expect(sample?.get('sda')).toMatchObject({ partitionOf: undefined, scheduler: 'mq-deadline', requests: undefined });
  expect(sample?.get('dm-0')).toMatchObject({ mapping: 'thin pool' });
  expect(sample?.get('dm-1')).toMatchObject({ mapping: 'crypt' });
});

describe('mappedDevices', () => {
  const parse = (devices: object, suspended?: ReadonlyMap<string, string>) =>
    mappedDevices.parse({ states: JSON.stringify({ all: 1, devices }), suspended });
  const targetOf = (type: string, state: string) => parse({ 'dm-0': [[type, 2048, state]] })?.get('dm-0')?.targets[0];

  test('mappedDevices parses a thin pool, its share of data and metadata, and its mode', () => {
    expect(targetOf('thin-pool', '2 14/1024 512/1024 - rw no_discard_passdown queue_if_no_space - 1024 ')).toMatchObject({
      sizeBytes: 1_048_576,
      pool: { dataPct: 50, metadataPct: 1.3671875, mode: 'rw', queuesWrites: true, needsCheck: false },
    });
    expect(targetOf('thin-pool', 'Fail')).toMatchObject({ failure: 'thin pool failed' });
    expect(targetOf('thin-pool', '')?.pool).toBeUndefined();
  });

  test.each([
    ['snapshot', '512/2048 16', { snapshot: { lost: undefined, usedPct: 25 } }],
    ['snapshot', 'Overflow', { snapshot: { lost: 'Overflow', usedPct: undefined } }],
    ['raid', 'raid1 2 AA 131072/131072 idle 0 0 -', { raid: { devices: 2, dead: 0, syncPct: 100, action: 'idle' } }],
    ['mirror', '2 253:1 253:2 4/16 1 AD 3 disk 253:0 A', { raid: { level: 'mirror', devices: 2, dead: 1, syncPct: 25 } }],
    ['cache', '8 27/4096 128 5/512 4 9 2 8 0 1 0 1 writethrough 2 migration_threshold 2048 smq 0 rw - ', { failure: undefined }],
    ['cache', '8 27/4096 128 5/512 4 9 2 8 0 1 0 1 writeback 2 migration_threshold 2048 smq 0 ro needs_check ', { failure: 'cache read-only (needs_check)' }],
    ['writecache', '1 1024 500 0 0 0', { failure: 'writecache error' }],
    ['cache', '8 1024/4096 128 256/512 3 1 2 8 0 1 128 1 writeback 2 migration_threshold 2048 smq 0 rw - ', { failure: undefined, cache: { usedPct: 50, metadataPct: 25, dirtyPct: 25, readHitPct: 75 } }],
    ['vdo', '/dev/sdb read-only - online online 655360 2621440', { failure: 'VDO read-only', vdoUsedPct: 25 }],
    ['multipath', '2 0 0 0 1 1 A 0 2 0 8:0 A 0 8:16 F 3 ', { paths: [{ number: '8:0', isActive: true }, { number: '8:16', isActive: false }] }],
    ['toString', 'x', { type: 'toString' }],
  ])('mappedDevices parses a target of type %s: %s', (type, state, found) => {
    expect(targetOf(type, state)).toMatchObject(found);
  });

  test('mappedDevices has suspended devices without root', () => {
    const sample = mappedDevices.parse({
      states: undefined,
      suspended: files({ '/sys/block/dm-0/dm/suspended': '0\n', '/sys/block/dm-1/dm/suspended': '1\n' }),
    });
    expect([...(sample?.values() ?? [])]).toEqual([
      { name: 'dm-0', isSuspended: false, targets: [] },
      { name: 'dm-1', isSuspended: true, targets: [] },
    ]);
  });
}); // prettier-ignore

test('bcache parses sets with their members, limits and settings, and devices without cache', () => {
  const set = '/sys/fs/bcache/u-1';
  const sample = bcache.parse({
    members: files({
      [`${set}/cache0`]: '../../../devices/pci0000:00/virtio8/block/vdb/vdb2/bcache',
      [`${set}/bdev0`]: '../../../devices/pci0000:00/virtio9/block/vdc/bcache',
    }),
    available: files({ [`${set}/cache_available_percent`]: '31\n' }),
    readThresholds: files({ [`${set}/congested_read_threshold_us`]: '2000\n' }),
    writeThresholds: undefined,
    errors: files({ [`${set}/cache0/io_errors`]: '2\n' }),
    cutoffs: files({ [`${set}/bdev0/sequential_cutoff`]: '4.0M\n' }),
    modes: files({ [`${set}/bdev0/cache_mode`]: 'writethrough [writeback] writearound none\n' }),
    writebackPcts: files({ [`${set}/bdev0/writeback_percent`]: '10\n' }),
    states: files({ '/sys/block/bcache0/bcache/state': 'no cache\n' }),
  });
  expect([...(sample?.states ?? [])]).toEqual([['bcache0', 'no cache']]);
  expect(sample?.sets).toEqual([
    { uuid: 'u-1', caches: ['vdb2'], backings: ['vdc'], availablePct: 31, congestedReadUs: 2000, congestedWriteUs: undefined, ioErrors: 2, cutoffs: ['4.0M'], modes: ['writeback'], writebackPcts: [10] },
  ]);
}); // prettier-ignore

test('swaps parses areas, zram apart from disks, and groups with memory in swap', () => {
  const group = '/sys/fs/cgroup/system.slice/lab.service';
  const sample = swaps.parse({
    areas: 'Filename\tType\tSize\tUsed\tPriority\n/dev/zram0 partition 1048572 204800 100\n/swap\\040file file 524284 0 -2\n',
    unitSwap: files({ [`${group}/memory.swap.current`]: '4096\n', '/sys/fs/cgroup/system.slice/a.service/memory.swap.current': '0\n' }),
    unitMax: files({ [`${group}/memory.max`]: 'max\n' }),
    unitHigh: files({ [`${group}/memory.high`]: '67108864\n' }),
    unitMemory: files({ [`${group}/memory.current`]: '67000000\n' }),
  }); // prettier-ignore
  expect(sample.areas).toEqual([
    { name: '/dev/zram0', kind: 'zram', sizeBytes: 1_073_737_728, usedBytes: 209_715_200, priority: 100 },
    { name: String.raw`/swap\040file`, kind: 'file', sizeBytes: 536_866_816, usedBytes: 0, priority: -2 },
  ]);
  expect(sample.groups).toEqual([
    { name: 'lab.service', swapBytes: 4096, memoryBytes: 67_000_000, limitBytes: 67_108_864 },
  ]);
});

test('nfsMounts parses operations and transports of NFS mounts alone', () => {
  const stats = [
    'device /dev/vda mounted on / with fstype ext4',
    '\tREAD: 1 1 0 0 0 0 0 0',
    'device nas:/export mounted on /mnt/nas with fstype nfs4 statvers=1.1',
    '\txprt:\ttcp 832 0 1 0 24 4207 4206 1 9421 7 2 118 4113',
    '\txprt:\ttcp 833 0 1 0 3 10 10 0 1 1 2 0 0',
    '\tper-op statistics',
    '\t        NULL: 0 0 0 0 0 0 0 0 0',
    '\t        READ: 1204 1208 1 230000 123456789 14 4096 4140 2',
  ].join('\n');
  expect(nfsMounts.parse({ stats })).toEqual([
    {
      target: '/mnt/nas',
      source: 'nas:/export',
      backlog: 8,
      idleSeconds: 3,
      operations: [
        { name: 'READ', requests: 1204, transmissions: 1208, majorTimeouts: 1, queueMs: 14, rttMs: 4096, executeMs: 4140, errors: 2 },
      ],
    },
  ]); // prettier-ignore
});

test('storageLinks names sessions with their target, and FC ports with their PCI function', () => {
  const sample = storageLinks.parse({
    sessions: files({ '/sys/class/iscsi_session/session1/state': 'LOGGED_IN\n' }),
    targets: files({ '/sys/class/iscsi_session/session1/targetname': 'iqn.2010-10.org:v1\n' }),
    ports: files({ '/sys/class/fc_host/host1/port_state': 'Online\n' }),
    portLinks: files({ '/sys/class/fc_host/host1': '../../devices/pci0000:00/0000:05:00.0/host1/fc_host/host1' }),
    speeds: files({ '/sys/class/fc_host/host1/speed': '16 Gbit\n' }),
    remotePorts: files({ '/sys/class/fc_remote_ports/rport-1:0-2/port_state': 'Blocked\n' }),
    lossTimeouts: files({ '/sys/class/fc_remote_ports/rport-1:0-2/dev_loss_tmo': '30\n' }),
    phys: files({ '/sys/class/sas_phy/phy-0:3/negotiated_linkrate': '12.0 Gbit\n' }),
    phyLinks: files({
      '/sys/class/sas_phy/phy-0:3': '../../devices/pci0000:00/0000:03:00.0/host0/phy-0:3/sas_phy/phy-0:3',
    }),
    controllers: files({ '/sys/class/nvme/nvme0/state': 'live\n', '/sys/class/nvme/nvme1/state': 'connecting\n' }),
    transports: files({ '/sys/class/nvme/nvme0/transport': 'tcp\n' }),
    addresses: files({ '/sys/class/nvme/nvme0/address': 'traddr=10.0.0.5,trsvcid=4420\n' }),
    ana: files({ '/sys/block/nvme0c1n1/ana_state': 'inaccessible\n' }),
  });
  const none = { target: undefined, pci: undefined, speed: undefined, lossTimeoutSeconds: undefined };
  expect(sample).toEqual([
    { ...none, kind: 'iSCSI session', name: 'session1', state: 'LOGGED_IN', target: 'iqn.2010-10.org:v1' },
    { ...none, kind: 'FC port', name: 'host1', state: 'Online', pci: '0000:05:00.0', speed: '16 Gbit' },
    { ...none, kind: 'FC remote port', name: 'rport-1:0-2', state: 'Blocked', lossTimeoutSeconds: 30 },
    { ...none, kind: 'SAS phy', name: 'phy-0:3', state: '12.0 Gbit', pci: '0000:03:00.0' },
    { ...none, kind: 'NVMe controller', name: 'nvme0', state: 'live', target: 'tcp traddr=10.0.0.5,trsvcid=4420' },
    { ...none, kind: 'NVMe controller', name: 'nvme1', state: 'connecting' },
    { ...none, kind: 'NVMe path', name: 'nvme0c1n1', state: 'inaccessible' },
  ]);
  expect(storageLinks.identifiers?.(sample)).toMatchObject([{ value: 'iqn.2010-10.org:v1' }, { value: '10.0.0.5' }]);
});

test('mountUsers parses processes with the space of deleted files', () => {
  const row = '4242\tpostgres\t12\t1\t1073741824\t/srv/db/2619 (deleted)';
  expect(mountUsers.parse({ users: `201\n${row}\nbroken\n` }, { target: '/srv' })).toEqual({
    all: 201,
    users: [{ pid: 4242, command: 'postgres', files: 12, deleted: 1, deletedBytes: 1 << 30, file: '/srv/db/2619 (deleted)' }], // prettier-ignore
  });
});

test('mountFolders lists the biggest folder first, and is cut without the mount itself', () => {
  const parse = (folders: string) => mountFolders.parse({ folders }, { target: '/srv' });
  expect(parse('10\t/srv/a\n30\t/srv/b\n40\t/srv\n')).toEqual({
    folders: [
      { path: '/srv', bytes: 40_960 },
      { path: '/srv/b', bytes: 30_720 },
      { path: '/srv/a', bytes: 10_240 },
    ],
    isCut: false,
  });
  expect(parse('10\t/srv/a\n')).toEqual({ folders: [{ path: '/srv/a', bytes: 10_240 }], isCut: true });
});

test('nfsServer parses threads and calls, and adds the threads that were woken of all pools', () => {
  const sample = nfsServer.parse({
    stats: 'rc 0 12 34\nio 1048576 5242880\nth 8 0 0.000 0.000\nnet 1204 0 1204 3\nrpc 1204 2 0 2 0\n',
    pools: '# pool packets-arrived sockets-enqueued threads-woken threads-timedout\n0 1000 1000 997 0\n1 204 204 202 0\n',
  });
  expect(sample).toEqual({ threads: 8, connections: 3, calls: 1204, badCalls: 2, readBytes: 1_048_576, writtenBytes: 5_242_880, packets: 1204, woken: 1199 });
  expect(nfsServer.parse({ stats: undefined, pools: undefined })).toBeUndefined();
}); // prettier-ignore

test('cephClients parses requests to OSDs and MDSs, homeless ones, and the device of an image', () => {
  const folder = '/sys/kernel/debug/ceph/f-1.client4123';
  const osdc = [
    'REQUESTS 2 homeless 1',
    '4\tosd3\t2.7e6b2f4f\t2.36\t[3,1]/3\t[3,1]/3\te40\trbd_data.1.0a\t0x400024\t1\twrite',
    '5\tosd-1\t2.7e6b2f4f\t2.36\t[]/-1\t[]/-1\te40\trbd_data.1.0b\t0x400024\tP\t2\tread',
    'LINGER REQUESTS',
    '18446462598732840961\tosd1\t2.ac31d4ab\t2.2b\t[1,2]/1\t[1,2]/1\te40\trbd_header.1\t0x20\tWC/0',
    'BACKOFFS',
  ].join('\n');
  const sample = cephClients.parse({
    osds: files({ [`${folder}/osdc`]: osdc }),
    mdss: undefined,
    mons: files({ [`${folder}/monc`]: 'have monmap 1 want 2+\nhave osdmap 40 want 41\nfs_cluster_id -1\n' }),
    states: undefined,
    images: files({ '/sys/bus/rbd/devices/0/client_id': 'client4123\n', '/sys/bus/rbd/devices/1/client_id': 'client9\n' }),
  });
  expect(sample).toEqual([
    {
      name: 'f-1.client4123', kind: 'RBD', devices: ['rbd0'], homeless: 1, left: 0, awaitsMap: true, isBlocklisted: false,
      requests: [
        { tid: '4', daemon: 'osd.3', operation: 'write', object: 'rbd_data.1.0a', attempts: 1 },
        { tid: '5', daemon: undefined, operation: 'read', object: 'rbd_data.1.0b', attempts: 2 },
      ],
    },
  ]);
  const mounted = cephClients.parse({ osds: files({ [`${folder}/osdc`]: 'REQUESTS 0 homeless 0\n' }), mdss: files({ [`${folder}/mdsc`]: '12\tmds0\tcreate\t#1/name\n' }), mons: undefined, states: files({ [`${folder}/status`]: 'instance: client.4123 (2)10.0.0.1:0/7\nblocklisted: true\n' }), images: undefined });
  expect(mounted?.[0]).toMatchObject({ kind: 'CephFS', isBlocklisted: true, requests: [{ daemon: 'mds.0', operation: 'create' }] });
}); // prettier-ignore
