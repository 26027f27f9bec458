import { describe, expect, test } from 'vitest';
import { fileURLToPath } from 'node:url';
import { recordedHost, recordedMoments } from '../../../src/host/recorded/host.ts';
import type { CgroupTable, FileTexts } from '../../../src/host/host.ts';
import { cgroups, type Cgroup } from '../../../src/sources/containers/cgroups.ts';
import { momentOf, readSource } from '../../helpers/moments.ts';
import {
  cgroupPair,
  countSince,
  cpuPct,
  memoryPct,
  pidsPct,
  restRate,
  stallPct,
  throttledPct,
} from '../../../src/sources/containers/cgroup-rates.ts';

const table = (use: FileTexts, rest: FileTexts = {}, more: object = {}): CgroupTable => ({
  layout: 'v2',
  left: 0,
  groups: new Map([['/lxc.payload.a', { path: '/lxc.payload.a', use, rest, ...more }]]),
});
const groupOf = (use: FileTexts, rest?: FileTexts, more?: object): Cgroup =>
  cgroups.parse({ table: table(use, rest, more) }).cgroups.get('/lxc.payload.a')!;

describe('parseRest and parseUse with files of v2', () => {
  const group = groupOf(
    {
      'cpu.stat':
        'usage_usec 20424491\nuser_usec 19349740\nsystem_usec 1074751\nnr_periods 9\nnr_throttled 4\nthrottled_usec 77\n',
      'memory.current': '101425152\n',
    },
    {
      'cpu.max': '20000 100000\n',
      'cpu.weight': '100\n',
      'memory.max': 'max\n',
      'memory.high': '58720256\n',
      'memory.stat': 'anon 101138432\nfile 4096\ninactive_file 2048\n',
      'memory.events': 'low 0\nhigh 1\nmax 2\noom 3\noom_kill 4\noom_group_kill 5\n',
      'memory.numa_stat': 'anon N0=0 N1=101138432\nfile N0=4096 N1=0\n',
      'memory.swap.current': '8192\n',
      'memory.swap.max': '0\n',
      'pids.current': '7\n',
      'pids.max': 'max\n',
      'io.stat': '254:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6\n8:16 \n',
      'cpu.pressure':
        'some avg10=94.11 avg60=38.12 avg300=9.43 total=29649813\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=32332\n',
      'cgroup.events': 'populated 1\nfrozen 1\n',
      'cpuset.cpus.effective': '0-3,8\n',
      'cpuset.mems.effective': '\n',
      'net/dev':
        'Inter-|   Receive | Transmit\n face |bytes packets\n    lo: 9 9 9 9 0 0 0 0 9 9 9 9 0 0 0 0\n  eth0: 1296 16 1 2 0 0 0 0 430 5 3 4 0 0 0 0\ndocker0: 7 7 7 7 0 0 0 0 7 7 7 7 0 0 0 0\n',
    },
  );

  test('read figures with units when all files are there', () => {
    expect(group).toMatchObject({
      cpuUsec: 20424491,
      userUsec: 19349740,
      systemUsec: 1074751,
      periods: 9,
      throttledPeriods: 4,
      throttledUsec: 77,
      cpuQuotaPct: 20,
      cpuWeight: 100,
      cpus: '0-3,8',
      mems: undefined,
      memoryBytes: 101425152,
      memoryMaxBytes: 'none',
      memoryHighBytes: 58720256,
      swapBytes: 8192,
      swapMaxBytes: 0,
      anonBytes: 101138432,
      fileBytes: 4096,
      inactiveFileBytes: 2048,
      memoryEvents: { high: 1, max: 2, oom: 3, oomKill: 4 },
      pids: 7,
      pidsMax: 'none',
      pressure: { cpu: { someUsec: 29649813, fullUsec: 32332 }, io: { someUsec: undefined, fullUsec: undefined } },
      frozen: true,
      owner: { kind: 'lxc', name: 'a' },
    });
    expect(group.nodeBytes).toEqual(
      new Map([
        [0, 4096],
        [1, 101138432],
      ]),
    );
    expect(group.io).toEqual(new Map([['254:0', { readBytes: 1, writeBytes: 2, reads: 3, writes: 4 }]]));
  });

  test('sum network counters when loopback and nested bridges are left out', () => {
    expect(group.net).toEqual({
      rxBytes: 1296,
      rxPackets: 16,
      rxErrors: 1,
      rxDropped: 2,
      txBytes: 430,
      txPackets: 5,
      txErrors: 3,
      txDropped: 4,
    });
  });

  test('leave a value undefined, not 0, when the kernel has no file for it', () => {
    const bare = groupOf({});
    expect(Object.entries(bare).filter(([, value]) => value === 0 || value === false)).toEqual([]);
    expect([bare.cpuUsec, bare.memoryMaxBytes, bare.net, bare.frozen, bare.io, bare.nodeBytes]).toEqual(
      Array(6).fill(undefined),
    );
  });
});

describe('parseRest and parseUse with files of v1', () => {
  test('read the same figures when the files are those of v1', () => {
    const group = groupOf(
      {
        'cpuacct.usage': '13108936777\n',
        'cpu.stat': 'nr_periods 659\nnr_throttled 645\nthrottled_time 48048980465\nnr_bursts 0\n',
        'memory.usage_in_bytes': '1028096\n',
      },
      {
        'cpu.cfs_quota_us': '20000\n',
        'cpu.cfs_period_us': '100000\n',
        'cpu.shares': '512\n',
        'memory.limit_in_bytes': '67108864\n',
        'memory.memsw.limit_in_bytes': '134217728\n',
        'memory.failcnt': '2130\n',
        'memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 22\n',
        'memory.stat': 'total_cache 2879488\ntotal_rss 252571648\ntotal_swap 4096\ntotal_inactive_file 671744\n',
        'memory.numa_stat': 'total=3 N0=1 N1=2\nfile=1 N0=1 N1=0\nhierarchical_total=5 N0=2 N1=3\n',
        'pids.max': 'max\n',
        'freezer.state': 'FREEZING\n',
        'blkio.throttle.io_service_bytes_recursive':
          '254:0 Read 10\n254:0 Write 20\n254:0 Sync 5\n254:0 Total 30\nTotal 30\n',
        'blkio.throttle.io_serviced_recursive': '254:0 Read 1\n254:0 Write 2\nTotal 3\n',
      },
    );
    expect(group).toMatchObject({
      cpuUsec: 13108936.777,
      throttledUsec: 48048980.465,
      cpuQuotaPct: 20,
      cpuWeight: 50,
      memoryMaxBytes: 67108864,
      swapMaxBytes: 67108864,
      memoryEvents: { high: undefined, max: 2130, oom: undefined, oomKill: 22 },
      swapBytes: 4096,
      anonBytes: 252571648,
      frozen: true,
    });
    expect(group.nodeBytes).toEqual(
      new Map([
        [0, 8192],
        [1, 12288],
      ]),
    );
    expect(group.io).toEqual(new Map([['254:0', { readBytes: 10, writeBytes: 20, reads: 1, writes: 2 }]]));
  });

  test.each([
    ['-1\n', 'none'],
    ['50000\n', 50],
    ['what\n', undefined],
  ])('quota %j', (quota, pct) => {
    expect(groupOf({}, { 'cpu.cfs_quota_us': quota, 'cpu.cfs_period_us': '100000\n' }).cpuQuotaPct).toBe(pct);
  });

  test('read no limit when the file has the largest number of pages', () => {
    expect(groupOf({}, { 'memory.limit_in_bytes': '9223372036854771712\n' }).memoryMaxBytes).toBe('none');
  });
});

describe('cgroup rates', () => {
  const cpu = (usec: number, periods = 0, throttled = 0) => ({
    'cpu.stat': `usage_usec ${usec}\nnr_periods ${periods}\nnr_throttled ${throttled}\n`,
  });
  const pairOf = (before: CgroupTable, now: CgroupTable, seconds = 2) =>
    cgroupPair(cgroups.parse({ table: now }).cgroups.get('/lxc.payload.a')!, {
      before: cgroups.parse({ table: before }),
      seconds,
    });

  test('are per second when the value is read each time', () => {
    const quota = { 'cpu.max': '50000 100000\n' };
    const pair = pairOf(table(cpu(0, 10, 0), quota), table(cpu(1_000_000, 30, 5), quota));
    expect([cpuPct(pair), throttledPct(pair)]).toEqual([50, 25]);
  });

  test('span their own interval when the value is read less often', () => {
    const io = (bytes: number) => ({
      'io.stat': `254:0 rbytes=${bytes} wbytes=0 rios=0 wios=0\n`,
      'io.pressure': `some avg10=0 total=${bytes}\n`,
    });
    const now = table(cpu(1), io(1_500_000), { restAt: 105, earlier: { at: 102, rest: io(0) } });
    // The previous sample has the same reading of `rest`, so the difference between the two is 0.
    const pair = pairOf(table(cpu(0), io(1_500_000), { restAt: 105, earlier: { at: 102, rest: io(0) } }), now, 1);
    expect(restRate(pair, (rest) => rest.io?.get('254:0')?.readBytes)).toBe(500_000);
    expect(stallPct(pair, 'io', 'some')).toBe(50);
  });

  test('are undefined when the group was recreated', () => {
    const pair = pairOf(table(cpu(500)), table(cpu(3)));
    expect([cpuPct(pair), pair.before]).toEqual([undefined, undefined]);
  });

  test('have no throttling without a quota or without CPU use', () => {
    expect(
      throttledPct(pairOf(table(cpu(0, 1, 0)), table(cpu(9, 1, 0), { 'cpu.max': '50000 100000\n' }))),
    ).toBeUndefined();
    expect(throttledPct(pairOf(table(cpu(0)), table(cpu(9), { 'cpu.max': 'max 100000\n' })))).toBeUndefined();
  });

  test('are percentages when there is a limit', () => {
    const group = groupOf(
      { 'memory.current': '900\n' },
      { 'memory.max': '1000\n', 'memory.stat': 'inactive_file 400\n', 'pids.current': '9\n', 'pids.max': '10\n' },
    );
    expect([memoryPct(group), pidsPct(group)]).toEqual([50, 90]);
    expect(memoryPct(groupOf({ 'memory.current': '900\n' }, { 'memory.max': 'max\n' }))).toBeUndefined();
  });

  test('count since a sample when that is an old one', () => {
    const kills = (n: number) => table(cpu(1), { 'memory.events': `oom_kill ${n}\n` });
    const pick = (one: Cgroup) => one.memoryEvents.oomKill;
    const now = cgroups.parse({ table: kills(5) }).cgroups.get('/lxc.payload.a');
    expect(countSince(now, cgroups.parse({ table: kills(2) }), pick)).toBe(3);
    expect(countSince(now, cgroups.parse({ table: kills(9) }), pick)).toBeUndefined();
    expect(countSince(now, undefined, pick)).toBeUndefined();
  });
});

test('cgroups is empty, with the reason, when a host has no control groups', async () => {
  const { values, missing } = await readSource(cgroups, recordedHost('/nowhere'));
  expect(missing['table']?.why).toBe('absent');
  expect(cgroups.parse(values as never)).toEqual({ layout: undefined, cgroups: new Map(), left: undefined });
});

/**
 * Debian 12 guest with cgroup2 (cgroup2/ beside this file), read twice by the collector, seconds apart: a docker scope with
 * a CPU quota, a container with a network namespace, a frozen one, a pod with an OOM-killed container.
 */
describe('cgroups of a real host with cgroup2', () => {
  const id = '4f0c2d5e9b7a61833c1d8e2f6a90b7c4d5e6f708192a3b4c5d6e7f8091a2b3c4';
  const pod =
    '/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1f0e9a52_7c3b_4f6e_9d2a_0b8c7d6e5f40.slice';
  const seen = async () => {
    const moment = await momentOf({ cgroups }, recordedMoments(fileURLToPath(new URL('cgroup2', import.meta.url))));
    const { now } = moment.cgroups;
    const pair = (path: string) => cgroupPair(now!.cgroups.get(path)!, moment.cgroups);
    return { now, before: moment.cgroups.before, pair };
  };

  test('have an owner each when the table is read', async () => {
    const { now } = await seen();
    expect(now?.layout).toBe('v2');
    const owners = [...(now?.cgroups.values() ?? [])].map(({ owner }) => [
      owner.kind,
      owner.name,
      owner.container ?? owner.part,
    ]);
    expect(owners).toHaveLength(8);
    expect(owners).toEqual(
      expect.arrayContaining([
        ['docker', '4f0c2d5e9b7a', undefined],
        ['lxc', 'web', undefined],
        ['lxc', 'shop_db', undefined],
        ['pod', '1f0e9a52', undefined],
        ['pod', '1f0e9a52', id],
        ['guest', 'web', undefined],
        ['guest', 'web', 'vcpu0'],
        ['guest', 'web', 'emulator'],
      ]),
    );
  });

  test('are throttled in nearly every period when the quota is a fifth of a CPU', async () => {
    const { pair } = await seen();
    const docker = pair(`/system.slice/docker-${id}.scope`);
    expect(docker.now).toMatchObject({
      cpuQuotaPct: 20,
      cpus: '2-3',
      mems: '1',
      memoryHighBytes: 56 * 2 ** 20,
      pidsMax: 50,
    });
    expect(cpuPct(docker)).toBeGreaterThan(15);
    expect(cpuPct(docker)).toBeLessThan(25);
    expect(throttledPct(docker)).toBeGreaterThan(90);
    // Approximate, because this value was up to five seconds old in the readings.
    expect(stallPct(docker, 'cpu', 'some')).toBeGreaterThan(30);
  });

  test('have kills, disks, network and freezer state when the files are there', async () => {
    const { now, before, pair } = await seen();
    const container = now?.cgroups.get(`${pod}/cri-containerd-${id}.scope`);
    expect(countSince(container, before, ({ memoryEvents }) => memoryEvents.oomKill)).toBe(2);
    const web = pair('/lxc.payload.web');
    expect(restRate(web, ({ io }) => io?.get('254:0')?.writes)).toBeGreaterThan(0);
    expect(web.now.net).toMatchObject({ rxBytes: 0, txErrors: 0 });
    expect(web.now.firstPid).toBeDefined();
    const frozen = [...(now?.cgroups.values() ?? [])].filter((group) => group.frozen).map(({ path }) => path);
    expect(frozen).toEqual(['/lxc.payload.shop_db']);
    // The container shares the host's network, so it has no interface counters.
    expect(now?.cgroups.get('/lxc.payload.shop_db')?.net).toBeUndefined();
  });
});
