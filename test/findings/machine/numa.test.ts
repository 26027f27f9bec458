import { describe, expect, test } from 'vitest';
import { cpuSaturated } from '../../../src/findings/machine/cpu-saturated.ts';
import { cpuSteal } from '../../../src/findings/machine/cpu-steal.ts';
import { hugePagesLopsided } from '../../../src/findings/machine/huge-pages-lopsided.ts';
import { numaNodeBusy } from '../../../src/findings/machine/numa-node-busy.ts';
import { numaNodeFull } from '../../../src/findings/machine/numa-node-full.ts';
import { numaBalancingThrash } from '../../../src/findings/machine/numa-balancing-thrash.ts';
import { numaMiss } from '../../../src/findings/machine/numa-miss.ts';
import { zoneReclaim } from '../../../src/findings/machine/zone-reclaim.ts';
import { foundOn } from '../../helpers/found-on.ts';

const REAL = ['cloud-vm', 'numa-guest', 'bare-kernel', 'denied'];
const NODES = '/sys/devices/system/node';

test.each([cpuSaturated, cpuSteal, numaNodeBusy, numaNodeFull, numaBalancingThrash, numaMiss, zoneReclaim])(
  '$id finds nothing on healthy hosts',
  async (rule) => {
    for (const host of REAL) expect(await foundOn(rule, host)).toEqual([]);
  },
);

/** /proc/stat of 8 CPUs after `seconds`, with the shares busy and stolen of each CPU, and the number of blocked tasks. */
function stat(seconds: number, busyPct: readonly number[], stealPct = 0, blocked = 0, running = 1) {
  const line = (name: string, pct: number, cpus: number) => {
    const ticks = (share: number) => Math.round(seconds * cpus * share);
    return `${name} ${ticks(pct)} 0 0 ${ticks(100 - pct - stealPct)} 0 0 0 ${ticks(stealPct)} 0 0\n`;
  };
  const mean = busyPct.reduce((sum, pct) => sum + pct, 0) / busyPct.length;
  const each = busyPct.map((pct, cpu) => line(`cpu${cpu}`, pct, 1)).join('');
  return {
    '/proc/stat': `${line('cpu', mean, busyPct.length)}${each}procs_running ${running}\nprocs_blocked ${blocked}\n`,
  };
}
const eight = (pct: number) => Array.from({ length: 8 }, () => pct);

describe('cpu-saturated', () => {
  interface Now {
    readonly load: number;
    readonly busyPct: number;
    readonly running?: number;
    readonly blocked?: number;
    readonly waitedPct?: number;
  }
  const on = ({ load, busyPct, running = 1, blocked = 0, waitedPct = 0 }: Now) => {
    const psi = (seconds: number) =>
      `some avg10=0.00 avg60=90.00 avg300=90.00 total=${seconds * waitedPct * 10_000}\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n`;
    const looks = [0, 30].map((seconds) => ({
      ...stat(seconds, eight(busyPct), 0, blocked, running),
      '/proc/loadavg': `${load} ${load} 1.00 3/200 4711\n`,
      '/proc/pressure/cpu': psi(seconds),
    }));
    return foundOn(cpuSaturated, 'numa-guest', looks);
  };

  test('cpu-saturated reports the current run queue at any load average', async () => {
    expect(await on({ load: 24, busyPct: 97, running: 15, waitedPct: 90 })).toEqual([]);
    const [found] = await on({ load: 4, busyPct: 97, running: 24, waitedPct: 90 });
    expect(found).toMatchObject({ severity: 'warn', subject: 'run queue', pane: 'hardware' });
    expect(found?.sentence).toBe('3.0 runnable tasks per CPU, CPUs 97% busy, PSI cpu some 90%');
  });

  test('cpu-saturated finds nothing while the load average decays after the load', async () => {
    expect(await on({ load: 28, busyPct: 49, running: 3 })).toEqual([]);
    // avg60 is still 90 %, the total no longer grows.
    expect(await on({ load: 28, busyPct: 49, running: 24 })).toEqual([]);
  });

  test('cpu-saturated counts tasks in D state, without an unproven cause', async () => {
    const [found, ...rest] = await on({ load: 24, busyPct: 5, blocked: 22 });
    expect(rest).toEqual([]);
    expect(found?.sentence).toBe('22 blocked tasks on 8 CPUs (5.0% busy), PSI io some 0.0%');
    expect(found).toMatchObject({ subject: 'D state', pane: 'processes' });
  });

  test('cpu-saturated warns on recorded hosts with more runnable tasks than CPUs', async () => {
    for (const host of ['container-host', 'ovs-calm'])
      expect(await foundOn(cpuSaturated, host, [{}, {}], 10)).toMatchObject([{ subject: 'run queue' }]);
  });
});

test('cpu-steal ranks by the share of steal', async () => {
  const on = (stealPct: number) =>
    foundOn(cpuSteal, 'cloud-vm', [stat(0, eight(40), stealPct), stat(30, eight(40), stealPct)]);
  expect(await on(8)).toEqual([]);
  expect(await on(12)).toMatchObject([{ severity: 'warn', subject: 'steal' }]);
  expect((await on(35))[0]?.severity).toBe('crit');
  expect((await on(35))[0]?.sentence).toContain('35% of this guest’s CPU time');
});

test('node-busy warns when one node is saturated and another idle', async () => {
  const on = (busyPct: readonly number[]) => foundOn(numaNodeBusy, 'numa-guest', [stat(0, busyPct), stat(30, busyPct)]);
  const [found] = await on([95, 97, 60, 60, 60, 60, 10, 14]);
  expect(found).toMatchObject({ severity: 'warn', subject: 'node0' });
  expect(found?.sentence).toBe('CPUs 96% busy, node 3 12%');
  expect(await on(eight(96))).toEqual([]);
  expect(await on([80, 80, 1, 1, 1, 1, 1, 1])).toEqual([]);
});

test('node-dry is critical when one node is full and another has room', async () => {
  const meminfo = (freeKiB: number, fileKiB: number) => ({
    [`${NODES}/node1/meminfo`]: `Node 1 MemTotal: 500000 kB\nNode 1 MemFree: ${freeKiB} kB\nNode 1 FilePages: ${fileKiB} kB\n`,
  });
  const on = (freeKiB: number, fileKiB: number) => foundOn(numaNodeFull, 'numa-guest', [meminfo(freeKiB, fileKiB)]);
  expect(await on(10_000, 200_000)).toEqual([]);
  expect(await on(10_000, 30_000)).toMatchObject([{ severity: 'warn', subject: 'node1' }]);
  const [found] = await on(5000, 3000);
  expect(found?.severity).toBe('crit');
  expect(found?.sentence).toMatch(/^98% of memory used, node \d has \d+ MiB free$/);
});

test('numa-miss names the intended node, with its free memory, when memory lands elsewhere', async () => {
  const numastat = (node: number, hit: number, miss: number, foreign: number) => ({
    [`${NODES}/node${node}/numastat`]: `numa_hit ${hit}\nnuma_miss ${miss}\nnuma_foreign ${foreign}\nlocal_node ${hit}\nother_node ${miss}\n`,
  });
  const zero = { ...numastat(0, 0, 0, 0), ...numastat(1, 0, 0, 0), ...numastat(2, 0, 0, 0), ...numastat(3, 0, 0, 0) };
  const on = (miss: number) =>
    foundOn(numaMiss, 'numa-guest', [
      zero,
      { ...zero, ...numastat(0, 30_000, 0, miss), ...numastat(1, 30_000 - miss, miss, 0) },
    ]);
  expect(await on(200)).toEqual([]);
  const [found] = await on(3000);
  expect(found).toMatchObject({ severity: 'crit', subject: 'node1' });
  expect(found?.sentence).toBe('numa_miss 10% of allocations (100/s), intended for node 0 (407 MiB free)');
  expect((await on(600))[0]?.severity).toBe('warn');
});

test('numa-churn warns when many pages migrate and hint faults stay remote', async () => {
  const vmstat = (faults: number, local: number, moved: number) => ({
    '/proc/vmstat': `numa_hint_faults ${faults}\nnuma_hint_faults_local ${local}\nnuma_pages_migrated ${moved}\n`,
  });
  const on = (local: number, moved: number) =>
    foundOn(numaBalancingThrash, 'numa-guest', [vmstat(0, 0, 0), vmstat(100_000, local, moved)]);
  expect(await on(50_000, 20_000)).toEqual([]);
  expect(await on(90_000, 60_000)).toEqual([]);
  expect((await on(50_000, 60_000))[0]?.sentence).toContain('thrash, 2.0k pages/s migrated, 50% of hint faults remote');
});

test('huge-pages-lopsided informs of the guest, and finds nothing when all nodes have or lack them', async () => {
  const [found] = await foundOn(hugePagesLopsided, 'numa-guest');
  expect(found).toMatchObject({ severity: 'info', subject: 'node3' });
  expect(found?.sentence).toBe('0 of 16 huge pages of 2.0 MiB free, 48 free on other nodes');
  for (const host of ['cloud-vm', 'bare-kernel', 'denied']) expect(await foundOn(hugePagesLopsided, host)).toEqual([]);
  const used = Object.fromEntries(
    [0, 1, 2, 3].map((node) => [`${NODES}/node${node}/hugepages/hugepages-2048kB/free_hugepages`, '0\n']),
  );
  expect(await foundOn(hugePagesLopsided, 'numa-guest', [used])).toEqual([]);
});

test('zone-reclaim matters with several nodes only', async () => {
  const on = { '/proc/sys/vm/zone_reclaim_mode': '1\n' };
  expect(await foundOn(zoneReclaim, 'numa-guest', [on])).toMatchObject([{ severity: 'info' }]);
  expect(await foundOn(zoneReclaim, 'cloud-vm', [on])).toEqual([]);
});
