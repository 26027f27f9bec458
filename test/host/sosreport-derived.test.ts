import { Readable } from 'node:stream';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { openPackedSosreport } from '../../src/host/sosreport.ts';
import { modules, kernelFiles, meminfo, numaFiles, osRelease } from '../../src/host/sosreport/derived-machine.ts';
import { netDev, nics } from '../../src/host/sosreport/derived-network.ts';
import { listedRows, shownTables } from '../../src/host/sosreport/ovsdb-lists.ts';
import { identity } from '../../src/sources/machine/identity.ts';
import { kernelLog } from '../../src/sources/kernel/kernel-log.ts';
import { kernelModules } from '../../src/sources/machine/kernel-modules.ts';
import { meminfo as memory } from '../../src/sources/machine/meminfo.ts';
import { blockDevices } from '../../src/sources/machine/block-devices.ts';
import { blockStack } from '../../src/sources/storage/block-stack.ts';
import { cifs } from '../../src/sources/storage/cifs.ts';
import { filesystems } from '../../src/sources/storage/filesystems.ts';
import { PERCCLI, STORCLI } from '../../src/sources/storage/raid-tools.ts';
import { mappedDevices } from '../../src/sources/storage/mapped-devices.ts';
import { mounts } from '../../src/sources/machine/mounts.ts';
import { netdev } from '../../src/sources/machine/netdev.ts';
import { numa } from '../../src/sources/machine/numa.ts';
import { socketPeers } from '../../src/sources/processes/socket-peers.ts';
import { unitDependencies } from '../../src/sources/processes/unit-dependencies.ts';
import { tarOf } from '../helpers/made-sosreport.ts';
import { CLOCK, replayed } from '../helpers/replayed-report.ts';
import { multipathPaths } from '../../src/findings/storage/volumes.ts';

const LINK = `1: lo: <LOOPBACK,UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    RX: bytes  packets  errors  dropped overrun mcast
    846861610  559647   0       0       0       0
    TX: bytes  packets  errors  dropped carrier collsns
    846861610  559647   0       0       0       0
2: eth0@if3: <BROADCAST> mtu 1500 qdisc fq_codel master br0 state UP mode DEFAULT
    link/ether 52:54:00:e2:28:a3 brd ff:ff:ff:ff:ff:ff
    bridge_slave state forwarding
    RX:  bytes packets errors dropped  missed   mcast
       2000     20      3       4       5       6
    TX:  bytes packets errors dropped carrier collsns
       3000     30      7       8       9       10
3: dummy0: <BROADCAST> mtu 1500 qdisc noop state DOWN
    link/ether 52:54:00:e2:28:a4 brd ff:ff:ff:ff:ff:ff
`;
const files = {
  'sos_commands/networking/ip_-s_-d_link': LINK,
  'sos_commands/kernel/uname_-a': 'Linux compute4 5.4.0-97-generic #110-Ubuntu SMP Thu Jan 13 18:22:13 UTC 2022 x86_64 x86_64 x86_64 GNU/Linux\n', // prettier-ignore
  'sos_commands/kernel/lsmod': 'Module                  Size  Used by\nvhost_net              32768  1\ntap                    24576  1 vhost_net\n', // prettier-ignore
  'sos_commands/release/lsb_release_-a': 'Distributor ID: Ubuntu\nDescription:    Ubuntu 20.04.3 LTS\n',
  'sos_commands/memory/free': '              total        used        free      shared  buff/cache   available\nMem:       16393164     7474740      185156       44924     8733268     8638440\nSwap:       4194300       67584     4126716\n', // prettier-ignore
  'sos_commands/numa/numactl_--hardware': 'available: 2 nodes (0-1)\nnode 0 cpus: 0 1 4\nnode 0 size: 16008 MB\nnode 0 free: 165 MB\nnode 1 cpus: 2 3\nnode 1 size: 16000 MB\nnode 1 free: 9000 MB\nnode distances:\nnode   0   1\n  0:  10  21\n  1:  21  10\n', // prettier-ignore
  'sos_commands/numa/numastat': '                           node0           node1\nnuma_hit               386594585             7\nnuma_miss                      3             8\n', // prettier-ignore
  'sos_commands/kernel/dmesg': '[    0.000000] Linux version 5.4.0\n[ 4301.999258] audit: type=1400 operation="fail"\n[ 5001.123456] Out of memory: Killed process 812 (qemu)\n', // prettier-ignore
  'sos_commands/filesys/findmnt': 'TARGET  SOURCE  FSTYPE OPTIONS\n/       /dev/vda2 ext4 rw,relatime\n|-/sys  sysfs sysfs rw\n| `-/srv/a nas:/export nfs4 ro,relatime\n', // prettier-ignore
  'sos_commands/networking/ss_-peaonmi': 'Netid State  Recv-Q Send-Q Local Address:Port Peer Address:Port Process\nu_str ESTAB  0 0 /run/docker.sock 77 * 76 users:(("dockerd",pid=1968,fd=11))\n\t skmem:(r0)\nu_str ESTAB  0 0 * 76 * 77 users:(("kubelet",pid=2395,fd=9))\nudp   UNCONN 0 0 0.0.0.0:53 0.0.0.0:*\n', // prettier-ignore
  'sos_commands/systemd/systemctl_show_service_--all': 'Type=notify\nEnvironment=PASSWORD=hunter2\nMainPID=1968\nId=docker.service\nRequires=docker.socket\nAfter=docker.socket\n\nId=x.service\nMainPID=0\n', // prettier-ignore
} as const;

test('sources read what the commands of sos have', async () => {
  const session = await replayed(files);
  try {
    const needs = { identity, kernelModules, memory, numa, netdev, kernelLog, mounts, socketPeers, unitDependencies };
    const moment = session.timeline.moment(needs, session.player.positionMs());
    expect(session.host.name).toBe('compute4');
    expect(moment.identity.now).toMatchObject({ os: 'Ubuntu 20.04.3 LTS', kernel: '5.4.0-97-generic' });
    expect([...(moment.kernelModules.now?.modules?.keys() ?? [])]).toEqual(['vhost_net', 'tap']);
    expect(moment.memory.now).toMatchObject({ totalKiB: 16_393_164, availableKiB: 8_638_440, swapFreeKiB: 4_126_716 });
    expect(moment.numa.now?.nodes.get(0)).toMatchObject({ totalKiB: 16008 * 1024, freeKiB: 165 * 1024 });
    expect(moment.netdev.now?.get('eth0')).toMatchObject({ rxBytes: 2000, rxErrors: 3, rxDropped: 4, txPackets: 30, txDropped: 8 }); // prettier-ignore
    expect(moment.kernelLog.now?.records.map(({ at }) => at)).toContain(5001.123456);
    expect([...(moment.mounts.now?.mounts?.values() ?? [])]).toMatchObject([{ target: '/', device: '/dev/vda2', access: 'rw' }, { target: '/srv/a', type: 'nfs4', access: 'ro' }]); // prettier-ignore
    expect(moment.socketPeers.now?.clients).toEqual([{ client: 2395, daemon: 1968 }]);
    expect(moment.unitDependencies.now?.size).toBe(2);
    expect(JSON.stringify(session.raw('unit-dependencies'))).not.toContain('hunter2');
  } finally {
    await session.stop();
  }
});

test('storage has the stack of lsblk and the states of dmsetup', async () => {
  const session = await replayed({
    'sos_commands/block/lsblk': 'NAME                    MAJ:MIN RM  SIZE RO TYPE  MOUNTPOINT\nvdb                     252:16   0  100G  0 disk  \n|-vdb1                  252:17   0    1M  0 part  \n`-vdb2                  252:18   0  100G  0 part  \n  `-vg0-pool_tdata      253:1    0  100G  0 lvm   \n    `-vg0-pool-tpool    253:2    0  100G  0 lvm   \n      `-vg0-thin        253:4    0  100G  0 lvm   /srv/thin\n', // prettier-ignore
    'sos_commands/devicemapper/dmsetup_info_-c': 'Name             Maj Min Stat Open Targ Event  UUID\nvg0-pool_tdata   253   1 L--w    1    1      0 LVM-abcd-tdata\nvg0-pool-tpool   253   2 L--w    1    1      0 LVM-abcd-tpool\nvg0-thin         253   4 L-sw    1    1      0 LVM-abcd\n', // prettier-ignore
    'sos_commands/devicemapper/dmsetup_status': 'vg0-pool_tdata: 0 131072 linear \nvg0-pool-tpool: 0 131072 thin-pool 2 14/1024 1024/1024 - out_of_data_space discard_passdown queue_if_no_space - 1024 \nvg0-thin: 0 524288 thin 131072 131071\n', // prettier-ignore
  });
  try {
    const moment = session.timeline.moment({ blockDevices, blockStack, mappedDevices }, session.player.positionMs());
    expect(moment.blockDevices.now?.get('dm-2')).toMatchObject({ alias: 'vg0-pool-tpool', slaves: ['dm-1'], kind: 'mapped' }); // prettier-ignore
    expect(moment.blockDevices.now?.get('dm-1')).toMatchObject({ slaves: ['vdb2'] });
    expect(moment.blockDevices.now?.get('vdb')).toMatchObject({ kind: 'disk' });
    expect(moment.blockStack.now?.get('vdb2')).toMatchObject({ partitionOf: 'vdb', number: '252:18' });
    expect(moment.blockStack.now?.get('dm-2')).toMatchObject({ mapping: 'thin pool', number: '253:2' });
    expect(moment.mappedDevices.now?.get('dm-2')).toMatchObject({
      isSuspended: false,
      targets: [{ pool: { dataPct: 100, mode: 'out_of_data_space', queuesWrites: true } }],
    });
    expect(moment.mappedDevices.now?.get('dm-4')).toMatchObject({ isSuspended: true });
  } finally {
    await session.stop();
  }
});

const MULTIPATH = `mpatha (360060e80101e2500058be22000000bb8) dm-0 HITACHI,OPEN-V
size=100G features='1 queue_if_no_path' hwhandler='0' wp=rw
|-+- policy='service-time 0' prio=1 status=active
| \`- 1:0:0:0 sda 8:0  active ready running
\`-+- policy='service-time 0' prio=1 status=enabled
  \`- 2:0:0:0 sdb 8:16 failed faulty running
mpathb (360060e80101e2500058be22000000bb9) dm-1 HITACHI,OPEN-V
size=50G features='0' hwhandler='0' wp=rw
\`-+- policy='service-time 0' prio=0 status=enabled
  |- 1:0:0:1 sdc 8:32 failed faulty offline
  \`- 2:0:0:1 sdd 8:48 failed faulty running
uuid.2f7ce0a0 dm-5 NVME,Linux
size=1.0G features='0' hwhandler='0' wp=rw
\`-+- policy='service-time 0' prio=1 status=active
  \`- 0:1:1:1 nvme0n1 259:0 active ready live
`;

test.each([
  ['alone', {}],
  ['beside lsblk', { 'sos_commands/block/lsblk': 'NAME     MAJ:MIN RM  SIZE RO TYPE  MOUNTPOINT\nsda        8:0    0  100G  0 disk  \n`-mpatha 253:0    0  100G  0 mpath /srv\nsdb        8:16   0  100G  0 disk  \n`-mpatha 253:0    0  100G  0 mpath /srv\n' }], // prettier-ignore
])('multipath maps have the paths of `multipath -ll`, %s', async (_, more) => {
  const session = await replayed({ ...more, 'sos_commands/multipath/multipath_-ll': MULTIPATH });
  try {
    const moment = session.timeline.moment(multipathPaths.needs, session.player.positionMs());
    expect(moment.blockDevices.now?.get('dm-0')).toMatchObject({ alias: 'mpatha', slaves: ['sda', 'sdb'] });
    expect(moment.blockDevices.now?.has('mpatha')).toBe(false);
    expect(moment.mappedDevices.now?.get('dm-0')?.targets).toMatchObject([{ type: 'multipath', sizeBytes: undefined }]);
    expect(multipathPaths.judge(moment).map(({ severity, subject, sentence }) => `${severity} ${subject}: ${sentence}`)).toEqual([
      'warn mpatha: multipath: 1 path of 2 lost (failed)',
      'crit mpathb: multipath: no path left of 2 (offline, failed)',
    ]); // prettier-ignore
  } finally {
    await session.stop();
  }
});

test('filesystems has the space of df', async () => {
  const session = await replayed({
    ...files,
    'sos_commands/filesys/df_-al_-x_autofs': 'Filesystem     1K-blocks     Used Available Use% Mounted on\n/dev/vda2       20134592 19134592    900000  96% /\n',
    'sos_commands/filesys/df_-ali_-x_autofs': 'Filesystem      Inodes IUsed IFree IUse% Mounted on\n/dev/vda2         1000   990    10   99% /\n',
  }); // prettier-ignore
  const { now } = session.timeline.moment({ filesystems }, session.player.positionMs()).filesystems;
  expect(now?.filesystems).toMatchObject([
    { target: '/', source: '/dev/vda2', sizeBytes: 20_134_592 * 1024, usedBytes: 19_134_592 * 1024, availableBytes: 900_000 * 1024, inodes: 1000, inodesUsed: 990 },
    { target: '/srv/a', type: 'nfs4', probe: { state: 'not read' }, sizeBytes: undefined },
  ]); // prettier-ignore
  await session.stop();
});

test('the kernel log is that of kern.log where sos has no dmesg', async () => {
  const session = await replayed({ 'var/log/kern.log': 'Mar  5 11:00:00 n1 kernel: [ 4301.999258] EXT4-fs error (device vda2)\nMar  5 11:00:00 n1 kernel: [ 4302.000000] usb 1-1: new device\n' }); // prettier-ignore
  const { now } = session.timeline.moment({ kernelLog }, session.player.positionMs()).kernelLog;
  expect(now?.records.map(({ at, text }) => [at, text])).toEqual([
    [4301.999258, 'EXT4-fs error (device vda2)'],
    [4302, 'usb 1-1: new device'],
  ]);
  await session.stop();
});

test('the kernel log has the age of lines without a stamp, and none from before the boot', async () => {
  const session = await replayed({
    'var/log/kern.log': 'Dec 31 10:00:00 n1 kernel: of the last boot\nMar  5 08:00:00 n1 kernel: of the last boot\nMar  5 11:30:00 n1 kernel: INFO: task cp:812 blocked for more than 120 seconds.\n',
  }); // prettier-ignore
  const { now } = session.timeline.moment({ kernelLog }, session.player.positionMs()).kernelLog;
  expect(now?.records.map(({ at, text }) => [at, text])).toEqual([[5400, 'INFO: task cp:812 blocked for more than 120 seconds.']]); // prettier-ignore
  await session.stop();
});

test('numaFiles has CPUs, memory, distances and counters of each node', () => {
  const all = [...numaFiles(files['sos_commands/numa/numactl_--hardware'], files['sos_commands/numa/numastat'])];
  const of = (file: string) => all.filter(([path]) => path.endsWith(`node0/${file}`)).map(([, text]) => text);
  expect([of('cpulist'), of('distance')]).toEqual([['0-1,4'], ['10  21']]);
  expect(of('meminfo')).toEqual(['Node 0 MemTotal: 16392192 kB', 'Node 0 MemFree: 168960 kB']);
  expect(of('numastat')).toEqual(['numa_hit 386594585', 'numa_miss 3']);
});

test('netDev leaves out interfaces without counters', () => {
  const rows = netDev([...new Map(nics(LINK)).values()])?.split('\n');
  expect(rows?.slice(2)).toEqual([
    'lo: 846861610 559647 0 0 0 0 0 0 846861610 559647 0 0 0 0 0 0',
    'eth0: 2000 20 3 4 5 0 0 6 3000 30 7 8 0 10 9 0',
  ]);
  expect(netDev([])).toBeUndefined();
});

test('parsers of commands are linear when a line is long', () => {
  const blanks = ' '.repeat(300_000);
  const begin = performance.now();
  expect([...numaFiles(`  0:${blanks}x`, ''), ...nics(`1: a: <>\n RX: b\n${blanks}x`)].length).toBe(1);
  const quotes = '\\"'.repeat(300_000);
  expect(listedRows(`_uuid : aa87cf22-4d5c-4c92-93e6-c4aa2875a22f\nx : [${quotes}]\n`).size).toBe(1);
  shownTables('OVN_Northbound', `switch a (b)\n    port ${' (aka '.repeat(60_000)}\n`);
  expect(performance.now() - begin).toBeLessThan(3000);
});

test('parsers of commands are total', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      for (const parse of [modules, meminfo, osRelease])
        expect([undefined, 'string']).toContain(parse(text) && 'string');
      expect([...kernelFiles(text), ...numaFiles(text, text), ...nics(text)]).toBeDefined();
    }),
    { numRuns: 50 },
  );
});

test('cifs has the servers and shares of a report', async () => {
  const session = await replayed({
    ...files,
    'proc/fs/cifs/DebugData': 'Servers: \n1) ConnectionId: 0x4 Hostname: nas \nNumber of credits: 389,1,1 Dialect 0x311\nTCP status: 3 Instance: 22\nLocal Users To Server: 1 SecMode: 0x3 Req On Wire: 2\nIn Send: 0 In MaxReq Wait: 0\n',
    'proc/fs/cifs/Stats': '3 session 4 share reconnects\n1) \\\\nas\\share\tDISCONNECTED \nSMBs: 214\n',
  }); // prettier-ignore
  try {
    const { now } = session.timeline.moment({ cifs }, session.player.positionMs()).cifs;
    expect(now?.servers).toMatchObject([{ name: 'nas', state: 'need reconnect', instance: 22, inFlight: 2 }]);
    expect(now).toMatchObject({ sessionReconnects: 3, shares: [{ isDisconnected: true, requests: 214 }] });
  } finally {
    await session.stop();
  }
});

test('perccli has the JSON that sos collects with its option', async () => {
  const text = '{"Controllers":[{"Response Data":{"Basics":{"Model":"PERC H730P"},"PD LIST":[{"EID:Slt":"32:1","State":"UBad"}]}}]}';
  const bytes = await tarOf({ ...CLOCK, ...files, 'sos_commands/perccli/perccli64_.call_show_all_J': text });
  const report = await openPackedSosreport(Readable.from([bytes]), 'none', 'x.tar', 7);
  const reading = await report?.host.read({ kind: 'run', argv: PERCCLI });
  expect(reading).toMatchObject({ ok: true, value: text });
  expect(await report?.host.read({ kind: 'run', argv: STORCLI })).toMatchObject({ ok: false });
}); // prettier-ignore
